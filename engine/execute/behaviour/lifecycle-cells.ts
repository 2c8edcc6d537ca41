import { bucketStart } from '../../base/calendar.ts';
import type { LifecyclePlan } from '../../plan/behaviour.ts';
import { seriesOf, type TimeSpan } from '../time-windows.ts';
import { assertFilled, bucketAt } from './event-buckets.ts';

/** What an actor is in a bucket: the place of its count among the four of a bucket. */
export const lifecycleKinds = { new: 0, returning: 1, resurrecting: 2, dormant: 3 } as const;

/** The buckets of a lifecycle. */
export interface LifecycleBuckets {
  /** The start of the bucket before the first in range, then of those in range, and the end of the last; empty = none. */
  readonly bounds: Float64Array;
  /** From here on an event counts; those before are activity before. */
  readonly since: number;
}

/**
 * Lays buckets over the range of a lifecycle: those of `every`, and the one before.
 * @param span of the events that pass `where`, those before `since` included.
 * @throws VarveError `limit` beyond what `every` fills.
 */
export function lifecycleBuckets(
  plan: Pick<LifecyclePlan, 'written' | 'range' | 'now' | 'every' | 'timezone'>,
  span: TimeSpan,
): LifecycleBuckets {
  const { written, range, now, every, timezone } = plan;
  const own = seriesOf({ timezone, every, now, trailing: null }, written, range, span).bounds;
  const since = written.since ?? -Infinity;
  if (own.length < 2) return { bounds: new Float64Array(0), since };
  assertFilled('lifecycle', own.length - 1);
  const bounds = new Float64Array(own.length + 1);
  bounds[0] = bucketStart(own[0] - 1, every, timezone);
  bounds.set(own, 1);
  return { bounds, since };
}

/** @returns counts without any: four a bucket in range, in the order of `lifecycleKinds`. Those of slices are added up. */
export function newLifecycleCounts({ bounds }: LifecycleBuckets): Float64Array {
  return new Float64Array(4 * Math.max(0, bounds.length - 2));
}

/** Events of one slice in the order (actor, time): those of actor r are the places [`starts[r]`, `ends[r]`). */
export interface LifecycleEvents {
  readonly actorCount: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly times: Float64Array;
}

/** An actor that was never active, and one that was before the bucket before the first in range. */
const never = -2;
const earlier = -1;

/**
 * Counts what each actor is in each bucket in range.
 *
 * "Active" in an earlier bucket means an event anywhere in it, also before `since`; an actor is new, returning or
 * resurrecting in a bucket only by an event from `since` on. So in a first bucket that `since` cuts, an actor that was
 * active in it only before `since` is none of the four, and dormant in the next if it is not active there.
 */
export function countLifecycle(
  { actorCount, starts, ends, times }: LifecycleEvents,
  { bounds, since }: LifecycleBuckets,
  counts: Float64Array,
): void {
  const last = bounds.length - 2;
  if (last < 1) return;
  const begin = bounds[0];
  const end = bounds[last + 1];
  for (let actor = 0; actor < actorCount; actor++) {
    const to = ends[actor];
    let bucket = never;
    let bucketEnd = begin;
    let kind = 0;
    let isCounted = false;
    for (let at = starts[actor]; at < to; at++) {
      const time = times[at];
      if (time >= end) break;
      if (time < begin) {
        bucket = earlier;
        continue;
      }
      if (time >= bucketEnd) {
        const before = bucket;
        bucket = bucketAt(bounds, time, Math.max(0, before));
        bucketEnd = bounds[bucket + 1];
        kind = before === never ? 0 : before === bucket - 1 ? 1 : 2;
        // The bucket before the first in range has no counts.
        isCounted = bucket === 0;
        if (before >= 0 && before + 1 < bucket) counts[4 * before + 3]++;
      }
      if (isCounted || time < since) continue;
      counts[4 * (bucket - 1) + kind]++;
      isCounted = true;
    }
    // The bucket behind number b is in range as number b.
    if (bucket >= 0 && bucket < last) counts[4 * bucket + 3]++;
  }
}
