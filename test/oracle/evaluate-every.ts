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

/** @returns what says of a bucket whether a written end of the range or the present lies within it, or its window begins before the table. */
export function partialOf(query: Query, world: World): (bucket: Cell) => boolean {
  const { zone, trailing, since, until } = query;
  // A window reads the events before `since`.
  const cuts = [trailing === null ? since?.ms : undefined, until?.ms, world.now];
  const begin = trailing === null ? -Infinity : beginOf(query, world);
  const known = new Map<number, boolean>();
  return (bucket) => {
    const start = (bucket as Time).ms;
    let partial = known.get(start);
    if (partial === undefined) {
      const end = bucketEnd(zone, start, query.every!);
      const early = trailing !== null && addStep(zone, end, trailing, -1) < begin;
      partial = early || cuts.some((at) => at !== undefined && start < at && at < end);
      known.set(start, partial);
    }
    return partial;
  };
}

/** The first event of what the query reads. */
function beginOf(query: Query, world: World): number {
  const times = query.from.flatMap((source) => readSource(source, world, query.zone).map(({ ms }) => ms));
  return times.length === 0 ? Infinity : Math.min(...times);
}
