import type { BehaviourPlan } from '../plan/behaviour.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupedPlan, Measure } from '../plan/select.ts';
import { holds } from '../plan/visit.ts';
import { scalarAt } from '../functions/access.ts';
import type { Finished } from './finish.ts';
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
  /** When the first and the last event that passes were, where groups alone do not tell it. */
  readonly passing: TimeSpan | null;
  /** When the first event of the tables was, whether it passes or not; Infinity without any. */
  readonly tableBegin: number;
  /** Whoever asks takes the rows in any order, the same one every time. */
  readonly unordered?: boolean;
}

/**
 * An event without an element to unnest is in no group, and yet buckets begin or end with it.
 * @returns a plan that asks when the first and the last event that passes were; null where that is known otherwise.
 */
export function timesPlan(plan: GroupedPlan): GroupedPlan | null {
  const { every, written, keys } = plan;
  if (written.since !== null || !keys.some(({ unnest }) => unnest) || (every === null && !readsSpan(plan))) return null;
  return askingTimes(plan);
}

function askingTimes(plan: GroupedPlan): GroupedPlan {
  const measures = [extremeTime('min'), extremeTime('max')];
  return {
    ...plan,
    keys: [],
    measures,
    every: null,
    trailing: null,
    compare: null,
    having: null,
    order: [],
    limit: null,
    offset: 0,
    outputs: measures.map(({ name }, index) => ({ name, expr: { kind: 'measure', index, type: 'time' } })),
  };
}

/**
 * Buckets of a question about behaviour begin and end with the events that pass, where `since` does not say it.
 * @param grouped as the behaviour is grouped.
 * @returns a plan that asks when the first and the last of them were; null where nobody has to know.
 */
export function spanPlan(plan: BehaviourPlan, grouped: GroupedPlan): GroupedPlan | null {
  const laysBuckets =
    plan.kind === 'retention' || plan.kind === 'lifecycle' || (plan.kind === 'funnel' && plan.every !== null);
  // Without `where`, sources tell it by themselves.
  return plan.written.since !== null || plan.where === null || !laysBuckets ? null : askingTimes(grouped);
}

/** @returns the answer to such a plan. */
export function timesOf({ data }: Finished): TimeSpan {
  const [timeMin, timeMax] = data.map((values) => scalarAt(values, 0));
  return { timeMin: Number(timeMin ?? Infinity), timeMax: Number(timeMax ?? -Infinity) };
}

function extremeTime(name: 'min' | 'max'): Measure {
  const time: Expr = { kind: 'column', name: 'time', type: 'time' };
  return { name, args: [time], filter: null, type: 'time', emptyIsZero: false };
}

/**
 * @param span of the events at hand.
 * @param passing times of the first and the last event that passes, where `timesPlan` asks for them.
 * @throws VarveError `limit` when a series has too many buckets.
 */
export function groupingOf(original: GroupedPlan, span: TimeSpan, passing: TimeSpan | null): Grouping {
  const plan = withTimes(original);
  const { range, written, every, compare, trailing } = plan;
  const kinds = plan.measures.map((_, index) => measureKind(plan, index));
  const shared = { plan, measures: original.measures.length, kinds, passing, tableBegin: span.timeMin };
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
  return { ...plan, measures: [...plan.measures, extremeTime('min'), extremeTime('max')] };
}

/** @returns whether an expression of the answer reads the length of a bucket or of the range. */
function readsSpan({ outputs, having, order }: GroupedPlan): boolean {
  const reads = (expr: Expr): boolean => holds(expr, ({ kind }) => kind === 'span');
  return [...outputs, ...order].some(({ expr }) => reads(expr)) || (having !== null && reads(having));
}
