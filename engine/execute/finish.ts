import { VarveError } from '../base/errors.ts';
import type { ColumnType } from '../column/types.ts';
import type { Scalar, Values } from '../column/values.ts';
import { scalarAt } from '../functions/access.ts';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import { compareNullable, compareScalars } from '../functions/compare.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';
import type { GroupedPlan, SortKey } from '../plan/select.ts';
import type { Evaluator, Leaves } from './expression.ts';
import { fillBuckets } from './fill.ts';
import type { GroupStates } from './group.ts';

/** Columns of an answer before they are named. */
export interface Finished {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly data: readonly Values[];
  readonly rowCount: number;
}

/** Turns merged states into the answer: measures, empty buckets, having, order, limit, outputs. */
export function finishGroups(plan: GroupedPlan, states: GroupStates, evaluator: Evaluator): Finished {
  // An answer without keys has its one row also when no event passed.
  const count = plan.keys.length === 0 ? 1 : states.table.count;
  const measures = plan.measures.map(({ name }, index) => {
    const aggregate = aggregateFunctions.get(name)!;
    aggregate.grow(states.states[index]!, count);
    const values = aggregate.finish(states.states[index]!, count);
    return Array.from({ length: count }, (_, group) => scalarAt(values, group));
  });
  const groups = fillBuckets(plan, { keys: plan.keys.map((_, key) => states.table.keyValues(key)), measures, count });
  const leaves = groupLeaves(groups.keys, groups.measures, groups.count);
  let rows: Uint32Array = Uint32Array.from({ length: groups.count }, (_, group) => group);
  if (plan.having !== null) {
    const kept = evaluator.evaluate(plan.having, leaves);
    rows = rows.filter((row) => scalarAt(kept, row) === true);
  }
  const order = [
    ...plan.order,
    ...plan.keys.map(({ expr }, index): SortKey => ({
      expr: { kind: 'key', index, type: expr.type },
      descending: false,
    })),
  ];
  rows = sortRows(rows, order, (sort) => evaluator.evaluate(sort.expr, leaves));
  rows = rows.subarray(plan.offset, plan.limit === null ? undefined : plan.offset + plan.limit);
  const outputs = plan.outputs.map(({ name, expr }) => ({
    name,
    type: expr.type,
    values: evaluator.evaluate(expr, leaves),
  }));
  const columns = outputs.map(({ name, type }) => ({ name, type }));
  const data = outputs.map(({ values }) => takeRows(values, rows));
  if (groups.partial !== null) {
    let name = 'partial';
    for (let count = 2; columns.some((column) => column.name === name); count++) name = `partial_${count}`;
    columns.push({ name, type: 'bool' });
    data.push({
      kind: 'bool',
      length: rows.length,
      values: Uint8Array.from(rows, (row) => (groups.partial![row] ? 1 : 0)),
      nulls: null,
    });
  }
  return { columns, data, rowCount: rows.length };
}

function groupLeaves(
  keys: readonly (readonly Scalar[])[],
  measures: readonly (readonly Scalar[])[],
  count: number,
): Leaves {
  const made = new Map<string, Values>();
  return {
    length: count,
    leaf(expr) {
      if (expr.kind !== 'key' && expr.kind !== 'measure')
        throw new VarveError('internal', `BUG: ${expr.kind} is no leaf of groups`);
      const name = `${expr.kind} ${expr.index}`;
      let values = made.get(name);
      if (values === undefined) {
        values = valuesFromScalars((expr.kind === 'key' ? keys : measures)[expr.index]!);
        made.set(name, values);
      }
      return values;
    },
  };
}

/** Sorts by the keys one after another, null last in both directions; equal rows keep their order. */
export function sortRows(
  rows: Uint32Array,
  order: readonly SortKey[],
  valuesOf: (sort: SortKey) => Values,
): Uint32Array {
  const keys = order.map((sort) => {
    const values = valuesOf(sort);
    return {
      descending: sort.descending,
      scalars: Array.from({ length: values.length }, (_, row) => scalarAt(values, row)),
    };
  });
  return rows.slice().sort((a, b) => {
    for (const { scalars, descending } of keys) {
      const x = scalars[a]!;
      const y = scalars[b]!;
      if (x === null || y === null) {
        if (x !== y) return x === null ? 1 : -1;
        continue;
      }
      const difference = descending ? compareScalars(y, x) : compareNullable(x, y);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
}

/** @returns the rows of a column, in that order. */
export function takeRows(values: Values, rows: Uint32Array): Values {
  return valuesFromScalars(
    Array.from(rows, (row) => scalarAt(values, row)),
    values,
  );
}
