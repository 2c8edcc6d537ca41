import { bucketBoundaries } from '../base/calendar.ts';
import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Values } from '../column/values.ts';
import type { GroupedPlan } from '../plan/select.ts';
import { GroupTable } from './group-table.ts';
import { noRow, takeRows } from './take-rows.ts';

/** Groups as columns: `keys[k]`, `measures[m]`, a row a group. */
export interface GroupColumns {
  readonly keys: readonly Values[];
  readonly measures: readonly Values[];
  readonly count: number;
  /** With `every`: whether a written end of the range, or the present, cuts the group's bucket (1). */
  readonly partial: Uint8Array | null;
}

/**
 * With `every`, gives each group that occurs each bucket of the range: from `since`, else the first bucket that has a
 * row, to `until`, else now if `since` is given, else the last such bucket. Counts of an empty bucket are 0, other measures null.
 * @param codes the groups' codes, a list a key, by which other keys than the bucket are told apart.
 * @throws VarveError `limit` beyond filledRowsMax rows.
 */
export function fillBuckets(
  plan: GroupedPlan,
  groups: Omit<GroupColumns, 'partial'>,
  codes: readonly Uint32Array[],
): GroupColumns {
  const { every } = plan;
  if (every === null) return { ...groups, partial: null };
  const times = groups.keys[0];
  const starts = times.kind === 'number' ? times.values.subarray(0, groups.count) : new Float64Array(0);
  const { since, until } = plan.written;
  // Without other keys there is one group, which occurs also where no event is: its buckets are those of a written range.
  const alone = plan.keys.length === 1;
  if (starts.length === 0 && (since === null || !alone)) return { ...groups, partial: new Uint8Array(groups.count) };
  const first = since ?? starts.reduce((a, b) => Math.min(a, b));
  const last = until ?? (since !== null && Number.isFinite(since) ? plan.now : null);
  const lastStart = starts.reduce((a, b) => Math.max(a, b), -Infinity);
  const end = Math.max(last ?? lastStart + 1, lastStart + 1);
  if (end <= first) return { ...groups, partial: new Uint8Array(groups.count) };
  const bounds = bucketBoundaries(first, end, every, plan.timezone, limits.filledRowsMax);
  const buckets = bounds.length - 1;
  const series = alone ? { of: new Uint32Array(groups.count), count: 1 } : seriesOf(codes.slice(1), groups.count);
  if (series.count * buckets > limits.filledRowsMax) {
    throw new VarveError(
      'limit',
      `every makes ${series.count * buckets} rows, at most ${limits.filledRowsMax} are filled (filledRowsMax).`,
      { hint: 'Take wider buckets, or narrow the range with since and until.' },
    );
  }
  const { rows, samples } = layOut(starts, bounds, series);
  const filledTimes = Float64Array.from(rows, (_row, at) => bounds[at % buckets]);
  return {
    keys: groups.keys.map((key, index) =>
      index === 0 ? { kind: 'number', length: rows.length, values: filledTimes, nulls: null } : takeRows(key, samples),
    ),
    measures: groups.measures.map((measure, index) => {
      const taken = takeRows(measure, rows);
      // A count takes 0 where nothing was.
      return plan.measures[index].emptyIsZero && taken.kind === 'number' ? { ...taken, nulls: null } : taken;
    }),
    count: rows.length,
    partial: Uint8Array.from(rows, (_row, at) =>
      isCut(bounds[at % buckets], bounds[(at % buckets) + 1], since, until, plan.now) ? 1 : 0,
    ),
  };
}

interface Series {
  readonly of: Uint32Array;
  readonly count: number;
}

/** Numbers the combinations of the other keys. */
function seriesOf(codes: readonly Uint32Array[], groups: number): Series {
  const table = new GroupTable(codes.length);
  const of = new Uint32Array(groups);
  table.groupsOf(
    codes,
    codes.map((key) => key.reduce((a, b) => Math.max(a, b), 0)),
    of,
  );
  return { of, count: table.count };
}

/** @returns series after series, bucket after bucket: the group of each row or `noRow`, and some group of its series. */
function layOut(
  starts: Float64Array,
  bounds: Float64Array,
  series: Series,
): { readonly rows: Uint32Array; readonly samples: Uint32Array } {
  const buckets = bounds.length - 1;
  const places = new Map<number, number>();
  for (let bucket = 0; bucket < buckets; bucket++) places.set(bounds[bucket], bucket);
  const rows = new Uint32Array(series.count * buckets).fill(noRow);
  const sampleOf = new Uint32Array(series.count);
  for (let group = 0; group < starts.length; group++) {
    sampleOf[series.of[group]] = group;
    const bucket = places.get(starts[group]);
    if (bucket !== undefined) rows[series.of[group] * buckets + bucket] = group;
  }
  return { rows, samples: Uint32Array.from(rows, (_row, at) => sampleOf[Math.floor(at / buckets)]) };
}

/** A bucket is cut by a written end within it, or by the present. */
function isCut(start: number, end: number, since: number | null, until: number | null, now: number): boolean {
  return (since !== null && since > start) || (until !== null && until < end) || (now > start && now < end);
}
