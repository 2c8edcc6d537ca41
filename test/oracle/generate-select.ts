import { randomExpr, randomHaving, randomMeasure, randomValue, type Scope } from './generate-expr.ts';
import { keyType, randomKeys, shownTypes, valueTypes } from './generate-keys.ts';
import { randomMs } from './generate-range.ts';
import { longSteps, specialGroups } from './generate-special.ts';
import { below, chance, pick, some, type Random } from './random.ts';
import { constant } from './scalars/rule.ts';
import { bucketSteps } from './scalars/time.ts';
import { holds, type Expr, type Item, type Moment, type Order, type Query } from './tree.ts';

function randomLimit(random: Random): { readonly limit: number | null; readonly offset: number } {
  if (chance(random, 0.6)) return { limit: null, offset: 0 };
  const limit = chance(random, 0.1) ? 0 : 1 + below(random, 20);
  return { limit, offset: chance(random, 0.3) ? below(random, 8) : 0 };
}

/** @returns a query for rows; `ordered`: equal times have an order that is known. */
export function events(random: Random, base: Query, scope: Scope, ordered: boolean): Query {
  const count = 1 + below(random, 4);
  const items = Array.from({ length: count }, (_, index): Item => ({
    expr: randomExpr(random, scope, pick(random, shownTypes), below(random, 4)),
    alias: `c${index}`,
  }));
  const order = Array.from({ length: chance(random, 0.4) ? 1 + below(random, 2) : 0 }, (): Order => ({
    expr: randomValue(random, scope, pick(random, valueTypes), below(random, 2)),
    descending: chance(random, 0.5),
  }));
  const sorts = order.filter(({ expr }) => expr.kind !== 'constant');
  if (ordered) return { ...base, items, order: sorts, ...randomLimit(random) };
  // Rows that are alike in all that is shown may change places.
  const shown = items.filter(({ expr }) => !expr.type.startsWith('list'));
  const rest = shown
    .filter(({ expr }) => holds(expr, ({ kind }) => kind === 'column'))
    .map(({ expr }): Order => ({ expr, descending: false }));
  return {
    ...base,
    items: shown.length === 0 ? [{ expr: constant(1n, 'int'), alias: 'c0' }] : shown,
    order: [...sorts, ...rest],
    ...randomLimit(random),
  };
}

/** A rate has one meaning where both ends of the range are written. */
function withRate({ since, until }: Query, scope: Scope): Scope {
  const ranged = since !== null && until !== null && since.ms < until.ms;
  return ranged && scope.features.has('rates') ? { ...scope, features: new Set([...scope.features, 'rate']) } : scope;
}

/** @returns a query with aggregates; `timed`: its rows have a time. */
export function groups(random: Random, base: Query, all: Scope, timed: boolean): Query {
  const scope = withRate(base, all);
  const keys = randomKeys(random, scope).map((key, index) => ({ ...key, alias: `k${index}` }));
  const special = timed
    ? pick(random, ['top', 'trailing', 'compare', ...new Array<null>(12).fill(null)] as const)
    : null;
  if (special !== null && scope.features.has(special)) return specialGroups(random, base, all, keys, special);
  const every = timed
    ? randomEvery(random, base, scope, keys.length)
    : { since: base.since, until: base.until, every: null };
  const asKeys = keys.map((key, index): Expr => ({ kind: 'key', index, type: keyType(key) }));
  const shown = asKeys
    .filter(() => chance(random, 0.8))
    .map((expr): Item => ({ expr, alias: keys[(expr as { index: number }).index]!.alias }));
  const measures = Array.from({ length: 1 + below(random, 3) }, (_, index): Item => ({
    expr: randomMeasure(random, scope, false),
    alias: `m${index}`,
  }));
  const sortable = [
    ...asKeys,
    ...(every.every === null ? [] : [{ kind: 'key', index: keys.length, type: 'time' } as Expr]),
  ];
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
function randomEvery(
  random: Random,
  base: Query,
  scope: Scope,
  keys: number,
): Pick<Query, 'every' | 'since' | 'until'> {
  const { since, until } = base;
  if (!chance(random, 0.25)) return { every: null, since, until };
  const every = pick(random, keys > 1 ? longSteps : bucketSteps);
  const short = every.unit === 'm' || every.unit === 'h';
  if (!short) return { every, since, until };
  const start = randomMs(random, scope);
  const hours = 1 + below(random, 40);
  const moment = (ms: number): Moment => ({ text: `'${new Date(ms).toISOString()}'`, ms });
  return { every, since: moment(start), until: moment(start + hours * 3_600_000 - (chance(random, 0.5) ? 1 : 0)) };
}
