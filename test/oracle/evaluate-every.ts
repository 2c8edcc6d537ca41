import { addStep, bucketEnd, bucketStart } from './calendar.ts';
import type { Cell, Time } from './cells.ts';
import type { World } from './evaluate.ts';
import { readSource } from './evaluate-sources.ts';
import type { Row } from './evaluate-expr.ts';
import type { Query } from './tree.ts';

export interface Bucket {
  readonly start: number;
  readonly end: number;
}

/**
 * @param rows those that pass `where`.
 * @returns the buckets of `every`, from `since` or the first row, to `until`, or now where there is a `since`, or the last row.
 */
export function bucketsOf(query: Query, rows: readonly Row[], world: World): Bucket[] {
  const { zone, since, until } = query;
  const every = query.every!;
  const times = rows.map(({ ms }) => ms);
  const from = since?.ms ?? (times.length === 0 ? null : Math.min(...times));
  if (from === null) return [];
  const to = until?.ms ?? (since !== null ? world.now : Math.max(...times) + 1);
  const buckets: Bucket[] = [];
  for (let start = bucketStart(zone, from, every); start < to && from < to;) {
    const end = bucketEnd(zone, start, every);
    buckets.push({ start, end });
    start = end;
  }
  return buckets;
}

/** @returns whether a written end of the range or the present lies within the bucket, or a window begins before the table. */
export function isPartial(query: Query, bucket: Cell, world: World): boolean {
  const start = (bucket as Time).ms;
  const end = bucketEnd(query.zone, start, query.every!);
  if (query.trailing !== null && addStep(query.zone, end, query.trailing, -1) < beginOf(query, world)) return true;
  // A window reads the events before `since`.
  const since = query.trailing === null ? query.since?.ms : undefined;
  return [since, query.until?.ms, world.now].some((at) => at !== undefined && start < at && at < end);
}

/** The first event of what the query reads. */
function beginOf(query: Query, world: World): number {
  const times = query.from.flatMap((source) => readSource(source, world, query.zone).map(({ ms }) => ms));
  return times.length === 0 ? -Infinity : Math.min(...times);
}
