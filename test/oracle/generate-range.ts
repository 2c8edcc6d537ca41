import { addStep } from './calendar.ts';
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
  if (now !== null && chance(random, 0.15)) {
    const days = below(random, 150);
    return { text: `${days + 1}d`, ms: addStep(zone, now, { count: days + 1, unit: 'd' }, -1) };
  }
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
