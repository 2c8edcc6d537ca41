import { bucketBoundaries } from '../base/calendar.ts';
import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Values } from '../column/values.ts';
import type { GroupedPlan } from '../plan/select.ts';
import { numbersOf } from './group-numbers.ts';
import type { Grouping } from './grouping.ts';
import type { Steps } from './steps.ts';
import { noRow, takeRows } from './take-rows.ts';

/** Makes a column's values of some rows, or with null of all. */
export type ColumnAt = (rows: Uint32Array | null) => Steps<Values>;

/** Groups as columns, a row a group: `keys[k]`, `ranks[k]` where the key has a top, `measures[m]`. */
export interface GroupColumns {
  readonly keys: readonly ColumnAt[];
  /** What orders each key as its values do. */
  readonly orders: readonly ColumnAt[];
  readonly ranks: readonly (Values | null)[];
  readonly measures: readonly Values[];
  readonly count: number;
}

/** The same with `every`: which bucket of `bounds` each row is of. */
export interface BucketColumns extends GroupColumns {
  readonly bounds: Float64Array;
  readonly buckets: Uint32Array;
}

/**
 * Gives each group that occurs each bucket. Counts of an empty bucket are 0, other measures null.
 * @param codes the groups' codes, a list a key, by which other keys than the bucket are told apart.
 * @param bounds of the buckets.
 * @throws VarveError `limit` beyond filledRowsMax rows.
 */
export function* fillBuckets(
  plan: GroupedPlan,
  groups: GroupColumns,
  codes: readonly Uint32Array[],
  bounds: Float64Array,
): Steps<BucketColumns> {
  const times = yield* groups.keys[0](null);
  const starts = times.kind === 'number' ? times.values.subarray(0, groups.count) : new Float64Array(0);
  const buckets = Math.max(0, bounds.length - 1);
  // Without other keys there is one group, which occurs also where no event is: its buckets are those of a written range.
  const alone = plan.keys.length === 1;
  const series = alone
    ? { of: new Uint32Array(groups.count), count: plan.written.since === null ? Math.min(1, groups.count) : 1 }
    : yield* numbersOf(codes.slice(1), groups.count);
  if (series.count * buckets > limits.filledRowsMax) {
    throw new VarveError(
      'limit',
      `every makes ${series.count * buckets} rows, at most ${limits.filledRowsMax} are filled (filledRowsMax).`,
      { hint: 'Take wider buckets, or narrow the range with since and until.' },
    );
  }
  const { rows, samples } = layOut(starts, bounds, series);
  const { length } = rows;
  const filledTimes = new Float64Array(length);
  const bucketOf = new Uint32Array(length);
  for (let at = 0, bucket = 0; at < length; at++) {
    filledTimes[at] = bounds[bucket];
    bucketOf[at] = bucket;
    if (++bucket === buckets) bucket = 0;
  }
  return {
    keys: groups.keys.map((key, index) =>
      index === 0 ? columnAt({ kind: 'number', length, values: filledTimes, nulls: null }) : behind(key, samples),
    ),
    orders: groups.orders.map((order, index) =>
      index === 0 ? columnAt({ kind: 'number', length, values: filledTimes, nulls: null }) : behind(order, samples),
    ),
    ranks: groups.ranks.map((rank) => (rank === null ? null : takeRows(rank, samples))),
    measures: groups.measures.map((measure, index) => {
      const taken = takeRows(measure, rows);
      // A count takes 0 where nothing was.
      const { emptyIsZero } = plan.measures[index % plan.measures.length];
      return emptyIsZero && taken.kind === 'number' ? { ...taken, nulls: null } : taken;
    }),
    count: length,
    bounds,
    buckets: bucketOf,
  };
}

/**
 * @param starts of the buckets that have a row.
 * @returns bounds of the buckets from `since`, else the first that has an event, to `until`, else now if `since` is given,
 * else the last such bucket.
 */
export function boundsOf({ plan, passing }: Pick<Grouping, 'plan' | 'passing'>, starts: Float64Array): Float64Array {
  const { written, now, every, timezone } = plan;
  const { since, until } = written;
  const first = since ?? starts.reduce((a, b) => Math.min(a, b), passing?.timeMin ?? Infinity);
  const lastStart = starts.reduce((a, b) => Math.max(a, b), passing?.timeMax ?? -Infinity);
  if (first === Infinity) return new Float64Array(0);
  const end = Math.max(until ?? (since === null ? lastStart + 1 : now), lastStart + 1);
  return end <= first ? new Float64Array(0) : bucketBoundaries(first, end, every!, timezone, limits.filledRowsMax);
}

/** @returns values that are there already, as a column. */
export function columnAt(values: Values): ColumnAt {
  return function* (rows) {
    yield;
    return rows === null ? values : takeRows(values, rows);
  };
}

/** @returns a column of whose rows these are taken. */
export function behind(column: ColumnAt, taken: Uint32Array): ColumnAt {
  return (rows) => {
    if (rows === null) return column(taken);
    const own = new Uint32Array(rows.length);
    for (let at = 0; at < own.length; at++) own[at] = taken[rows[at]];
    return column(own);
  };
}

interface Series {
  readonly of: Uint32Array;
  readonly count: number;
}

/** @returns series after series, bucket after bucket: the group of each row or `noRow`, and some group of its series. */
function layOut(
  starts: Float64Array,
  bounds: Float64Array,
  series: Series,
): { readonly rows: Uint32Array; readonly samples: Uint32Array } {
  const buckets = Math.max(0, bounds.length - 1);
  const places = new Map<number, number>();
  for (let bucket = 0; bucket < buckets; bucket++) places.set(bounds[bucket], bucket);
  const rows = new Uint32Array(series.count * buckets).fill(noRow);
  const sampleOf = new Uint32Array(series.count);
  for (let group = 0; group < starts.length; group++) {
    sampleOf[series.of[group]] = group;
    const bucket = places.get(starts[group]);
    if (bucket !== undefined) rows[series.of[group] * buckets + bucket] = group;
  }
  const samples = new Uint32Array(rows.length);
  for (let own = 0; own < series.count; own++) samples.fill(sampleOf[own], own * buckets, (own + 1) * buckets);
  return { rows, samples };
}

/**
 * Whether a bucket's value is not that of the whole bucket: a written end of the range or the present cuts it, or with
 * `trailing`, for which events before `since` are read, its window begins before the table does.
 */
export function isCut(
  { written: { since, until }, now, trailing }: Pick<GroupedPlan, 'written' | 'now' | 'trailing'>,
  [start, end]: readonly [start: number, end: number],
  window: number,
  tableBegin: number,
): boolean {
  if ((until !== null && until < end) || (now > start && now < end)) return true;
  return trailing === null ? since !== null && since > start : window < tableBegin;
}

/**
 * How much of a bucket, or of its window, lies within the written range, in ms: what a rate is over.
 * @param from start of the bucket, with `trailing` of its window.
 */
export function lengthWithin({ written, now, trailing }: GroupedPlan, from: number, end: number): number {
  const { since, until } = written;
  const begin = since !== null && trailing === null ? Math.max(since, from) : from;
  const last = until ?? (since === null || now <= begin ? Infinity : now);
  return Math.max(0, Math.min(end, last) - begin);
}
