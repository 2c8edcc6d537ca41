import type { Step } from './calendar.ts';
import type { Type } from './cells.ts';
import { emptyQuery } from './empty-query.ts';
import { hiddenKeys } from './evaluate-groups.ts';
import { randomHaving, randomMeasure, randomValue, type Scope } from './generate-expr.ts';
import { keyType } from './generate-keys.ts';
import { randomRange, type Scopes } from './generate-range.ts';
import { events, groups } from './generate-select.ts';
import { below, chance, pick, type Random } from './random.ts';
import { constant } from './scalars/rule.ts';
import { holds, type Expr, type Item, type Query, type Source } from './tree.ts';

/** @returns a condition on rows, or none; now and then a cohort. */
export function randomWhere(random: Random, scope: Scope, scopes: Scopes, depth: number): Expr | null {
  if (depth > 0 && chance(random, 0.05) && scope.features.has('in_query')) return randomCohort(random, scope, scopes);
  const where = chance(random, 0.6) ? randomValue(random, scope, 'bool', 1 + below(random, 3)) : null;
  return where?.type === 'bool' ? where : null;
}

/** `x in (select y from … group by y having …)`. */
function randomCohort(random: Random, scope: Scope, scopes: Scopes): Expr {
  const type = pick(random, ['text', 'text', 'int'] as const);
  const inner = randomSource(random, scopes, 0);
  const expr = randomValue(random, inner.scope, type, 1);
  const arg = randomValue(random, scope, type, 1);
  const base = {
    ...emptyQuery,
    zone: scopes.zone,
    from: inner.from,
    where: chance(random, 0.5) ? randomValue(random, inner.scope, 'bool', 1) : null,
  };
  const key: Expr = { kind: 'key', index: 0, type };
  const query: Query = chance(random, 0.6)
    ? {
        ...base,
        keys: [{ expr, alias: 'y0', unnest: false, top: null }],
        items: [{ expr: key, alias: 'y0' }],
        having: chance(random, 0.7) ? randomHaving(random, inner.scope, [key]) : null,
      }
    : { ...base, items: [{ expr, alias: 'y0' }], limit: chance(random, 0.2) ? below(random, 30) : null };
  const sound = expr.kind !== 'constant' && arg.kind !== 'constant' && query.having?.kind !== 'constant';
  if (!sound || (query.where !== null && query.where.type !== 'bool')) return constant(true, 'bool');
  return { kind: 'in_query', arg, query, negated: chance(random, 0.3), type: 'bool' };
}

/** A source, what may be asked of it, and whether its rows have an order that is known to the last. */
interface Sourced {
  readonly from: readonly Source[];
  readonly scope: Scope;
  readonly ordered: boolean;
}

function scopeOf(like: Scope, columns: Scope['columns']): Scope {
  const features = new Set(like.features);
  // What is first by time is not told where equal times have no order.
  features.delete('first');
  return { ...like, columns, features };
}

/** A query as a source: its aliases are its columns. Only what no order of adding up changes goes on. */
function randomDerived(random: Random, scopes: Scopes): Sourced {
  const { from, scope } = randomSource(random, scopes, 0);
  const base = {
    ...emptyQuery,
    zone: scopes.zone,
    from,
    ...randomRange(random, scopes),
    where: randomWhere(random, scope, scopes, 0),
  };
  if (chance(random, 0.5)) {
    const query = renamed(events(random, base, scope, true), 'i');
    const items = query.items.map(({ expr, alias }) => ({ name: alias, type: expr.type }));
    const kept = [
      { name: 'time', type: 'time' as const },
      { name: 'actor', type: 'text' as const },
    ];
    return {
      from: [{ kind: 'query', query }],
      scope: scopeOf(scope, [...kept, ...items].filter(isPlain)),
      ordered: false,
    };
  }
  const made = renamed(groups(random, base, scope, false), 'i');
  const items = made.items.map((item) =>
    holds(item.expr, isAggregate) ? { ...item, expr: randomMeasure(random, scope, true) } : item,
  );
  const query = { ...made, items };
  const hidden = hiddenKeys(query).map((index) => ({
    name: query.keys[index]!.alias,
    type: keyType(query.keys[index]!),
  }));
  const columns = [...hidden, ...items.map(({ expr, alias }) => ({ name: alias, type: expr.type }))];
  return { from: [{ kind: 'query', query }], scope: scopeOf(scope, columns.filter(isPlain)), ordered: false };
}

function isAggregate({ kind }: Expr): boolean {
  return kind === 'aggregate';
}

function isPlain({ type }: { readonly type: Type }): boolean {
  return type !== 'null';
}

/** The names of an inner query are not those of the outer. */
function renamed(query: Query, prefix: string): Query {
  const name = (alias: string): string => prefix + alias;
  return {
    ...query,
    items: query.items.map((item) => ({ ...item, alias: name(item.alias) })),
    keys: query.keys.map((key) => ({ ...key, alias: name(key.alias) })),
  };
}

const gaps: readonly Step[] = [
  { count: 30, unit: 'm' },
  { count: 1, unit: 'h' },
  { count: 6, unit: 'h' },
  { count: 1, unit: 'd' },
  { count: 1, unit: 'w' },
];

function randomLives(random: Random, scopes: Scopes): Sourced {
  const inner = chance(random, 0.2) ? randomSource(random, scopes, 1) : randomSource(random, scopes, 0);
  // Only events have actors, and an order to the last.
  const { from, scope } = inner.ordered && inner.from.length === 1 ? inner : randomSource(random, scopes, 0);
  const source = filtered(random, from[0]!, scope, scopes.zone);
  const per = chance(random, 0.3)
    ? pick(
        random,
        scope.columns.filter(({ type, name }) => (type === 'text' || type === 'int') && name !== 'actor'),
      ).name
    : null;
  const aggregates = Array.from({ length: below(random, 3) }, (_, index): Item => ({
    expr: randomMeasure(random, scope, true),
    alias: `a${index}`,
  }));
  const condition = (): Expr | null => {
    const made = chance(random, 0.2) ? randomValue(random, scope, 'bool', 1) : null;
    return made?.type === 'bool' ? made : null;
  };
  const columns: Scope['columns'] = [
    { name: 'actor', type: 'text' },
    { name: 'time', type: 'time' },
    { name: 'last', type: 'time' },
    { name: 'events', type: 'int' },
    ...aggregates.map(({ expr, alias }) => ({ name: alias, type: expr.type })).filter(isPlain),
  ];
  if (chance(random, 0.35))
    return { from: [{ kind: 'actors', source, per, aggregates }], scope: scopeOf(scope, columns), ordered: false };
  return {
    from: [
      {
        kind: 'sessions',
        source,
        gap: pick(random, gaps),
        per,
        starting: condition(),
        ending: condition(),
        aggregates,
      },
    ],
    scope: scopeOf(scope, [...columns, { name: 'duration', type: 'int' }]),
    ordered: false,
  };
}

/** Some sources are a query that keeps some events, all their columns with them. */
function filtered(random: Random, source: Source, scope: Scope, zone: string): Source {
  const where = chance(random, 0.3) ? randomValue(random, scope, 'bool', 2) : null;
  if (where?.type !== 'bool') return source;
  const items = scope.columns
    .filter(({ name }) => name !== 'actor')
    .map((column): Item => ({ expr: { kind: 'column', ...column }, alias: column.name }));
  return { kind: 'query', query: { ...emptyQuery, zone, from: [source], items, where } };
}

/** @returns where rows come from; at depth 0 a table. */
export function randomSource(random: Random, scopes: Scopes, depth: number): Sourced {
  const { features } = scopes.stream;
  const name = chance(random, 0.75) ? 't' : 'calls';
  const table: Sourced = { from: [{ kind: 'table', name }], scope: scopes.tables.get(name)!, ordered: true };
  if (depth === 0) return table;
  const roll = random();
  if (roll < 0.06 && features.has('sources')) {
    const names = chance(random, 0.5) ? ['t', 'calls'] : ['calls', 't'];
    return { from: names.map((own) => ({ kind: 'table', name: own })), scope: scopes.stream, ordered: true };
  }
  if (roll < 0.14 && features.has('queries')) return randomDerived(random, scopes);
  if (roll < 0.22 && features.has('lives')) return randomLives(random, scopes);
  return table;
}
