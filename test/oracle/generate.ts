import { addStep, type Step } from './calendar.ts';
import type { Type } from './cells.ts';
import { emptyQuery } from './empty-query.ts';
import { hiddenKeys } from './evaluate-groups.ts';
import { randomExpr, randomHaving, randomMeasure, randomValue, type Scope } from './generate-expr.ts';
import { below, chance, pick, some, type Random } from './random.ts';
import { bucketSteps } from './scalars/time.ts';
import { constant } from './scalars/rule.ts';
import { holds, type Expr, type Item, type Key, type Moment, type Order, type Query, type Source } from './tree.ts';

/** Scopes of the tables by name, and of all of them as one stream. */
export interface Scopes {
  readonly tables: ReadonlyMap<string, Scope>;
  readonly stream: Scope;
  readonly now: number;
  /** That of the query at hand; what is within it reads the same. */
  readonly zone: string;
}

const zones = ['UTC', 'UTC', 'UTC', 'UTC', 'UTC', 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Havana'];
const valueTypes: readonly Type[] = ['text', 'int', 'float', 'bool', 'time'];
const shownTypes: readonly Type[] = [...valueTypes, 'list of text', 'list of int'];

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

function randomWhere(random: Random, scope: Scope, scopes: Scopes, depth: number): Expr | null {
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
  const base = { ...emptyQuery, zone: scopes.zone, from: inner.from, where: chance(random, 0.5) ? randomValue(random, inner.scope, 'bool', 1) : null };
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
  const base = { ...emptyQuery, zone: scopes.zone, from, ...randomRange(random, scopes), where: randomWhere(random, scope, scopes, 0) };
  if (chance(random, 0.5)) {
    const query = renamed(events(random, base, scope, true), 'i');
    const items = query.items.map(({ expr, alias }) => ({ name: alias, type: expr.type }));
    const kept = [
      { name: 'time', type: 'time' as const },
      { name: 'actor', type: 'text' as const },
    ];
    return { from: [{ kind: 'query', query }], scope: scopeOf(scope, [...kept, ...items].filter(isPlain)), ordered: false };
  }
  const made = renamed(groups(random, base, scope, false), 'i');
  const items = made.items.map((item) => (holds(item.expr, isAggregate) ? { ...item, expr: randomMeasure(random, scope, true) } : item));
  const query = { ...made, items };
  const hidden = hiddenKeys(query).map((index) => ({ name: query.keys[index]!.alias, type: keyType(query.keys[index]!) }));
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
  const per = chance(random, 0.3) ? pick(random, scope.columns.filter(({ type, name }) => (type === 'text' || type === 'int') && name !== 'actor')).name : null;
  const aggregates = Array.from({ length: below(random, 3) }, (_, index): Item => ({ expr: randomMeasure(random, scope, true), alias: `a${index}` }));
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
  if (chance(random, 0.35)) return { from: [{ kind: 'actors', source, per, aggregates }], scope: scopeOf(scope, columns), ordered: false };
  return {
    from: [{ kind: 'sessions', source, gap: pick(random, gaps), per, starting: condition(), ending: condition(), aggregates }],
    scope: scopeOf(scope, [...columns, { name: 'duration', type: 'int' }]),
    ordered: false,
  };
}

/** Some sources are a query that keeps some events, all their columns with them. */
function filtered(random: Random, source: Source, scope: Scope, zone: string): Source {
  const where = chance(random, 0.3) ? randomValue(random, scope, 'bool', 2) : null;
  if (where?.type !== 'bool') return source;
  const items = scope.columns.filter(({ name }) => name !== 'actor').map((column): Item => ({ expr: { kind: 'column', ...column }, alias: column.name }));
  return { kind: 'query', query: { ...emptyQuery, zone, from: [source], items, where } };
}

function randomSource(random: Random, scopes: Scopes, depth: number): Sourced {
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

/** @param now for a duration back from there; null = a time as it stands. */
function randomMoment(random: Random, scope: Scope, now: number | null, zone: string): Moment {
  const ms = randomMs(random, scope);
  if (now !== null && chance(random, 0.15)) {
    const days = below(random, 150);
    return { text: `${days + 1}d`, ms: addStep(zone, now, { count: days + 1, unit: 'd' }, -1) };
  }
  return { text: `'${new Date(ms).toISOString()}'`, ms };
}

/** A moment that is not so early that buckets from there on would fill an answer. */
function randomMs(random: Random, scope: Scope): number {
  const pool = (scope.constants.get('time')! as readonly { readonly ms: number }[]).filter(({ ms }) => ms > 0);
  return pick(random, pool).ms;
}

/** Ranges of all kinds: open, empty, turned round. */
function randomRange(random: Random, { tables, now, zone }: Scopes): { readonly since: Moment | null; readonly until: Moment | null } {
  const moment = (share: number): Moment | null =>
    chance(random, share) ? randomMoment(random, tables.get('t')!, now, zone) : null;
  const [since, until] = [moment(0.25), moment(0.25)];
  if (since !== null && until !== null && since.ms > until.ms && chance(random, 0.8)) return { since: until, until: since };
  return { since, until };
}

function randomLimit(random: Random): { readonly limit: number | null; readonly offset: number } {
  if (chance(random, 0.6)) return { limit: null, offset: 0 };
  const limit = chance(random, 0.1) ? 0 : 1 + below(random, 20);
  return { limit, offset: chance(random, 0.3) ? below(random, 8) : 0 };
}

function events(random: Random, base: Query, scope: Scope, ordered: boolean): Query {
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
  const rest = shown.filter(({ expr }) => holds(expr, ({ kind }) => kind === 'column')).map(({ expr }): Order => ({ expr, descending: false }));
  return { ...base, items: shown.length === 0 ? [{ expr: constant(1n, 'int'), alias: 'c0' }] : shown, order: [...sorts, ...rest], ...randomLimit(random) };
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

function groups(random: Random, base: Query, scope: Scope, timed: boolean): Query {
  const keys = randomKeys(random, scope).map((key, index) => ({ ...key, alias: `k${index}` }));
  const special = timed ? pick(random, ['top', 'trailing', 'compare', ...new Array<null>(12).fill(null)] as const) : null;
  if (special !== null && scope.features.has(special)) return specialGroups(random, base, scope, keys, special);
  const whole = keys.every(({ unnest }) => !unnest) || (base.since !== null && base.until !== null);
  const every = timed && whole ? randomEvery(random, base, scope) : { since: base.since, until: base.until, every: null };
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

/** Groups with a top, a window or an earlier time beside, in a form in which each has one meaning. */
function specialGroups(random: Random, base: Query, scope: Scope, all: readonly Key[], special: 'top' | 'trailing' | 'compare'): Query {
  // In a window `time` of an event is that of several buckets.
  const keys = all.filter(({ expr, unnest }) => special === 'top' || (special === 'trailing' && unnest) ? special === 'top' : !holds(expr, (part) => part.kind === 'column' && part.name === 'time')).map((key, index) => ({ ...key, alias: `k${index}` }));
  const items = keys.map((key, index): Item => ({ expr: { kind: 'key', index, type: keyType(key) }, alias: key.alias }));
  const numeric = (): Expr => {
    for (let tries = 0; tries < 20; tries++) {
      const made = randomMeasure(random, scope, special === 'top');
      // A top goes by the first aggregate.
      if ((made.type === 'int' || made.type === 'float') && (special !== 'top' || made.kind === 'aggregate')) return made;
    }
    return { kind: 'aggregate', name: 'count()', args: [], filter: null, type: 'int' };
  };
  const measures = Array.from({ length: 1 + below(random, 2) }, (_, index): Item => ({ expr: numeric(), alias: `m${index}` }));
  const limit = chance(random, 0.3) ? { limit: 1 + below(random, 30), offset: below(random, 3) } : {};
  const query = { ...base, keys, items: [...items, ...measures], ...limit };
  if (special === 'compare') {
    const since = base.since ?? randomMoment(random, scope, null, base.zone);
    const ranged = { ...query, since, until: base.until ?? randomMoment(random, scope, null, base.zone) };
    const [every, compare] = pick(random, comparisons);
    return { ...ranged, every, compare };
  }
  if (special === 'trailing') {
    const [every, trailing] = pick(random, windows);
    return { ...query, every, trailing };
  }
  const canFill = keys.every(({ unnest }) => !unnest) || (base.since !== null && base.until !== null);
  const topped = keys.map((key) => (chance(random, 0.7) ? { ...key, top: { count: 1 + below(random, 4), others: chance(random, 0.6) } } : key));
  return { ...query, ...(canFill && chance(random, 0.4) ? { every: pick(random, longSteps) } : {}), keys: topped, items: [...items.map(asTopped(topped)), ...measures] };
}

/** A key with a row for the others is text. */
function asTopped(keys: readonly Key[]): (item: Item) => Item {
  return (item) => {
    const { expr } = item;
    return expr.kind === 'key' && keys[expr.index]!.top?.others === true ? { ...item, expr: { ...expr, type: 'text' } } : item;
  };
}

const day: Step = { count: 1, unit: 'd' };
const week: Step = { count: 1, unit: 'w' };
const month: Step = { count: 1, unit: 'mo' };
const longSteps: readonly Step[] = [day, week, month, { count: 1, unit: 'q' }];
/** Buckets of a step that moves them onto buckets. */
const comparisons: readonly (readonly [Step | null, Step])[] = [
  ...[day, week, month, { count: 2, unit: 'w' }, { count: 1, unit: 'y' }].map((step): [null, Step] => [null, step as Step]),
  [day, day],
  [day, week],
  [week, week],
  [week, { count: 2, unit: 'w' }],
  [month, month],
  [month, { count: 1, unit: 'q' }],
];
const windows: readonly (readonly [Step, Step])[] = [
  [day, { count: 7, unit: 'd' }],
  [day, day],
  [week, { count: 4, unit: 'w' }],
  [day, week],
  [week, month],
  [month, { count: 1, unit: 'q' }],
  [{ count: 2, unit: 'd' }, { count: 3, unit: 'd' }],
];

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

