/** A duration: a count of one unit. */
export interface Step {
  readonly count: number;
  readonly unit: Unit;
}

export type Unit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'q' | 'y';

/** Length of each unit; those of the calendar have none of their own. */
const lengths: Readonly<Record<Unit, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  mo: NaN,
  q: NaN,
  y: NaN,
};
const months: Readonly<Partial<Record<Unit, number>>> = { mo: 1, q: 3, y: 12 };
const dayMs = 86_400_000;
const mondayMs = 4 * dayMs;

export function printStep({ count, unit }: Step): string {
  return `${count}${unit}`;
}

export function readStep(text: string): Step {
  const match = /^(\d+)([a-z]+)$/.exec(text)!;
  return { count: Number(match[1]), unit: match[2] as Unit };
}

/** @returns ms of a step of fixed length (d = 24 h). */
export function lengthOf({ count, unit }: Step): number {
  return count * lengths[unit];
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** @returns how far a zone's clock is ahead of UTC then, by the platform's own tables. */
export function offsetAt(zone: string, ms: number): number {
  if (zone === 'UTC') return 0;
  const key = `${zone} ${ms}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    if (offsets.size > 500_000) offsets.clear();
    offsets.set(key, (offset = clockAt(zone, ms) - Math.floor(ms / 1000) * 1000));
  }
  return offset;
}

function clockAt(zone: string, ms: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    const numeric = 'numeric';
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name)!;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** @returns the first moment after `from` at which the clock is changed, or null when there is none up to `to`. */
function changeBetween(zone: string, from: number, to: number): number | null {
  if (offsetAt(zone, from) === offsetAt(zone, to)) return null;
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === offsetAt(zone, from)) low = middle;
    else high = middle;
  }
  return high;
}

/** @returns the moment at which the clock shows `local` (as if UTC): the first of two, and where it never does, the end of the gap. */
export function momentOf(zone: string, local: number): number {
  const [before, after] = [local - dayMs, local + dayMs];
  const found = [offsetAt(zone, before), offsetAt(zone, after)]
    .map((offset) => local - offset)
    .filter((ms) => ms + offsetAt(zone, ms) === local);
  return found.length > 0 ? Math.min(...found) : changeBetween(zone, before, after)!;
}

/** @returns the clock of the zone at that moment, as if it were UTC. */
export function localOf(zone: string, ms: number): Date {
  return new Date(ms + offsetAt(zone, ms));
}

/** Where the bucket of a local time begins and the next one, on the clock. */
function labelsOf(local: number, { count, unit }: Step): { readonly from: number; readonly to: number } {
  const month = months[unit];
  if (month !== undefined) {
    const date = new Date(local);
    const size = month * count;
    const index = Math.floor(((date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()) / size) * size;
    return { from: Date.UTC(1970, index, 1), to: Date.UTC(1970, index + size, 1) };
  }
  const width = count * lengths[unit];
  const origin = unit === 'w' ? mondayMs : 0;
  const from = Math.floor((local - origin) / width) * width + origin;
  return { from, to: from + width };
}

function isShort(step: Step): boolean {
  return lengthOf(step) <= lengths.h;
}

/** @returns the start of the bucket that a moment lies in; one of more than an hour begins when the clock first shows its label. */
export function bucketStart(zone: string, ms: number, step: Step): number {
  const offset = offsetAt(zone, ms);
  const { from, to } = labelsOf(ms + offset, step);
  if (isShort(step)) {
    const start = from - offset;
    // A clock that is changed within it ends a short bucket.
    return changeBetween(zone, start, ms) ?? start;
  }
  const next = momentOf(zone, to);
  return next <= ms ? next : momentOf(zone, from);
}

/** @returns where the bucket that begins at `start` ends. */
export function bucketEnd(zone: string, start: number, step: Step): number {
  if (isShort(step)) {
    const offset = offsetAt(zone, start);
    const end = labelsOf(start + offset, step).to - offset;
    return changeBetween(zone, start, end) ?? end;
  }
  const { to } = labelsOf(start + offsetAt(zone, start), step);
  const end = momentOf(zone, to);
  return end > start ? end : momentOf(zone, labelsOf(to, step).to);
}

/** @returns the moment that lies so many calendar steps further on; from the 31st, the last day of a shorter month. */
export function addStep(zone: string, ms: number, { count, unit }: Step, sign: 1 | -1): number {
  if (unit !== 'd' && unit !== 'w' && months[unit] === undefined) return ms + sign * count * lengths[unit];
  const local = localOf(zone, ms);
  const month = months[unit];
  if (month === undefined) return momentOf(zone, local.getTime() + sign * count * lengths[unit]);
  const first = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + sign * count * month, 1);
  const following = new Date(first);
  following.setUTCMonth(following.getUTCMonth() + 1);
  const days = Math.round((following.getTime() - first) / dayMs);
  const day = Math.min(local.getUTCDate(), days);
  const clock = local.getTime() - Math.floor(local.getTime() / dayMs) * dayMs;
  return momentOf(zone, first + (day - 1) * dayMs + clock);
}
