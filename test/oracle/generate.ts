import { emptyQuery } from './empty-query.ts';
import { randomRange, type Scopes } from './generate-range.ts';
import { events, groups } from './generate-select.ts';
import { randomSource, randomWhere } from './generate-sources.ts';
import { chance, pick, type Random } from './random.ts';
import type { Query } from './tree.ts';

const zones = [
  'UTC',
  'UTC',
  'UTC',
  'UTC',
  'UTC',
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Havana',
];
/** @returns a random query of bounded size, within the features of the scopes. */
export function randomQuery(random: Random, all: Omit<Scopes, 'zone'>): Query {
  const zone = pick(random, zones);
  const scopes = { ...all, zone };
  const depth = 1;
  const { from, scope, ordered } = randomSource(random, scopes, depth);
  const timed = scope.columns.some(({ name, type }) => name === 'time' && type === 'time');
  const range = timed ? randomRange(random, scopes) : { since: null, until: null };
  const base = { ...emptyQuery, from, zone, ...range, where: randomWhere(random, scope, scopes, depth) };
  return chance(random, 0.35) ? events(random, base, scope, ordered) : groups(random, base, scope, timed);
}
