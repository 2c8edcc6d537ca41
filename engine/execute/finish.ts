import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { ColumnType } from '../column/types.ts';
import type { Values } from '../column/values.ts';
import type { GroupedPlan, SortKey } from '../plan/select.ts';
import { trueRows, type Evaluator, type Leaves } from './expression.ts';
import { fillBuckets } from './fill.ts';
import { finishMeasure, type MergedGroups } from './group.ts';
import { sortedRows } from './sort.ts';
import { takeRows } from './take-rows.ts';

/** Columns of an answer, as they come out. */
export interface Finished {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly data: readonly Values[];
  readonly rowCount: number;
}

/** Turns merged states into the answer: measures, empty buckets, having, order, limit, outputs. */
export function finishGroups(
  plan: GroupedPlan,
  actor: string | null,
  merged: MergedGroups,
  evaluator: Evaluator,
): Finished {
  // An answer without keys has its one row also when no event passed.
  const count = plan.keys.length === 0 ? 1 : merged.table.count;
  const measures = plan.measures.map((measure, index) => finishMeasure(measure, actor, merged.states[index], count));
  const codes = plan.keys.map((_, key) => merged.table.codesOfKey(key));
  const keys = merged.stores.map((store, key) => store.valuesOf(codes[key]));
  const groups = fillBuckets(plan, { keys, measures, count }, codes);
  const leaves = groupLeaves(groups.keys, groups.measures, groups.count);
  let rows: Uint32Array = Uint32Array.from({ length: groups.count }, (_, group) => group);
  if (plan.having !== null) rows = trueRows(evaluator.evaluate(plan.having, leaves), rows);
  const order = [
    ...plan.order,
    ...plan.keys.map(({ expr }, index): SortKey => ({
      expr: { kind: 'key', index, type: expr.type },
      descending: false,
    })),
  ];
  const most = plan.limit === null ? null : plan.offset + plan.limit;
  if (order.length > 0)
    rows = sortedRows(
      order.map(({ expr, descending }) => ({ values: evaluator.evaluate(expr, leaves), descending })),
      groups.count,
      rows,
      most,
    );
  rows = rows.subarray(plan.offset, most ?? undefined);
  checkRowCount(rows.length);
  const columns = plan.outputs.map(({ name, expr }) => ({ name, type: expr.type }));
  const data = plan.outputs.map(({ expr }) => takeRows(evaluator.evaluate(expr, leaves), rows));
  if (groups.partial !== null) {
    let name = 'partial';
    for (let count = 2; columns.some((column) => column.name === name); count++) name = `partial_${count}`;
    columns.push({ name, type: 'bool' });
    data.push(takeRows({ kind: 'bool', length: groups.count, values: groups.partial, nulls: null }, rows));
  }
  return { columns, data, rowCount: rows.length };
}

/** @throws VarveError `limit` when an answer has more rows than one may have. */
export function checkRowCount(rows: number): void {
  if (rows <= limits.resultRowsMax) return;
  throw new VarveError('limit', `The answer has more than ${limits.resultRowsMax} rows (resultRowsMax).`, {
    hint: 'Add a limit, or narrow the range with since, until and where.',
  });
}

function groupLeaves(keys: readonly Values[], measures: readonly Values[], count: number): Leaves {
  return {
    length: count,
    leaf(expr) {
      if (expr.kind !== 'key' && expr.kind !== 'measure')
        throw new VarveError('internal', `BUG: ${expr.kind} is no leaf of groups`);
      return (expr.kind === 'key' ? keys : measures)[expr.index];
    },
  };
}
