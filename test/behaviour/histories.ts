import { parseTime } from '../../engine/base/calendar.ts';
import type { Step } from '../../engine/base/duration.ts';
import type { Values } from '../../engine/column/values.ts';
import { bucketEnd, bucketStart } from '../oracle/calendar.ts';
import { below, pick, type Random } from '../oracle/random.ts';

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
  readonly ends: Uint32Array;
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
    ends: starts.subarray(1),
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

/** Buckets of a zone's calendar; laid by the platform's own tables. */
export interface Calendar {
  readonly zone: string;
  readonly step: Step;
}

/** @returns the start of the bucket that a moment lies in. */
export function calendarStart(time: number, { zone, step }: Calendar): number {
  return bucketStart(zone, time, step);
}

/** @returns the start of the bucket that lies so many behind the one with this start, or before it. */
export function calendarStep(start: number, { zone, step }: Calendar, times: number): number {
  let at = start;
  for (let done = 0; done < times; done++) at = bucketEnd(zone, at, step);
  for (let done = 0; done > times; done--) at = bucketStart(zone, at - 1, step);
  return at;
}

/** What a query says of time. */
export interface Times {
  readonly calendar: Calendar;
  readonly since: number | null;
  readonly until: number | null;
  readonly now: number;
}

/** @returns starts of the buckets that LANGUAGE gives a query: from `since` or the first event to `until`, now, or the last. */
export function bucketStarts({ calendar, since, until, now }: Times, events: readonly SmallEvent[]): number[] {
  const times = events.map(({ time }) => time);
  if (times.length === 0 && since === null) return [];
  const begin = since ?? Math.min(...times);
  const behindLast = Math.max(...times) + 1;
  const end = until ?? (since === null ? behindLast : Math.max(now, behindLast));
  const starts: number[] = [];
  for (let start = calendarStart(begin, calendar); begin < end && start < end; start = calendarStep(start, calendar, 1))
    starts.push(start);
  return starts;
}

/** @returns the span of time of events, as a scan tells it. */
export function spanOf(events: readonly SmallEvent[]): { readonly timeMin: number; readonly timeMax: number } {
  const times = events.map(({ time }) => time);
  return { timeMin: Math.min(...times), timeMax: Math.max(...times) };
}

/** @returns events around a change of a clock, and ends of a range around them, some open. */
export function randomCase(random: Random): { readonly events: SmallEvent[]; readonly times: Times } {
  const [grain, step] = pick(random, steps);
  const zone = pick(random, ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']);
  const from = at(pick(random, ['2024-03-08T23:30Z', '2024-03-30T01:30Z', '2024-10-26T12:30Z'])) - 10 * grain;
  const some = (low: number, high: number): number => from + grain * (low + below(random, high - low));
  return {
    events: randomEvents(random, { most: 40, actors: 4, from, grain, span: 40 }),
    times: {
      calendar: { zone, step },
      since: random() < 0.5 ? some(0, 15) : null,
      until: random() < 0.5 ? some(10, 45) : null,
      now: some(15, 60),
    },
  };
}

/** About three a bucket, and the bucket. */
const steps: readonly (readonly [grain: number, step: Step])[] = [
  [20 * 60_000, { count: 1, unit: 'h' }],
  [2 * 3_600_000, { count: 6, unit: 'h' }],
  [8 * 3_600_000, { count: 1, unit: 'd' }],
  [24 * 3_600_000, { count: 2, unit: 'd' }],
  [56 * 3_600_000, { count: 1, unit: 'w' }],
  [248 * 3_600_000, { count: 1, unit: 'mo' }],
];
