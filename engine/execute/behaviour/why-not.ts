import { isSeen } from './between-events.ts';
import { wholeDepth } from './funnel-entries.ts';
import { isStrict, type FunnelEvents, type FunnelTask } from './funnel-events.ts';

/** An attempt of an actor that counts. */
export interface StoryAttempt {
  /** As the machine gives it. */
  readonly depth: number;
  /** The event that fills each step, -1 = none. With `order any`: of the k-th event in time. */
  readonly places: readonly number[];
  /** Its window has not run out: what is not done can still be. */
  readonly open: boolean;
}

/** Why an event advances no attempt that counts. Steps and exclusions from 0; `place`s are those of events. */
export type Reason =
  /** It fills no step; `exclusions` that it fulfils. */
  | { readonly kind: 'no_step'; readonly exclusions: readonly number[]; readonly strict: boolean }
  /** One of its holding values is null, or they are not those of the attempt. */
  | { readonly kind: 'no_value' }
  | { readonly kind: 'other_value' }
  /** An attempt that starts here does not count; null = it is no better than that which does. */
  | { readonly kind: 'begins'; readonly depth: number | null }
  /** By the rules of entry it starts none. */
  | { readonly kind: 'no_entry' }
  | { readonly kind: 'before' }
  /** So many ms after the first event. */
  | { readonly kind: 'beyond'; readonly ms: number }
  | { readonly kind: 'used'; readonly step: number }
  /** With `order any`: all its steps are done. */
  | { readonly kind: 'nothing_new' }
  | { readonly kind: 'behind' }
  /** A step that has to be done before it is not. */
  | { readonly kind: 'order'; readonly step: number }
  /** A later step was done before it. */
  | { readonly kind: 'passed'; readonly step: number }
  | { readonly kind: 'excluded'; readonly exclusion: number; readonly place: number }
  | { readonly kind: 'strict'; readonly place: number }
  | { readonly kind: 'other' };

/** One actor's events and the attempts among them that count. */
export interface Scene {
  readonly task: FunnelTask;
  readonly events: FunnelEvents;
  readonly attempts: readonly StoryAttempt[];
  /** @returns how deep the best attempt gets that starts at an event; null = not known. */
  readonly tried: (place: number) => number | null;
}

/** @returns why an event that advances no attempt does not. */
export function whyNot(scene: Scene, place: number): Reason {
  const { task, events, attempts } = scene;
  const { rules } = task;
  const fills = events.steps[place];
  const attempt = attempts.findLast(({ places }) => places[0] <= place) ?? attempts[0];
  if (fills === 0) return fillsNone(scene, attempt, place);
  if (task.holding > 0 && events.holding[place] === 0) return { kind: 'no_value' };
  if (attempt === undefined) return { kind: 'order', step: 0 };
  const start = attempt.places[0];
  const age = events.times[place] - events.times[start];
  const within = place > start && age <= rules.window;
  const early = place < start && (rules.grace === null || age < -rules.grace * task.steps.length);
  const other = task.holding > 0 && events.holding[place] !== events.holding[start];
  if (rules.order === 'any') return notAnyOrder(scene, attempt, place, within && !other);
  if (rules.entry === 'any' && (fills & 1) !== 0) return { kind: 'begins', depth: scene.tried(place) };
  if (fills === 1) return { kind: 'no_entry' };
  if (early) return { kind: 'before' };
  if (other) return { kind: 'other_value' };
  if (age > rules.window) return { kind: 'beyond', ms: age };
  const used = usedStep(attempt, fills, place);
  if (used >= 0) return { kind: 'used', step: used };
  if (attempt.depth >= wholeDepth(task) && place > Math.max(...attempt.places)) return { kind: 'behind' };
  return inItsTurn(scene, attempt, place);
}

function fillsNone({ task, events }: Scene, attempt: StoryAttempt | undefined, place: number): Reason {
  const exclusions = task.exclude.length === 0 ? 0 : events.exclusions[place];
  const strict =
    isStrict(task.rules) &&
    attempt !== undefined &&
    place > attempt.places[0] &&
    events.times[place] <= events.times[attempt.places[0]] + task.rules.window &&
    isSeen(events, place, codeOf(events, attempt));
  return { kind: 'no_step', exclusions: bitsOf(exclusions), strict };
}

function notAnyOrder(scene: Scene, attempt: StoryAttempt, place: number, within: boolean): Reason {
  if (!within) {
    if (scene.task.rules.entry === 'any') return { kind: 'begins', depth: scene.tried(place) };
    return { kind: 'no_entry' };
  }
  if (scene.task.exclude.length === 0) return { kind: 'nothing_new' };
  const before = lastBefore(attempt, place);
  return excludedBetween(scene, attempt, before, place, neighbours(scene.task)) ?? { kind: 'other' };
}

/** @returns a step that an event fills where all of these are done by events before it, else -1. */
function usedStep({ places }: StoryAttempt, fills: number, place: number): number {
  const own = bitsOf(fills);
  return own.every((step) => places[step] >= 0 && places[step] < place) ? own[own.length - 1] : -1;
}

/** Why an event of the attempt's window, which has the attempt's values, is none of its events. */
function inItsTurn(scene: Scene, attempt: StoryAttempt, place: number): Reason {
  const { task, events } = scene;
  const { places } = attempt;
  const count = task.steps.length;
  let done = -1;
  for (let step = 0; step < count; step++) if (places[step] >= 0 && places[step] < place) done = step;
  let required = done + 1;
  while (required < count - 1 && task.steps[required].optional) required++;
  const own = bitsOf(events.steps[place]);
  const next = own.find((step) => step > done && step <= required);
  if (next === undefined) {
    if (own[own.length - 1] > required) return { kind: 'order', step: required };
    return { kind: 'passed', step: done };
  }
  const before = places[done] ?? -1;
  const excluded =
    excludedBetween(scene, attempt, before, place, neighbours(task)) ?? excludedPair(scene, attempt, place, next);
  if (excluded !== null) return excluded;
  if (isStrict(task.rules))
    for (let between = before + 1; between < place; between++)
      if (isSeen(events, between, codeOf(events, attempt))) return { kind: 'strict', place: between };
  return { kind: 'other' };
}

/** Exclusions that name the step which the event would do. */
function excludedPair(scene: Scene, attempt: StoryAttempt, place: number, step: number): Reason | null {
  for (const [exclusion, { between }] of scene.task.exclude.entries()) {
    if (between === null || between.to !== step || attempt.places[between.from] < 0) continue;
    const found = excludedBetween(scene, attempt, attempt.places[between.from], place, 1 << exclusion);
    if (found !== null) return found;
  }
  return null;
}

function excludedBetween(
  { task, events }: Scene,
  attempt: StoryAttempt,
  before: number,
  place: number,
  bits: number,
): Reason | null {
  if (task.exclude.length === 0 || before < 0) return null;
  for (let between = before + 1; between < place; between++) {
    const found = bitsOf(events.exclusions[between] & bits);
    if (found.length > 0 && isSeen(events, between, codeOf(events, attempt)))
      return { kind: 'excluded', exclusion: found[0], place: between };
  }
  return null;
}

function lastBefore({ places }: StoryAttempt, place: number): number {
  return Math.max(...places.filter((own) => own < place));
}

/** @returns the bits of exclusions between any two neighbours. */
function neighbours({ exclude }: FunnelTask): number {
  return exclude.reduce((bits, { between }, at) => (between === null ? bits | (1 << at) : bits), 0);
}

function codeOf(events: FunnelEvents, { places }: StoryAttempt): number {
  return events.holding.length === 0 ? 0 : events.holding[places[0]];
}

function bitsOf(mask: number): number[] {
  const bits: number[] = [];
  for (let left = mask >>> 0, bit = 0; left !== 0; left >>>= 1, bit++) if ((left & 1) === 1) bits.push(bit);
  return bits;
}
