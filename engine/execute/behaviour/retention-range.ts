import { addSteps, bucketBoundaries } from '../../base/calendar.ts';
import type { RetentionPlan } from '../../plan/behaviour.ts';
import { seriesOf, type TimeSpan } from '../time-windows.ts';

/** The buckets of a retention. */
export interface RetentionRange {
  /** Starts of the cohorts' buckets and of those that only periods of theirs lie in, and the end of the last. */
  readonly bounds: Float64Array;
  /** So many of the first are cohorts. */
  readonly cohorts: number;
  /** So many of the first are over: their end is neither after `until` nor after now. */
  readonly complete: number;
}

/** Buckets behind those of the cohorts: more could be no answer. */
const periodBucketsMax = 1_000_000;

/**
 * Lays buckets over the range of a retention: those of `every`. Where neither `since` nor `until` is written the
 * cohorts end with the last event, but periods that are over by now are zero and not unknown, so buckets go on.
 * @param span of the events that pass `where`.
 * @throws VarveError `limit` beyond a million buckets.
 */
export function retentionRange(
  plan: Pick<RetentionPlan, 'written' | 'range' | 'now' | 'every' | 'timezone' | 'periods'>,
  span: TimeSpan,
): RetentionRange {
  const { written, range, now, every, timezone, periods } = plan;
  const own = seriesOf({ timezone, every, now, trailing: null }, written, range, span).bounds;
  const cohorts = Math.max(0, own.length - 1);
  const end = Math.min(written.until ?? Infinity, now);
  if (cohorts === 0) return { bounds: own, cohorts, complete: 0 };
  const from = own[cohorts];
  let bounds = own;
  if (from < end && periods > 0) {
    const most = Math.min(periods, periodBucketsMax);
    // A bucket around a clock set back is longer than a step: two more steps hold as many buckets in every zone.
    const far = addSteps(from, every, most + 2, timezone);
    const behind = bucketBoundaries(from, far < end ? far : end, every, timezone, periodBucketsMax + 2);
    bounds = new Float64Array(own.length + Math.min(most, behind.length - 1));
    bounds.set(own);
    bounds.set(behind.subarray(1, 1 + bounds.length - own.length), own.length);
  }
  let complete = 0;
  while (complete + 1 < bounds.length && bounds[complete + 1] <= end) complete++;
  return { bounds, cohorts, complete };
}
