import { addStep, bucketStart, localOf, momentOf, printStep, type Step } from './calendar.ts';
import type { Scope } from './generate-expr.ts';
import { below, chance, pick, type Random } from './random.ts';
import type { Moment } from './tree.ts';

/** Scopes of the tables by name, and of all of them as one stream. */
export interface Scopes {
  readonly tables: ReadonlyMap<string, Scope>;
  readonly stream: Scope;
  readonly now: number;
  /** That of the query at hand; what is within it reads the same. */
  readonly zone: string;
}

/**
 * @param now for a duration back from there; null = a time as it stands.
 * @returns a moment about when events lie.
 */
export function randomMoment(random: Random, scope: Scope, now: number | null, zone: string): Moment {
  const ms = randomMs(random, scope);
  if (chance(random, 0.2)) return localMoment(random, ms, zone);
  if (now !== null && chance(random, 0.25)) return relativeMoment(random, now, zone);
  return { text: `'${new Date(ms).toISOString()}'`, ms };
}

/** @returns a moment that is not so early that buckets from there on would fill an answer. */
export function randomMs(random: Random, scope: Scope): number {
  const pool = (scope.constants.get('time')! as readonly { readonly ms: number }[]).filter(({ ms }) => ms > 0);
  return pick(random, pool).ms;
}

/** @returns ranges of all kinds: open, empty, turned round. */
export function randomRange(
  random: Random,
  { tables, now, zone }: Scopes,
): { readonly since: Moment | null; readonly until: Moment | null } {
  const moment = (share: number): Moment | null =>
    chance(random, share) ? randomMoment(random, tables.get('t')!, now, zone) : null;
  const [since, until] = [moment(0.25), moment(0.25)];
  if (since !== null && until !== null && since.ms > until.ms && chance(random, 0.8))
    return { since: until, until: since };
  return { since, until };
}

/** A time as a clock of the zone shows it, also one that it skips or shows twice. */
function localMoment(random: Random, ms: number, zone: string): Moment {
  const whole = chance(random, 0.5) ? 'yyyy-mm-dd' : 'yyyy-mm-dd hh:mm';
  const shown = localOf(zone, ms).toISOString().replace('T', ' ').slice(0, whole.length);
  return {
    text: `'${shown}'`,
    ms: momentOf(zone, Date.parse(`${shown.replace(' ', 'T')}${shown.length > 10 ? ':00Z' : ''}`)),
  };
}

/** A duration back from now, or the start of a period. */
function relativeMoment(random: Random, now: number, zone: string): Moment {
  const back: Step = { count: 1 + below(random, 150), unit: 'd' };
  const today = bucketStart(zone, now, { count: 1, unit: 'd' });
  const [word, unit] = pick(random, periods);
  const period: Step = { count: 1, unit };
  const start = bucketStart(zone, now, period);
  return pick<Moment>(random, [
    { text: printStep(back), ms: addStep(zone, now, back, -1) },
    { text: `now - ${printStep(back)}`, ms: addStep(zone, now, back, -1) },
    { text: `today - ${printStep(back)}`, ms: addStep(zone, today, back, -1) },
    { text: 'yesterday', ms: addStep(zone, today, { count: 1, unit: 'd' }, -1) },
    { text: `this ${word}`, ms: start },
    { text: `last ${word}`, ms: addStep(zone, start, period, -1) },
  ]);
}

const periods: readonly (readonly [string, Step['unit']])[] = [
  ['week', 'w'],
  ['month', 'mo'],
  ['quarter', 'q'],
  ['year', 'y'],
];
