import { utcFromLocal } from '../base/calendar.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** The three letters of a month, lower case, as one number. */
const monthKeys = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map(
  (name) => (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
);

/**
 * Reads `2026-11-23`, `2026-11-23T17:29:00.123456789+05:30`, a blank instead of the T, Z, no seconds. Fractions are cut
 * to milliseconds. @param timezone zone of times without an offset. @returns UTC ms; NaN for anything else.
 */
export function isoTime(bytes: Uint8Array, from: number, to: number, timezone: string): number {
  const length = to - from;
  if (length < 10 || bytes[from + 4] !== 0x2d || bytes[from + 7] !== 0x2d) return NaN;
  const day = dayStart(digits(bytes, from, 4), digits(bytes, from + 5, 2), digits(bytes, from + 8, 2));
  if (length === 10) return timezone === 'UTC' || Number.isNaN(day) ? day : utcFromLocal(day, timezone);
  const gap = bytes[from + 10];
  if (length < 16 || (gap !== 0x54 && gap !== 0x20) || bytes[from + 13] !== 0x3a) return NaN;
  let at = from + 16;
  let second = 0;
  let fraction = 0;
  if (at < to && bytes[at] === 0x3a) {
    if (at + 3 > to) return NaN;
    second = digits(bytes, at + 1, 2);
    at += 3;
    if (at < to && bytes[at] === 0x2e) {
      const start = ++at;
      for (let scale = 100; at < to && bytes[at] >= 48 && bytes[at] <= 57; at++, scale = Math.trunc(scale / 10))
        fraction += (bytes[at] - 48) * scale;
      if (at === start || at - start > 9) return NaN;
    }
  }
  const local = day + clockMs(digits(bytes, from + 11, 2), digits(bytes, from + 14, 2), second) + fraction;
  if (at === to) return timezone === 'UTC' || Number.isNaN(local) ? local : utcFromLocal(local, timezone);
  if (bytes[at] === 0x5a) return at + 1 === to ? local : NaN;
  return local - offsetMs(bytes, at, to);
}

/** Reads `23/Nov/2026:17:29:00 -0330`. @returns UTC ms; NaN for anything else. */
export function clfTime(bytes: Uint8Array, from: number, to: number): number {
  if (to - from !== 26 || bytes[from + 2] !== 0x2f || bytes[from + 6] !== 0x2f || bytes[from + 11] !== 0x3a) return NaN;
  if (bytes[from + 14] !== 0x3a || bytes[from + 17] !== 0x3a || bytes[from + 20] !== 0x20) return NaN;
  const key = ((bytes[from + 3] | 0x20) << 16) | ((bytes[from + 4] | 0x20) << 8) | (bytes[from + 5] | 0x20);
  return (
    dayStart(digits(bytes, from + 7, 4), monthKeys.indexOf(key) + 1, digits(bytes, from, 2)) +
    clockMs(digits(bytes, from + 12, 2), digits(bytes, from + 15, 2), digits(bytes, from + 18, 2)) -
    offsetMs(bytes, from + 21, to)
  );
}

/** Reads `7:55:20`, `07:55:20.123`, up to `to`. @returns ms since midnight; NaN for anything else. */
export function clockTime(bytes: Uint8Array, from: number, to: number): number {
  const hourDigits = bytes[from + 1] === 0x3a ? 1 : 2;
  const minute = from + hourDigits + 1;
  if (to < minute + 5 || bytes[minute - 1] !== 0x3a || bytes[minute + 2] !== 0x3a) return NaN;
  let fraction = 0;
  if (to > minute + 5) {
    const start = minute + 6;
    if (bytes[start - 1] !== 0x2e || start === to || to - start > 9) return NaN;
    fraction = Math.floor((digits(bytes, start, to - start) * 1000) / 10 ** (to - start));
  }
  return clockMs(digits(bytes, from, hourDigits), digits(bytes, minute, 2), digits(bytes, minute + 3, 2)) + fraction;
}

/** @returns UTC ms of midnight of a date, NaN when there is none such. Source: days_from_civil, Howard Hinnant. */
export function dayStart(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12) || !(day >= 1)) return NaN;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > monthLengths[month - 1] + (month === 2 && leap ? 1 : 0)) return NaN;
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * dayMs;
}

/** A leap second counts as the first of the next minute. */
function clockMs(hour: number, minute: number, second: number): number {
  if (!(hour <= 23) || !(minute <= 59) || !(second <= 60)) return NaN;
  return (hour * 60 + minute) * minuteMs + second * 1000;
}

/** `-0330`, `-03:30` or `-03`, up to `to`. */
function offsetMs(bytes: Uint8Array, from: number, to: number): number {
  const sign = bytes[from] === 0x2d ? -1 : bytes[from] === 0x2b ? 1 : NaN;
  const length = to - from;
  if (length === 3) return sign * digits(bytes, from + 1, 2) * 60 * minuteMs;
  const colon = bytes[from + 3] === 0x3a ? 1 : 0;
  if (length !== 5 + colon) return NaN;
  return sign * (digits(bytes, from + 1, 2) * 60 + digits(bytes, from + 3 + colon, 2)) * minuteMs;
}

/** @returns the number that `count` digits are, NaN when one is none. */
export function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}
