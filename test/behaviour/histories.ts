import { parseTime } from '../../engine/base/calendar.ts';
import type { Step } from '../../engine/base/duration.ts';
import type { Values } from '../../engine/column/values.ts';
import { below, type Random } from '../oracle/random.ts';

/** One event of a small history; `node` null = none. */
export interface SmallEvent {
  readonly actor: string;
  readonly time: number;
  readonly starting: boolean;
  readonly ending: boolean;
  readonly node: string | null;
}

/** The same seed makes the same histories; another is asked for by VARVE_SEED. */
export const seed = Number(process.env['VARVE_SEED'] ?? 20_240_331);
export const histories = Number(process.env['VARVE_HISTORIES'] ?? 1500);

/** @returns UTC ms. */
export function at(text: string, timezone = 'UTC'): number {
  return parseTime(text, timezone)!;
}

/** @returns events of several actors, in stored order: not in that of time, some at one time. */
export function randomEvents(
  random: Random,
  options: {
    readonly most: number;
    readonly actors: number;
    readonly from: number;
    readonly grain: number;
    readonly span: number;
  },
): SmallEvent[] {
  const nodes = [null, 'a', 'b', 'c', 'd', 'é', '(x)'];
  return Array.from({ length: below(random, options.most + 1) }, () => ({
    actor: `p${below(random, options.actors)}`,
    time: options.from + options.grain * below(random, options.span),
    starting: random() < 0.5,
    ending: random() < 0.5,
    node: nodes[below(random, nodes.length)]!,
  }));
}

/** Events as passes over actors take them. */
export interface InOrder {
  readonly events: readonly SmallEvent[];
  readonly actors: readonly string[];
  readonly actorCount: number;
  readonly starts: Uint32Array;
  readonly times: Float64Array;
  readonly flags: Uint8Array;
}

/** @returns the events by (actor, time, stored order); an actor may have none of them. */
export function inOrder(events: readonly SmallEvent[]): InOrder {
  const actors = [...new Set(events.map(({ actor }) => actor)), 'nobody seen'];
  const ordered = actors.flatMap((actor) => ofActor(events, actor));
  const starts = new Uint32Array(actors.length + 1);
  actors.forEach((actor, rank) => (starts[rank + 1] = starts[rank] + ofActor(events, actor).length));
  return {
    events: ordered,
    actors,
    actorCount: actors.length,
    starts,
    times: Float64Array.from(ordered, ({ time }) => time),
    flags: Uint8Array.from(ordered, ({ starting, ending }) => (starting ? 1 : 0) + (ending ? 2 : 0)),
  };
}

/** @returns an actor's events by time, ties in stored order. */
export function ofActor(events: readonly SmallEvent[], actor: string): SmallEvent[] {
  return events.filter((event) => event.actor === actor).sort((a, b) => a.time - b.time);
}

/** @returns a column's values, null where it has none. */
export function plain(values: Values): (number | string | boolean | null)[] {
  return Array.from({ length: values.length }, (_, row) => {
    if (values.kind === 'null') return null;
    if ('nulls' in values && values.nulls !== null && values.nulls[row] === 1) return null;
    if (values.kind === 'number') return values.values[row]!;
    if (values.kind === 'bool') return values.values[row] === 1;
    if (values.kind === 'coded') return values.texts[values.codes[row]!]!;
    throw new Error(`no plain values of ${values.kind}`);
  });
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** @returns the start of the hour, day, week or month of UTC that a moment lies in. */
export function calendarStart(time: number, unit: Step['unit']): number {
  const date = new Date(time);
  if (unit === 'mo') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  if (unit === 'h') return time - (time % hourMs);
  const day = time - (time % dayMs);
  return unit === 'w' ? day - ((date.getUTCDay() + 6) % 7) * dayMs : day;
}

/** @returns the start of the one that lies so many behind. */
export function calendarStep(start: number, unit: Step['unit'], times: number): number {
  const date = new Date(start);
  if (unit === 'mo') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + times, 1);
  return start + times * (unit === 'h' ? hourMs : unit === 'w' ? 7 * dayMs : dayMs);
}

/** What a query says of time. */
export interface Times {
  readonly unit: Step['unit'];
  readonly since: number | null;
  readonly until: number | null;
  readonly now: number;
}

/** @returns starts of the buckets that LANGUAGE gives a query: from `since` or the first event to `until`, now, or the last. */
export function bucketStarts({ unit, since, until, now }: Times, events: readonly SmallEvent[]): number[] {
  const times = events.map(({ time }) => time);
  if (times.length === 0 && since === null) return [];
  const begin = since ?? Math.min(...times);
  const behindLast = Math.max(...times) + 1;
  const end = until ?? (since === null ? behindLast : Math.max(now, behindLast));
  const starts: number[] = [];
  for (let start = calendarStart(begin, unit); begin < end && start < end; start = calendarStep(start, unit, 1))
    starts.push(start);
  return starts;
}

/** @returns the span of time of events, as a scan tells it. */
export function spanOf(events: readonly SmallEvent[]): { readonly timeMin: number; readonly timeMax: number } {
  const times = events.map(({ time }) => time);
  return { timeMin: Math.min(...times), timeMax: Math.max(...times) };
}

/** @returns ends of a range around 40 grains from a moment on, some open. */
export function randomTimes(random: Random, from: number, grain: number): Omit<Times, 'unit'> {
  const some = (low: number, high: number): number => from + grain * (low + below(random, high - low));
  const since = random() < 0.5 ? some(0, 15) : null;
  const until = random() < 0.5 ? some(10, 45) : null;
  return { since, until, now: some(15, 60) };
}
