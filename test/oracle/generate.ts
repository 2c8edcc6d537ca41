import { addStep } from './calendar.ts';
import type { Type } from './cells.ts';
import { randomExpr, randomHaving, randomMeasure, randomValue, type Scope } from './generate-expr.ts';
import { below, chance, pick, some, type Random } from './random.ts';
import { bucketSteps } from './scalars/time.ts';
import type { Expr, Item, Key, Moment, Order, Query, Source } from './tree.ts';

/** Scopes of the tables by name, and of all of them as one stream. */
export interface Scopes {
  readonly tables: ReadonlyMap<string, Scope>;
  readonly stream: Scope;
  readonly now: number;
}

const zones = ['UTC', 'UTC', 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Havana'];
const valueTypes: readonly Type[] = ['text', 'int', 'float', 'bool', 'time'];
const shownTypes: readonly Type[] = [...valueTypes, 'list of text', 'list of int'];

export const emptyQuery: Query = {
  from: [],
  items: [],
  since: null,
  until: null,
  where: null,
  keys: [],
  every: null,
  trailing: null,
  having: null,
  order: [],
  limit: null,
  offset: 0,
  compare: null,
  zone: 'UTC',
};

/** @returns a random query of bounded size, within the features of the scopes. */
export function randomQuery(random: Random, scopes: Scopes): Query {
  const { from, scope } = randomSource(random, scopes);
  const base = { ...emptyQuery, from, zone: pick(random, zones), ...randomRange(random, scopes) };
  const where = chance(random, 0.6) ? randomValue(random, scope, 'bool', 1 + below(random, 3)) : null;
  const query = { ...base, where: where?.type === 'bool' ? where : null };
  return chance(random, 0.35) ? events(random, query, scope) : groups(random, query, scope);
}

function randomSource(random: Random, scopes: Scopes): { readonly from: readonly Source[]; readonly scope: Scope } {
  const name = chance(random, 0.75) ? 't' : 'calls';
  return { from: [{ kind: 'table', name }], scope: scopes.tables.get(name)! };
}

function randomMoment(random: Random, scope: Scope, now: number): Moment {
  const ms = randomMs(random, scope);
  if (chance(random, 0.15)) {
    const days = below(random, 150);
    return { text: `${days + 1}d`, ms: addStep('UTC', now, { count: days + 1, unit: 'd' }, -1) };
  }
  return { text: `'${new Date(ms).toISOString()}'`, ms };
}

/** A moment that is not so early that buckets from there on would fill an answer. */
function randomMs(random: Random, scope: Scope): number {
  const pool = (scope.constants.get('time')! as readonly { readonly ms: number }[]).filter(({ ms }) => ms > 0);
  return pick(random, pool).ms;
}

/** Ranges of all kinds: open, empty, turned round. */
function randomRange(random: Random, { tables, now }: Scopes): { readonly since: Moment | null; readonly until: Moment | null } {
  const moment = (share: number): Moment | null =>
    chance(random, share) ? randomMoment(random, tables.get('t')!, now) : null;
  const [since, until] = [moment(0.25), moment(0.25)];
  if (since !== null && until !== null && since.ms > until.ms && chance(random, 0.8)) return { since: until, until: since };
  return { since, until };
}

function randomLimit(random: Random): { readonly limit: number | null; readonly offset: number } {
  if (chance(random, 0.6)) return { limit: null, offset: 0 };
  const limit = chance(random, 0.1) ? 0 : 1 + below(random, 20);
  return { limit, offset: chance(random, 0.3) ? below(random, 8) : 0 };
}

function events(random: Random, base: Query, scope: Scope): Query {
  const count = 1 + below(random, 4);
  const items = Array.from({ length: count }, (_, index): Item => ({
    expr: randomExpr(random, scope, pick(random, shownTypes), below(random, 4)),
    alias: `c${index}`,
  }));
  const order = Array.from({ length: chance(random, 0.4) ? 1 + below(random, 2) : 0 }, (): Order => ({
    expr: randomValue(random, scope, pick(random, valueTypes), below(random, 2)),
    descending: chance(random, 0.5),
  }));
  return { ...base, items, order: order.filter(({ expr }) => expr.kind !== 'constant'), ...randomLimit(random) };
}

function randomKeys(random: Random, scope: Scope): Key[] {
  const count = pick(random, [0, 1, 1, 1, 2, 2, 3]);
  return Array.from({ length: count }, (_, index): Key => {
    if (chance(random, 0.1) && scope.features.has('unnest')) {
      const lists = scope.columns.filter(({ type }) => type.startsWith('list of'));
      if (lists.length > 0) return { expr: { kind: 'column', ...pick(random, lists) }, alias: `k${index}`, unnest: true, top: null };
    }
    const expr = randomValue(random, scope, pick(random, valueTypes), pick(random, [0, 0, 1, 2]));
    return { expr, alias: `k${index}`, unnest: false, top: null };
  }).filter(({ expr }) => expr.kind !== 'constant');
}

function keyType({ expr, unnest }: Key): Type {
  return unnest ? (expr.type.replace('list of ', '') as Type) : expr.type;
}

function groups(random: Random, base: Query, scope: Scope): Query {
  const keys = randomKeys(random, scope).map((key, index) => ({ ...key, alias: `k${index}` }));
  const every = randomEvery(random, base, scope);
  const asKeys = keys.map((key, index): Expr => ({ kind: 'key', index, type: keyType(key) }));
  const shown = asKeys.filter(() => chance(random, 0.8)).map((expr): Item => ({ expr, alias: keys[(expr as { index: number }).index]!.alias }));
  const measures = Array.from({ length: 1 + below(random, 3) }, (_, index): Item => ({
    expr: randomMeasure(random, scope, false),
    alias: `m${index}`,
  }));
  const sortable = [...asKeys, ...(every.every === null ? [] : [{ kind: 'key', index: keys.length, type: 'time' } as Expr])];
  const order = Array.from({ length: chance(random, 0.35) ? 1 + below(random, 2) : 0 }, (): Order => ({
    expr: sortable.length > 0 && chance(random, 0.4) ? pick(random, sortable) : randomMeasure(random, scope, true),
    descending: chance(random, 0.6),
  }));
  const having = chance(random, 0.2) ? randomHaving(random, scope, sortable) : null;
  return {
    ...base,
    ...every,
    keys,
    items: chance(random, 0.7) ? [...shown, ...measures] : some(random, [...shown, ...measures], 20, 20),
    order,
    having: having?.type === 'bool' && having.kind !== 'constant' ? having : null,
    ...randomLimit(random),
  };
}

/** Steps of hours and less only in a range of a few days, so that not every answer is of thousands of rows. */
function randomEvery(random: Random, base: Query, scope: Scope): Pick<Query, 'every' | 'since' | 'until'> {
  const { since, until } = base;
  if (!chance(random, 0.25)) return { every: null, since, until };
  const every = pick(random, bucketSteps);
  const short = every.unit === 'm' || every.unit === 'h';
  if (!short) return { every, since, until };
  const start = randomMs(random, scope);
  const hours = 1 + below(random, 40);
  const moment = (ms: number): Moment => ({ text: `'${new Date(ms).toISOString()}'`, ms });
  return { every, since: moment(start), until: moment(start + hours * 3_600_000 - (chance(random, 0.5) ? 1 : 0)) };
}

