import { parseTime, utcFromLocal } from '../base/calendar.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const logPattern = /^(\d{1,2})\/([A-Za-z]{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))? ?([+-]\d{2}:?\d{2})?$/;
const slashPattern = /^(\d{4})\/(\d{1,2})\/(\d{1,2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?$/;
const mailPattern =
  /^(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{2}):(\d{2})(?::(\d{2}))? ?(GMT|UTC|Z|[+-]\d{4})?$/;

/** Years that an epoch number may mean: it tells seconds from ms, µs and ns by its size alone. */
const epochMin = Date.UTC(1980, 0, 1);
const epochMax = Date.UTC(2100, 0, 1);

/**
 * Reads a text as a time: ISO 8601, the common log format, slashes, mail (RFC 2822); a time without an offset is read in
 * `timezone`. @returns UTC ms, or null.
 */
export function timeFromText(text: string, timezone: string): number | null {
  const iso = parseTime(text, timezone);
  if (iso !== null) return iso;
  const log = logPattern.exec(text);
  if (log !== null) {
    const month = months.indexOf(log[2]!.toLowerCase());
    return month < 0 ? null : assemble(log[3]!, month, log[1]!, log[4], log[5], log[6], log[7], log[8], timezone);
  }
  const slash = slashPattern.exec(text);
  if (slash !== null)
    return assemble(
      slash[1]!,
      Number(slash[2]) - 1,
      slash[3]!,
      slash[4],
      slash[5],
      slash[6],
      slash[7],
      undefined,
      timezone,
    );
  const mail = mailPattern.exec(text);
  if (mail !== null) {
    const month = months.indexOf(mail[2]!.toLowerCase());
    return month < 0
      ? null
      : assemble(mail[3]!, month, mail[1]!, mail[4], mail[5], mail[6], undefined, mail[7], timezone);
  }
  return /^-?\d+(\.\d+)?$/.test(text) ? timeFromNumber(Number(text)) : null;
}

function assemble(
  year: string,
  month: number,
  day: string,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  fraction: string | undefined,
  offset: string | undefined,
  timezone: string,
): number | null {
  const local =
    Date.UTC(Number(year), month, Number(day), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)) +
    Math.floor(Number(`0.${fraction ?? 0}`) * 1000 + 1e-6);
  const date = new Date(local);
  if (
    Number.isNaN(local) ||
    date.getUTCMonth() !== month ||
    date.getUTCDate() !== Number(day) ||
    Number(hour ?? 0) > 23
  )
    return null;
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
