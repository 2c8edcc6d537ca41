import type { Expr } from '../plan/expr.ts';
import type { GroupedPlan, Measure } from '../plan/select.ts';
import { childrenOf } from '../plan/visit.ts';
import { measureKind, type MeasureKind } from './measure-state.ts';
import { seriesOf, shiftedBack, windowsOf, type TimeCells, type TimeSpan, type TimeWindows } from './time-windows.ts';

/** One scan of a grouped plan. */
export interface GroupScan {
  readonly plan: GroupedPlan;
  /** Not null where key 0 is read as the number of a cell instead of as a bucket. */
  readonly cells: TimeCells | null;
}

/** How a grouped plan is read and put together. */
export interface Grouping {
  /** The plan with the measures that the answer needs beside those it names. */
  readonly plan: GroupedPlan;
  /** How many measures the plan names itself. */
  readonly measures: number;
  readonly kinds: readonly MeasureKind[];
  /** That of now, and with `compare` that of then. */
  readonly scans: readonly GroupScan[];
  readonly windows: TimeWindows | null;
  /** When the first event of the tables was, whether it passes or not; Infinity without any. */
  readonly tableBegin: number;
}

/** @param span of the events at hand. @throws VarveError `limit` when a series has too many buckets. */
export function groupingOf(original: GroupedPlan, span: TimeSpan): Grouping {
  const plan = withTimes(original);
  const { range, written, every, compare, trailing } = plan;
  const kinds = plan.measures.map((_, index) => measureKind(plan, index));
  const shared = { plan, measures: original.measures.length, kinds, tableBegin: span.timeMin };
  // `where` may say more of time than the range of then has room for: there it is tried on rows.
  const before = compare === null ? null : shiftedBack(plan, written);
  if (every === null || (trailing === null && compare === null)) {
    const scans = [plan, ...(before === null ? [] : [{ ...plan, range: before, written: before }])];
    return { ...shared, scans: scans.map((own) => ({ plan: own, cells: null })), windows: null };
  }
  const now = seriesOf(plan, written, range, span);
  const then = before === null ? null : seriesOf(plan, before, before, span);
  const windows = windowsOf(plan, now, then);
  const cellsOf = (bounds: Float64Array, first: number): TimeCells => {
    const end = first + Math.max(0, bounds.length - 1);
    const [from, to] = [windows.from.slice(first, end), windows.to.slice(first, end)];
    return { bounds, first, from, to, windows: windows.buckets.length };
  };
  const scans = [{ plan: { ...plan, range: now.range }, cells: cellsOf(now.cells, 0) }];
  if (then !== null) scans.push({ plan: { ...plan, range: then.range }, cells: cellsOf(then.cells, now.from.length) });
  return { ...shared, scans, windows };
}

/** The range of an answer without `every` may begin and end with events: then their times are measured too. */
function withTimes(plan: GroupedPlan): GroupedPlan {
  if (plan.every !== null || plan.written.since !== null || !readsSpan(plan)) return plan;
  const time: Expr = { kind: 'column', name: 'time', type: 'time' };
  const extreme = (name: string): Measure => ({
    name,
    args: [time],
    filter: null,
    type: 'time',
    emptyIsZero: false,
  });
  return { ...plan, measures: [...plan.measures, extreme('min'), extreme('max')] };
}

/** @returns whether an expression of the answer reads the length of a bucket or of the range. */
export function readsSpan({ outputs, having, order }: GroupedPlan): boolean {
  const reads = (expr: Expr): boolean => expr.kind === 'span' || childrenOf(expr).some(reads);
  return [...outputs, ...order].some(({ expr }) => reads(expr)) || (having !== null && reads(having));
}
