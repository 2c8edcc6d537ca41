import { bucketBoundaries, bucketStart } from '../../base/calendar.ts';
import { fixedLengthMs, printDuration, type Step } from '../../base/duration.ts';
import { placeIn, zoneOffsets } from '../../base/time-zone.ts';
import type { Nulls } from '../../column/values.ts';
import { createBoundedCache } from '../bounded-cache.ts';
import { dayOf, dayOfMonthStart, monthOfDay } from './civil.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Monday 1970-01-05. */
const mondayMs = 4 * dayMs;

/** The first and the last of times that are not null; null where there is none. */
export interface TimeBounds {
  readonly least: number;
  readonly most: number;
}

/** @returns the bounds of a column's times. */
export function timeBounds(times: Float64Array, nulls: Nulls, length: number): TimeBounds | null {
  let least = Infinity;
  let most = -Infinity;
  for (let row = 0; row < length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    if (times[row] < least) least = times[row];
    if (times[row] > most) most = times[row];
  }
  return least <= most ? { least, most } : null;
}

/** @returns for each time the start of its bucket, as `bucketStart` has it; what stands for nulls is anything. */
export function bucketStarts(
  times: Float64Array,
  nulls: Nulls,
  length: number,
  step: Step,
  timezone: string,
): Float64Array {
  const out = new Float64Array(length);
  const bounds = timeBounds(times, nulls, length);
  if (bounds === null) return out;
  const months = monthsOf(step);
  const width = fixedLengthMs(step) ?? 0;
  if (timezone === 'UTC') {
    if (months !== 0) monthStarts(times, out, months);
    else fixedStarts(times, out, width, step.unit === 'w' ? mondayMs : 0);
    return out;
  }
  if (months === 0 && width <= hourMs) {
    shortStarts(times, nulls, out, width, zoneOffsets(timezone, bounds.least, bounds.most));
    return out;
  }
  const most = length / 8 + 64;
  if ((bounds.most - bounds.least) / (months === 0 ? width : months * 28 * dayMs) < most)
    searchStarts(times, nulls, out, boundariesOf(bounds, step, timezone));
  else
    for (let row = 0; row < length; row++)
      if (nulls === null || nulls[row] === 0) out[row] = bucketStart(times[row], step, timezone);
  return out;
}

function monthsOf({ unit, count }: Step): number {
  return unit === 'mo' ? count : unit === 'q' ? 3 * count : unit === 'y' ? 12 * count : 0;
}

function fixedStarts(times: Float64Array, out: Float64Array, width: number, origin: number): void {
  for (let row = 0; row < out.length; row++) out[row] = Math.floor((times[row] - origin) / width) * width + origin;
}

function monthStarts(times: Float64Array, out: Float64Array, months: number): void {
  let from = NaN;
  let to = NaN;
  for (let row = 0; row < out.length; row++) {
    const time = times[row];
    if (!(time >= from && time < to)) {
      const first = Math.floor(monthOfDay(dayOf(time)) / months) * months;
      from = dayOfMonthStart(first) * dayMs;
      to = dayOfMonthStart(first + months) * dayMs;
    }
    out[row] = from;
  }
}

/** Buckets of an hour or less count on the clock, and end where it is changed. */
function shortStarts(
  times: Float64Array,
  nulls: Nulls,
  out: Float64Array,
  width: number,
  zone: ReturnType<typeof zoneOffsets>,
): void {
  const { starts, offsetsMs } = zone;
  let from = NaN;
  let to = NaN;
  let offset = 0;
  for (let row = 0; row < out.length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    const time = times[row];
    if (!(time >= from && time < to)) {
      const place = placeIn(starts, time);
      from = starts[place];
      to = starts[place + 1] ?? Infinity;
      offset = offsetsMs[place];
    }
    const start = Math.floor((time + offset) / width) * width - offset;
    out[row] = start > from ? start : from;
  }
}

const known = createBoundedCache<Float64Array>(50, 10_000);

function boundariesOf({ least, most }: TimeBounds, step: Step, timezone: string): Float64Array {
  const first = bucketStart(least, step, timezone);
  const last = bucketStart(most, step, timezone);
  const key = `${timezone} ${printDuration(step)} ${first} ${last}`;
  let boundaries = known.get(key);
  if (boundaries === undefined) known.set(key, (boundaries = bucketBoundaries(first, last + 1, step, timezone)));
  return boundaries;
}

function searchStarts(times: Float64Array, nulls: Nulls, out: Float64Array, boundaries: Float64Array): void {
  let from = NaN;
  let to = NaN;
  for (let row = 0; row < out.length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    const time = times[row];
    if (!(time >= from && time < to)) {
      const place = placeIn(boundaries, time);
      from = boundaries[place];
      to = boundaries[place + 1] ?? Infinity;
    }
    out[row] = from;
  }
}
