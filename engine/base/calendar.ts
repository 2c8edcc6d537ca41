import { VarveError } from './errors.ts';
import { fixedLengthMs, type Step } from './duration.ts';
import { lastChange, nextChange, offsetAt } from './time-zone.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** Monday 1970-01-05. */
const mondayMs = 4 * dayMs;

/** The fields of a moment on a zone's clock; `dayOfWeek` 1–7 = Monday–Sunday. */
export interface ZonedFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
  readonly dayOfWeek: number;
}

/** @returns the fields of `timeMs` (UTC ms) on the clock of `timezone`. */
export function zonedFields(timeMs: number, timezone: string): ZonedFields {
  const local = timeMs + offsetAt(timezone, timeMs);
  const date = new Date(local);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    ms: date.getUTCMilliseconds(),
    dayOfWeek: ((date.getUTCDay() + 6) % 7) + 1,
  };
}

/**
 * The moment at which a zone's clock shows `localMs` (a wall-clock time written as if it were UTC). A time that daylight
 * saving skips is the instant after the gap, one that occurs twice is the first.
 */
export function utcFromLocal(localMs: number, timezone: string): number {
  const before = offsetAt(timezone, localMs - dayMs);
  const after = offsetAt(timezone, localMs + dayMs);
  const early = localMs - Math.max(before, after);
  const late = localMs - Math.min(before, after);
  if (early + offsetAt(timezone, early) === localMs) return early;
  if (late + offsetAt(timezone, late) === localMs) return late;
  // In a gap: the transition lies between the two readings.
  let from = early;
  let to = late;
  const offset = offsetAt(timezone, from);
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (offsetAt(timezone, middle) === offset) from = middle;
    else to = middle;
  }
  return to;
}

/** A time as the query language writes it: date, date and time, fraction, offset or Z. */
const timePattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** @returns UTC ms of a time as the language writes it, read in `timezone` where it bears no offset; null for other text. */
export function parseTime(text: string, timezone: string): number | null {
  const match = timePattern.exec(text.trim());
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) => Number(match[group] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
    return null;
  const ms = Math.floor(Number(`0.${match[7] ?? 0}`) * 1000 + 1e-6);
  const local = utcOf(year, month, day) + hour * hourMs + minute * 60_000 + second * 1000 + ms;
  const offset = match[8];
  if (offset === undefined) return utcFromLocal(local, timezone);
  return local - offsetMsOf(offset);
}

function offsetMsOf(text: string): number {
  if (text === 'Z') return 0;
  const digits = text.slice(1).replace(':', '');
  const size = Number(digits.slice(0, 2)) * hourMs + Number(digits.slice(2) || 0) * 60_000;
  return text.startsWith('-') ? -size : size;
}

/** @returns UTC ms of midnight UTC of a date; months beyond 1–12 run over into other years. */
function utcOf(year: number, month: number, day: number): number {
  // Date.UTC reads the years 0–99 as 1900–1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/**
 * The start of the bucket that a moment lies in. Hours and less must divide a day and count from local midnight; days,
 * weeks and months count from 1970-01-01, Monday 1970-01-05 and January 1970 in the zone.
 *
 * Buckets never overlap and leave no moment out. One of more than an hour begins when the clock first reaches its
 * label, so that an hour that is shown twice lengthens it; one of an hour or less ends also where the clock is changed,
 * so that such an hour is two.
 * @throws VarveError `type` when hours or less do not divide a day.
 */
export function bucketStart(timeMs: number, step: Step, timezone: string): number {
  const offset = offsetAt(timezone, timeMs);
  const label = labelOf(timeMs + offset, step);
  if (timezone === 'UTC') return label;
  if (isShort(step)) return Math.max(label - offset, lastChange(timezone, timeMs));
  const start = utcFromLocal(label, timezone);
  // Set back across midnight, the clock shows a day again whose next has begun.
  const next = utcFromLocal(nextLabel(label, step), timezone);
  return next <= timeMs ? next : start;
}

function isShort(step: Step): boolean {
  return step.unit !== 'd' && step.unit !== 'w' && (fixedLengthMs(step) ?? Infinity) <= hourMs;
}

/** What a clock shows where a bucket begins, for what it shows within: both as if they were UTC. */
function labelOf(localMs: number, step: Step): number {
  const month = monthsOf(step);
  if (month !== null) {
    const date = new Date(localMs);
    const months = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    return utcOf(1970, 1 + Math.floor(months / month) * month, 1);
  }
  if (step.unit === 'd') return Math.floor(localMs / (dayMs * step.count)) * dayMs * step.count;
  if (step.unit === 'w') {
    const width = weekMs * step.count;
    return Math.floor((localMs - mondayMs) / width) * width + mondayMs;
  }
  const width = dividingLength(step);
  return Math.floor(localMs / width) * width;
}

function nextLabel(label: number, step: Step): number {
  const month = monthsOf(step);
  if (month === null) return label + fixedLengthMs(step)!;
  const date = new Date(label);
  return utcOf(date.getUTCFullYear(), date.getUTCMonth() + 1 + month, 1);
}

/** @returns whether buckets of the step can be laid: whole days and more always, hours and less when they divide a day. */
export function isBucketStep(step: Step): boolean {
  const width = fixedLengthMs(step);
  return width === null || step.unit === 'd' || step.unit === 'w' || dayMs % width === 0;
}

/** @returns whether a number of ms is a time: whole, and within 100 million days of 1970. */
export function isTimeValue(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= 8.64e15;
}

/** @throws VarveError `type` for a step of hours or less that does not divide a day. */
function dividingLength(step: Step): number {
  const width = fixedLengthMs(step);
  if (width === null || dayMs % width !== 0) {
    throw new VarveError('type', `Buckets of ${step.count}${step.unit} do not divide a day.`, {
      hint: 'Use a step such as 15m, 1h, 6h, or whole days.',
    });
  }
  return width;
}

function monthsOf(step: Step): number | null {
  if (step.unit === 'mo') return step.count;
  if (step.unit === 'q') return step.count * 3;
  return step.unit === 'y' ? step.count * 12 : null;
}

/**
 * Moves a moment by `times` calendar steps on the zone's clock; a day that the target month lacks becomes its last.
 * Hours and less move by elapsed time.
 */
export function addSteps(timeMs: number, step: Step, times: number, timezone: string): number {
  const months = monthsOf(step);
  const local = timeMs + offsetAt(timezone, timeMs);
  if (months !== null) {
    const date = new Date(local);
    const total = date.getUTCFullYear() * 12 + date.getUTCMonth() + months * times;
    const year = Math.floor(total / 12);
    const month = total - year * 12 + 1;
    const day = Math.min(date.getUTCDate(), daysInMonth(year, month));
    return utcFromLocal(utcOf(year, month, day) + (local - Math.floor(local / dayMs) * dayMs), timezone);
  }
  if (step.unit === 'd') return utcFromLocal(local + dayMs * step.count * times, timezone);
  if (step.unit === 'w') return utcFromLocal(local + weekMs * step.count * times, timezone);
  return timeMs + fixedLengthMs(step)! * times;
}

/**
 * Ascending starts of all buckets that touch [fromMs, toMs), and the end of the last.
 * @param most stops with an error beyond so many.
 * @throws VarveError `limit` with the number of buckets it would be more than.
 */
export function bucketBoundaries(
  fromMs: number,
  toMs: number,
  step: Step,
  timezone: string,
  most = 10_000_000,
): Float64Array {
  const starts: number[] = [bucketStart(fromMs, step, timezone)];
  for (;;) {
    const last = starts[starts.length - 1]!;
    const next = nextBucket(last, step, timezone);
    starts.push(next);
    if (next >= toMs) return Float64Array.from(starts);
    if (starts.length > most) {
      throw new VarveError('limit', `The range holds more than ${most} buckets.`, {
        hint: 'Take wider buckets, or narrow it with since and until.',
      });
    }
  }
}

/** @param start a bucket's start. */
function nextBucket(start: number, step: Step, timezone: string): number {
  const offset = offsetAt(timezone, start);
  const next = nextLabel(labelOf(start + offset, step), step);
  if (timezone === 'UTC') return next;
  return isShort(step) ? Math.min(next - offset, nextChange(timezone, start)) : utcFromLocal(next, timezone);
}

/** @returns ISO 8601 with milliseconds and Z; a time beyond the years that ISO knows as its number. */
export function formatTimeUtc(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? String(timeMs) : date.toISOString();
}
