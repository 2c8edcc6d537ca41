import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { uniqueName } from '../base/unique-name.ts';
import type { ColumnType } from '../column/types.ts';
import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupedPlan } from '../plan/select.ts';
import { childrenOf } from '../plan/visit.ts';
import { answerColumns, type AnswerColumns } from './answer-columns.ts';
import { trueRows, type Evaluator, type Leaves } from './expression.ts';
import type { Grouping } from './grouping.ts';
import type { MemoryAccount } from './memory.ts';
import { bytesOfMerged, settleGroups, type MergedGroups } from './merged-groups.ts';
import type { Groups } from './regroup.ts';
import { ascending, sortSteps, type SortColumn } from './sort.ts';
import type { Steps } from './steps.ts';
import { takeRows } from './take-rows.ts';

/** Columns of an answer, as they come out. */
export interface Finished {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly data: readonly Values[];
  readonly rowCount: number;
  /** Columns whose values are not exact. */
  readonly approximate: readonly string[];
  /** Groups before having and limit. */
  readonly groups?: number;
  /** Of events of several sources: the place in `from` of each row's source. */
  readonly tables?: Float64Array;
}

/** Turns merged states into the answer: tops, windows, measures, empty buckets, having, order, limit, outputs. */
export function* finishGroups(
  grouping: Grouping,
  merged: MergedGroups,
  evaluator: Evaluator,
  memory: MemoryAccount,
): Steps<Finished> {
  const { plan } = grouping;
  memory.hold(bytesOfMerged(merged, grouping.kinds) + bytesToFinish(plan, merged));
  yield* settleGroups(grouping, merged);
  const { groups, states } = yield* answerColumns(grouping, merged, evaluator);
  let rows: Uint32Array = ascending(groups.count);
  if (plan.having !== null) {
    const leaves = yield* leavesAt(grouping, groups, [plan.having], null);
    rows = trueRows(evaluator.evaluate(plan.having, leaves), rows);
  }
  const most = plan.limit === null ? null : plan.offset + plan.limit;
  // What a limit leaves depends on the order.
  const sorts = grouping.unordered !== true || most !== null || plan.offset > 0;
  const order = sorts ? orderOf(grouping, groups, evaluator) : [];
  if (order.length > 0) rows = yield* sortSteps(order, groups.count, rows, most);
  rows = rows.subarray(plan.offset, most ?? undefined);
  checkRowCount(rows.length);
  const columns = plan.outputs.map(({ name, expr }) => ({ name, type: expr.type }));
  const data: Values[] = [];
  for (const { expr } of plan.outputs) {
    data.push(evaluator.evaluate(expr, yield* leavesAt(grouping, groups, [expr], rows)));
    yield;
  }
  if (groups.partial !== null) {
    const taken = new Set(columns.map(({ name }) => name));
    columns.push({ name: uniqueName('partial', taken), type: 'bool' });
    data.push(takeRows({ kind: 'bool', length: groups.count, values: groups.partial, nulls: null }, rows));
  }
  return {
    columns,
    data,
    rowCount: rows.length,
    approximate: approximateColumns(grouping, states),
    groups: groups.count + merged.left,
  };
}

/** A text that comes out, with its place in lists. */
const textBytes = 64;

/** What the answer takes beside the states: codes, measures, what orders rows, and the texts that come out. */
function bytesToFinish({ keys, measures, order, limit, offset }: GroupedPlan, { table }: MergedGroups): number {
  const columns = keys.length + measures.length + order.length;
  const texts = keys.filter(({ expr }) => expr.type.endsWith('text')).length;
  const shown = limit === null ? table.count : Math.min(table.count, offset + limit);
  return table.count * (12 * columns + 12) + shown * texts * textBytes;
}

/** @throws VarveError `limit` when an answer has more rows than one may have. */
export function checkRowCount(rows: number): void {
  if (rows <= limits.resultRowsMax) return;
  throw new VarveError('limit', `The answer has more than ${limits.resultRowsMax} rows (resultRowsMax).`, {
    hint: 'Add a limit, or narrow the range with since, until and where.',
  });
}

/** @returns what expressions may read of the rows; null = of all. */
function* leavesAt(
  { measures, kinds }: Grouping,
  groups: AnswerColumns,
  exprs: readonly Expr[],
  rows: Uint32Array | null,
): Steps<Leaves> {
  const keys = new Map<number, Values>();
  for (const key of exprs.flatMap(keysIn)) if (!keys.has(key)) keys.set(key, yield* groups.keys[key](rows));
  const taken = (values: Values): Values => (rows === null ? values : takeRows(values, rows));
  return {
    length: rows?.length ?? groups.count,
    leaf(expr) {
      if (expr.kind === 'key') return keys.get(expr.index)!;
      if (expr.kind === 'span') return taken(expr.before === true ? groups.spansOfThen : groups.spans);
      if (expr.kind !== 'measure') throw new VarveError('internal', `BUG: ${expr.kind} is no leaf of groups`);
      // Measures of then follow those that the plan names; in the answer, those that it needs besides stand between.
      return taken(groups.measures[expr.index < measures ? expr.index : expr.index - measures + kinds.length]);
    },
  };
}

function keysIn(expr: Expr): number[] {
  return expr.kind === 'key' ? [expr.index] : childrenOf(expr).flatMap(keysIn);
}

/** `order by`, then the keys, each with `top` by the rank of its values: the rest of a top comes last. */
function orderOf(grouping: Grouping, groups: AnswerColumns, evaluator: Evaluator): SortColumn[] {
  const { plan } = grouping;
  const columns: SortColumn[] = [];
  for (const { expr, descending } of plan.order) {
    const top = expr.kind === 'key' ? plan.keys[expr.index].top : null;
    if (top?.others === true && expr.kind === 'key') {
      const rank = groups.ranks[expr.index] as Extract<Values, { kind: 'number' }>;
      const isRest = rank.values.map((own) => (own >= top.count ? 1 : 0));
      columns.push({ values: { ...rank, values: isRest }, descending: false });
    }
    if (expr.kind === 'key' && top?.others !== true) {
      columns.push({ values: groups.orders[expr.index], descending });
      continue;
    }
    columns.push({
      *values(rows) {
        return evaluator.evaluate(expr, yield* leavesAt(grouping, groups, [expr], rows));
      },
      descending,
    });
  }
  plan.keys.forEach((_, key) => columns.push({ values: groups.ranks[key] ?? groups.orders[key], descending: false }));
  return columns;
}

/** @returns the outputs that read a measure whose answer is not exact. */
function approximateColumns({ plan, measures, kinds }: Grouping, states: Groups['states']): string[] {
  const isApproximate = (index: number): boolean => {
    const at = index < measures ? index : index - measures + kinds.length;
    const kind = kinds[at % kinds.length];
    return kind.kind === 'values' && states[at] !== undefined && kind.aggregate.isApproximate?.(states[at]) === true;
  };
  const known = new Map<number, boolean>();
  const reads = (expr: Expr): boolean => {
    if (expr.kind !== 'measure') return childrenOf(expr).some(reads);
    let found = known.get(expr.index);
    if (found === undefined) known.set(expr.index, (found = isApproximate(expr.index)));
    return found;
  };
  return plan.outputs.filter(({ expr }) => reads(expr)).map(({ name }) => name);
}
