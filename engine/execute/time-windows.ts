import { addSteps, bucketBoundaries } from '../base/calendar.ts';
import { fixedLengthMs, type Step } from '../base/duration.ts';
import type { GroupedPlan, TimeRange } from '../plan/select.ts';

/** How a scan cuts time: cell c is [bounds[c], bounds[c + 1]), and bears the number `first` + c. */
export interface TimeCells {
  readonly bounds: Float64Array;
  readonly first: number;
  /** The windows that each cell lies in, by their numbers among `windows`: none where from > to. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly windows: number;
}

/**
 * How cells make buckets. A cell lies in the windows [from, to] of its number, none where from > to; a window counts
 * for the bucket that `buckets` says, -1 = none. With `compare` the cells and windows of then stand behind those of now.
 */
export interface TimeWindows {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly buckets: Int32Array;
  /** The bucket of now that each cell lies in, or begins before; -1 = a cell of then. */
  readonly bucketOfCell: Int32Array;
  /** 1 where a cell lies in the range that the query asks for; 0 where it is only looked back at, or of then. */
  readonly inRange: Uint8Array;
  /** Bucket b is [bounds[b], bounds[b + 1]). */
  readonly bounds: Float64Array;
  /** With `compare`: where the bucket of then begins and ends that goes with each bucket of now; NaN where none does. */
  readonly then: { readonly starts: Float64Array; readonly ends: Float64Array } | null;
}

/** The span of time of the events at hand; infinite the wrong way round where there are none. */
export interface TimeSpan {
  readonly timeMin: number;
  readonly timeMax: number;
}

/** Buckets of one series beyond which no answer could be filled, whatever `where` leaves of it. */
const bucketsMax = 1_000_000;

/** One of the two series of a comparison, or the only one. */
export interface Series {
  readonly bounds: Float64Array;
  readonly cells: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** What is to be read: with `trailing` it begins with the first window. */
  readonly range: TimeRange;
}

/**
 * Lays buckets over a range, their windows, and the cells that all windows are made of.
 * @param written the range as the query says it.
 * @param range the same, narrowed by `where`.
 * @throws VarveError `limit` beyond a million buckets.
 */
export function seriesOf(
  plan: Pick<GroupedPlan, 'timezone' | 'trailing' | 'every' | 'now'>,
  written: TimeRange,
  range: TimeRange,
  span: TimeSpan,
): Series {
  const { timezone, trailing } = plan;
  const every = plan.every!;
  const begin = written.since ?? Math.max(span.timeMin, range.since ?? -Infinity);
  const last = Math.min(span.timeMax + 1, range.until ?? Infinity);
  const end = written.until ?? (written.since === null ? last : Math.max(last, plan.now));
  if (!(begin < end && Number.isFinite(begin) && Number.isFinite(end)))
    return { bounds: empty, cells: empty, from: none, to: none, range };
  const bounds = bucketBoundaries(begin, end, every, timezone, bucketsMax);
  if (trailing === null) {
    const own = Int32Array.from({ length: bounds.length - 1 }, (_, bucket) => bucket);
    return { bounds, cells: bounds, from: own, to: own, range };
  }
  const starts = Float64Array.from(bounds.subarray(1), (until) => addSteps(until, trailing, -1, timezone));
  const since = written.since === null || (range.since ?? -Infinity) > written.since ? range.since : starts[0];
  const cells = cellsOf(bounds, starts, written.since);
  return { bounds, cells, ...windowsOfCells(cells, bounds, starts), range: { since, until: range.until } };
}

const empty = new Float64Array(0);
const none = new Int32Array(0);

/** Every moment at which a window begins or ends is one at which a cell does, and so is `since`. */
function cellsOf(bounds: Float64Array, starts: Float64Array, since: number | null): Float64Array {
  // Without `since` nothing is read before the first bucket.
  const low = since === null ? bounds[0] : Math.min(bounds[0], starts[0]);
  const high = bounds[bounds.length - 1];
  const all = [...bounds, ...starts, ...(since === null ? [] : [since])].filter((at) => at >= low && at <= high);
  return Float64Array.from(new Set(all)).sort();
}

function windowsOfCells(
  cells: Float64Array,
  bounds: Float64Array,
  starts: Float64Array,
): { readonly from: Int32Array; readonly to: Int32Array } {
  const count = Math.max(0, cells.length - 1);
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  let first = 0;
  let last = -1;
  for (let cell = 0; cell < count; cell++) {
    while (first < starts.length && bounds[first + 1] <= cells[cell]) first++;
    while (last + 1 < starts.length && starts[last + 1] <= cells[cell]) last++;
    from[cell] = first;
    to[cell] = last;
  }
  return { from, to };
}

/** Joins the series of now, and with `compare` that of then, to one numbering of cells. */
export function windowsOf(plan: GroupedPlan, now: Series, then: Series | null): TimeWindows {
  const { since } = plan.written;
  const ownWindows = Math.max(0, now.bounds.length - 1);
  const ownCells = now.from.length;
  const matches = then === null ? none : matchBuckets(plan, now.bounds, then.bounds);
  const bucketOfCell = new Int32Array(ownCells + (then?.from.length ?? 0)).fill(-1);
  const inRange = new Uint8Array(bucketOfCell.length);
  for (let cell = 0, bucket = 0; cell < ownCells; cell++) {
    while (bucket + 1 < ownWindows && now.bounds[bucket + 1] <= now.cells[cell]) bucket++;
    bucketOfCell[cell] = bucket;
    inRange[cell] = since === null || plan.trailing === null || now.cells[cell] >= since ? 1 : 0;
  }
  const behind = (windows: Int32Array): Int32Array => windows.map((window) => window + ownWindows);
  return {
    from: then === null ? now.from : joined(now.from, behind(then.from)),
    to: then === null ? now.to : joined(now.to, behind(then.to)),
    buckets: Int32Array.from({ length: ownWindows + matches.length }, (_, window) =>
      window < ownWindows ? window : matches[window - ownWindows],
    ),
    bucketOfCell,
    inRange,
    bounds: now.bounds,
    then: then === null ? null : matchedBounds(matches, then.bounds, ownWindows),
  };
}

function matchedBounds(matches: Int32Array, bounds: Float64Array, count: number): NonNullable<TimeWindows['then']> {
  const starts = new Float64Array(count).fill(NaN);
  const ends = new Float64Array(count).fill(NaN);
  for (let place = 0; place < matches.length; place++) {
    if (matches[place] < 0) continue;
    starts[matches[place]] = bounds[place];
    ends[matches[place]] = bounds[place + 1];
  }
  return { starts, ends };
}

/** Copied, not spread: a call takes fewer arguments than a series has cells. */
function joined(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/**
 * Which bucket of now each bucket of then is compared with, -1 = none. Days and longer steps are matched by their place
 * in the two series: the 31st of a month has none in one of 30 days. Hours and less are matched by the clock, since a
 * day on which it is changed has 23 or 25: a bucket of now goes with the one of then that holds its shifted start, and
 * of two that meet in one, the first.
 */
function matchBuckets(plan: GroupedPlan, now: Float64Array, then: Float64Array): Int32Array {
  const matches = new Int32Array(Math.max(0, then.length - 1)).fill(-1);
  const count = Math.max(0, now.length - 1);
  if (!isWithinDay(plan.every!)) {
    for (let bucket = 0; bucket < Math.min(count, matches.length); bucket++) matches[bucket] = bucket;
    return matches;
  }
  let place = 0;
  for (let bucket = 0; bucket < count; bucket++) {
    const start = addSteps(now[bucket], plan.compare!, -1, plan.timezone);
    while (place < matches.length && then[place + 1] <= start) place++;
    if (place < matches.length && then[place] <= start && matches[place] < 0) matches[place] = bucket;
  }
  return matches;
}

function isWithinDay(step: Step): boolean {
  return step.unit !== 'd' && step.unit !== 'w' && fixedLengthMs(step) !== null;
}

/** @returns a range moved back by what a plan compares with; an open end is the present. */
export function shiftedBack(plan: GroupedPlan, { since, until }: TimeRange): TimeRange {
  const shift = (at: number): number => addSteps(at, plan.compare!, -1, plan.timezone);
  return { since: since === null ? null : shift(since), until: shift(until ?? plan.now) };
}
