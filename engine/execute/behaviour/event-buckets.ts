import { VarveError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';

/**
 * The bucket that a moment lies in, sought from one that does not begin after it: the next one or two are tried, then
 * strides that double.
 * @param bounds ascending starts of buckets, and the end of the last.
 * @param from a bucket with `bounds[from]` <= `time`.
 * @returns the greatest place whose bound is not after `time`: that of the last bound for a moment behind all buckets.
 */
export function bucketAt(bounds: Float64Array, time: number, from: number): number {
  const end = bounds.length;
  let low = from;
  let stride = 1;
  while (low + stride < end && bounds[low + stride] <= time) {
    low += stride;
    stride *= 2;
  }
  // bounds[low] <= time, and bounds[high] > time or high is behind all.
  let high = Math.min(end, low + stride);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (bounds[middle] <= time) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Numbers the buckets that events lie in: mostly that of the event before, or the one behind it.
 * @param bounds ascending starts of buckets, and the end of the last; empty = no bucket.
 * @param out receives a number an event, -1 = before the first bucket or behind the last.
 */
export function eventBuckets(times: Float64Array, count: number, bounds: Float64Array, out: Int32Array): void {
  const last = bounds.length - 2;
  if (last < 0) {
    out.fill(-1, 0, count);
    return;
  }
  const end = bounds[last + 1];
  let bucket = 0;
  for (let event = 0; event < count; event++) {
    const time = times[event];
    if (time < bounds[0] || time >= end) {
      out[event] = -1;
      continue;
    }
    if (time < bounds[bucket]) bucket = 0;
    if (time >= bounds[bucket + 1]) bucket = bucketAt(bounds, time, bucket + 1);
    out[event] = bucket;
  }
}

/** @throws VarveError `limit` where a verb fills more rows with buckets than `every` may. */
export function assertFilled(verb: string, rows: number): void {
  if (rows <= limits.filledRowsMax) return;
  throw new VarveError(
    'limit',
    `${verb} makes ${rows} rows of buckets, at most ${limits.filledRowsMax} are filled (filledRowsMax).`,
    { hint: 'Take wider buckets, or narrow the range with since and until.' },
  );
}
