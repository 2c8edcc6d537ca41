/** A zone's offsets over a range: `offsetsMs[i]` holds from `starts[i]` (UTC ms) on; `starts[0]` is −Infinity. */
export interface ZoneOffsets {
  readonly starts: Float64Array;
  readonly offsetsMs: Int32Array;
}

const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Transitions are looked for once a fortnight: no zone has had two that undo each other within one. */
const probeMs = 14 * dayMs;
/** A table is good for moments this far within its ends: what is asked of them looks a day to either side. */
const marginMs = 4 * dayMs;
/** Years beyond these keep the offset of the nearest end: zones have no rules there. */
const firstMs = -3_000_000_000_000;
const lastMs = 5_000_000_000_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const years = new Map<string, { from: number; to: number; table: ZoneOffsets }>();

/** @returns whether the platform knows the zone. */
export function isTimeZone(name: string): boolean {
  // Asking for one costs some ten ms the first time, and most queries are in this one.
  if (name === 'UTC') return true;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** @returns the offset (local − UTC, in ms) that a zone's clock has at a moment. */
export function offsetAt(timezone: string, timeMs: number): number {
  if (timezone === 'UTC') return 0;
  return offsetIn(tableAround(timezone, timeMs), timeMs);
}

const utc: ZoneOffsets = { starts: Float64Array.of(-Infinity), offsetsMs: Int32Array.of(0) };

/** @returns a zone's offsets, good for all moments from `fromMs` to `toMs`: for loops that would ask for each of many. */
export function zoneOffsets(timezone: string, fromMs: number, toMs: number): ZoneOffsets {
  if (timezone === 'UTC') return utc;
  tableAround(timezone, fromMs);
  return tableAround(timezone, toMs);
}

/** @returns the last moment up to `timeMs` at which the zone's clock was changed, −Infinity where none is near. */
export function lastChange(timezone: string, timeMs: number): number {
  if (timezone === 'UTC') return -Infinity;
  const { starts } = tableAround(timezone, timeMs);
  return starts[placeIn(starts, timeMs)]!;
}

/** @returns the first moment after `timeMs` at which the zone's clock is changed, Infinity where none is near. */
export function nextChange(timezone: string, timeMs: number): number {
  if (timezone === 'UTC') return Infinity;
  const { starts } = tableAround(timezone, timeMs);
  return starts[placeIn(starts, timeMs) + 1] ?? Infinity;
}

/** The zone's table, made larger where it does not reach some days beyond the moment on both sides. */
function tableAround(timezone: string, timeMs: number): ZoneOffsets {
  const at = Math.min(Math.max(timeMs, firstMs), lastMs);
  let known = years.get(timezone);
  if (known === undefined || at < known.from + marginMs || at >= known.to - marginMs) {
    const from = Math.min(known?.from ?? Infinity, at - 400 * dayMs);
    const to = Math.max(known?.to ?? -Infinity, at + 400 * dayMs);
    known = { from, to, table: findTransitions(timezone, from, to) };
    years.set(timezone, known);
  }
  return known.table;
}

/** Binary search of the offset that holds at `timeMs`. */
function offsetIn(table: ZoneOffsets, timeMs: number): number {
  return table.offsetsMs[placeIn(table.starts, timeMs)]!;
}

/** @returns which of the starts, of which the first is -Infinity, is the last up to `timeMs`: by binary search. */
export function placeIn(starts: Float64Array, timeMs: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= timeMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

function findTransitions(timezone: string, from: number, to: number): ZoneOffsets {
  const starts = [-Infinity];
  const offsets = [askOffset(timezone, from)];
  for (let at = from; at < to; at += probeMs) {
    const end = Math.min(at + probeMs, to);
    let left = at;
    while (askOffset(timezone, end) !== offsets[offsets.length - 1]) {
      let low = left;
      let high = end;
      const before = offsets[offsets.length - 1]!;
      while (high - low > 1000) {
        const middle = Math.floor((low + high) / 2000) * 1000;
        if (middle <= low) break;
        if (askOffset(timezone, middle) === before) low = middle;
        else high = middle;
      }
      starts.push(high);
      offsets.push(askOffset(timezone, high));
      left = high;
    }
  }
  return { starts: Float64Array.from(starts), offsetsMs: Int32Array.from(offsets) };
}

function askOffset(timezone: string, timeMs: number): number {
  const whole = Math.floor(timeMs / 1000) * 1000;
  const fields: Record<string, number> = {};
  for (const part of formatOf(timezone).formatToParts(whole)) fields[part.type] = Number(part.value);
  const local = Date.UTC(
    fields['year']!,
    fields['month']! - 1,
    fields['day']!,
    fields['hour']! % 24,
    fields['minute']!,
    fields['second']!,
  );
  return Math.abs(local - whole) > 30 * hourMs ? 0 : local - whole;
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timezone, format);
  }
  return format;
}
