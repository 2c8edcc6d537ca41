import { parseTime, utcFromLocal } from '../base/calendar.ts';
import type { Dictionary } from '../column/dictionary.ts';
import { clfTime, isoTime } from './time-bytes.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const clock = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`;
const logPattern = /^(\d{1,2})\/([A-Za-z]{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? ?([+-]\d{2}:?\d{2})?$/;
const slashPattern = new RegExp(String.raw`^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[ T]${clock})?$`);
const mailPattern = new RegExp(
  String.raw`^(?:[A-Za-z]{3}, )?(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4}|\d{2})(?: ${clock} ?(GMT|UTC|Z|[+-]\d{2}:?\d{2})?)?$`,
);
const englishPattern = new RegExp(String.raw`^([A-Za-z]{3,9}) (\d{1,2}), (\d{4})(?:,? ${clock}(?: ?([AaPp][Mm]))?)?$`);
const asctimePattern = /^[A-Za-z]{3} ([A-Za-z]{3}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;
const numericPattern = new RegExp(String.raw`^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T]${clock}(?: ?([AaPp][Mm]))?)?$`);

/** Years that an epoch number may mean: it tells seconds from ms, µs and ns by its size alone. */
const epochMin = Date.UTC(1980, 0, 1);
const epochMax = Date.UTC(2100, 0, 1);

/** Which of two numbers before the year is the month: 3/4/2024 is in March in the one, in April in the other. */
export type DateOrder = 'month_first' | 'day_first';

/**
 * Reads a text as a time: ISO 8601, the common log format, year-first slashes, mail (RFC 2822), month names, `asctime`,
 * epoch numbers; a time without an offset is read in `timezone`. @returns UTC ms, or null.
 */
export function timeFromText(text: string, timezone: string): number | null {
  const calendar = timeFromCalendar(text, timezone);
  if (calendar !== null) return calendar;
  return /^-?\d+(\.\d+)?$/.test(text) ? timeFromNumber(Number(text)) : null;
}

/** As `timeFromText`, from UTF-8 bytes and without epoch numbers; quick for ISO 8601 and log times. @returns UTC ms, or NaN. */
export function timeFromBytes(bytes: Uint8Array, from: number, to: number, timezone: string): number {
  const length = to - from;
  if (length < 8 || length > 64) return NaN;
  const quick = bytes[from + 4] === 0x2d ? isoTime(bytes, from, to, timezone) : clfTime(bytes, from, to);
  if (!Number.isNaN(quick)) return quick;
  return timeFromCalendar(asciiText(bytes, from, to), timezone) ?? NaN;
}

/** @returns for each entry of a dictionary its UTC ms by `timeFromText`, NaN where it is no time. */
export function timesOfDictionary(dictionary: Dictionary, timezone: string): Float64Array {
  const { bytes, offsets } = dictionary;
  const times = new Float64Array(dictionary.count);
  for (let entry = 0; entry < times.length; entry++) {
    const ms = timeFromBytes(bytes, offsets[entry], offsets[entry + 1], timezone);
    times[entry] = Number.isNaN(ms)
      ? (timeFromText(asciiText(bytes, offsets[entry], Math.min(offsets[entry + 1], offsets[entry] + 65)), timezone) ??
        NaN)
      : ms;
  }
  return times;
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]);
  return text;
}

function timeFromCalendar(text: string, timezone: string): number | null {
  const iso = parseTime(text, timezone);
  if (iso !== null) return iso;
  if (text.endsWith(' UTC') || text.endsWith(' GMT')) {
    const utc = parseTime(text.slice(0, -4), 'UTC');
    if (utc !== null) return utc;
  }
  const log = logPattern.exec(text);
  if (log !== null) return assemble(timezone, log[3], monthOf(log[2]), log[1], log.slice(4, 8), log[8]);
  const slash = slashPattern.exec(text);
  if (slash !== null) return assemble(timezone, slash[1], Number(slash[2]) - 1, slash[3], slash.slice(4, 8));
  const mail = mailPattern.exec(text);
  if (mail !== null) return assemble(timezone, fullYear(mail[3]), monthOf(mail[2]), mail[1], mail.slice(4, 8), mail[8]);
  const english = englishPattern.exec(text);
  if (english !== null)
    return assemble(timezone, english[3], monthOf(english[1]), english[2], halves(english.slice(4, 8), english[8]));
  const asc = asctimePattern.exec(text);
  return asc === null ? null : assemble(timezone, asc[6], monthOf(asc[1]), asc[2], asc.slice(3, 6));
}

/**
 * Finds whether dates like 03/14/2024 begin with the month or the day, by the evidence of all: a number above 12 in one
 * place and none in the other tells, and so do points, which part days from months. @returns null where nothing tells, or
 * both.
 */
export function dateOrderOf(texts: Iterable<string>): DateOrder | null {
  let first = 0;
  let second = 0;
  let points = false;
  for (const text of texts) {
    const match = numericPattern.exec(text);
    if (match === null) continue;
    first = Math.max(first, Number(match[1]));
    second = Math.max(second, Number(match[3]));
    points ||= match[2] === '.';
  }
  if (first > 12) return second > 12 ? null : 'day_first';
  if (second > 12) return 'month_first';
  return points ? 'day_first' : null;
}

/** Reads `3/14/2024`, `14.03.2024 17:05`, `3-14-2024 5:05 PM` in the given order. @returns UTC ms, or null. */
export function timeFromDate(text: string, order: DateOrder, timezone: string): number | null {
  const match = numericPattern.exec(text);
  if (match === null) return null;
  const [month, day] = order === 'month_first' ? [match[1], match[3]] : [match[3], match[1]];
  return assemble(timezone, match[4], Number(month) - 1, day, halves(match.slice(5, 9), match[9]));
}

function monthOf(name: string): number {
  const month = months.indexOf(name.slice(0, 3).toLowerCase());
  const known = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october'];
  return name.length === 3 || [...known, 'november', 'december', 'sept'].includes(name.toLowerCase()) ? month : -1;
}

/** Two digits are the years 1970–2069. */
function fullYear(year: string): string {
  return year.length === 4 ? year : String(Number(year) + (Number(year) < 70 ? 2000 : 1900));
}

/** A twelve-hour clock as one of 24 hours. */
function halves(parts: (string | undefined)[], half: string | undefined): (string | undefined)[] {
  if (half === undefined) return parts;
  const hour = Number(parts[0]);
  if (hour < 1 || hour > 12) return ['99'];
  return [String((hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)), ...parts.slice(1)];
}

/** @param parts hour, minute, second, fraction. */
function assemble(
  timezone: string,
  year: string,
  month: number,
  day: string,
  [hour, minute, second, fraction]: readonly (string | undefined)[],
  offset?: string,
): number | null {
  if (month < 0 || month > 11 || Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60)
    return null;
  const local =
    Date.UTC(Number(year), month, Number(day), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)) +
    Math.floor(Number(`0.${fraction ?? 0}`) * 1000 + 1e-6);
  const date = new Date(Date.UTC(Number(year), month, Number(day)));
  if (Number.isNaN(local) || date.getUTCMonth() !== month || date.getUTCDate() !== Number(day)) return null;
  if (offset === undefined) return utcFromLocal(local, timezone);
  if (!/^[+-]/.test(offset)) return local;
  const digits = offset.slice(1).replace(':', '');
  const size = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
  return offset.startsWith('-') ? local + size : local - size;
}

/** Reads a number as an epoch in s, ms, µs or ns, whichever lies between 1980 and 2100. @returns UTC ms, or null. */
export function timeFromNumber(value: number): number | null {
  for (const scale of [1000, 1, 1e-3, 1e-6]) {
    const ms = value * scale;
    if (ms >= epochMin && ms < epochMax) return Math.floor(ms + 1e-6);
  }
  return null;
}
