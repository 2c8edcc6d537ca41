import { VarveError } from '../base/errors.ts';
import {
  Expression,
  GroupKey,
  Named,
  Order,
  col,
  countOf,
  stepOf,
  syntaxOf,
  type Buildable,
  type DurationText,
  type Operand,
} from './builder-expression.ts';
import { boundOf } from './builder-functions.ts';
import { nowhere } from './json-fields.ts';
import { selectToJson } from './json-write.ts';
import { column } from './names.ts';
import { printSelect } from './print.ts';
import { checkSize } from './query-size.ts';
import type { SelectJson } from './query-json.ts';
import type { QuerySyntax } from './syntax-behaviour.ts';
import type { GroupItem, Item, NamedAggregate, OrderItem, SelectSyntax, SourceSyntax, Syntax } from './syntax.ts';

/** The columns of a row as expressions: `e.country`, `e['ctx.device']`. */
export type Columns<Row> = { readonly [K in keyof Row & string]-?: Expression };

/** What a row may have when nothing is known of it. */
export type AnyRow = { readonly [name: string]: unknown };

/** A thing, or what makes it of the columns. */
export type OfColumns<Row, T> = T | ((columns: Columns<Row>) => T);

/** The name of a column, or an expression. */
export type Key = string | Expression | Named;
type Selected = Key | { readonly [alias: string]: Operand };

/** Where rows come from: a table by its name, a query, or actors' lives cut into rows. */
export type Source = string | Askable | CutSource;

/** A query under construction that can be asked: of rows, or about behaviour. */
export interface Askable {
  build(): QuerySyntax;
}

/** Made by `sessions` and `actors`. */
export class CutSource {
  readonly syntax: SourceSyntax;

  constructor(syntax: SourceSyntax) {
    this.syntax = syntax;
  }
}

export interface ActorsOptions {
  /** The column whose values are the actors; default: the primary one. */
  readonly per?: string;
}

export interface SessionsOptions extends ActorsOptions {
  /** How long a silence ends a session. */
  readonly gap: DurationText;
  /** A session begins at every event for which this holds. */
  readonly starting?: OfColumns<AnyRow, Operand>;
  /** A session ends with every event for which this holds. */
  readonly ending?: OfColumns<AnyRow, Operand>;
}

/** The columns that `sessions` and `actors` make besides their own: aggregates by their names, as an object or as pairs. */
export type MadeColumns = OfColumns<
  AnyRow,
  { readonly [name: string]: Expression } | readonly (readonly [name: string, Expression])[]
>;

/**
 * A query that a program builds. Immutable: each method makes a new one, and they may be called in any order. Without
 * `select` it asks every column.
 */
export interface QueryBuilder<Row = AnyRow> extends Buildable {
  /** Adds columns: names (`'*'` is every one), expressions, `{ name: expression }`, or what makes these of the columns. */
  select(...items: readonly OfColumns<Row, Selected | readonly Selected[]>[]): QueryBuilder<Row>;
  /** Events from this time on; `'7d'`: back from now. */
  since(time: OfColumns<Row, Operand>): QueryBuilder<Row>;
  /** Events before this time. */
  until(time: OfColumns<Row, Operand>): QueryBuilder<Row>;
  /** Adds a condition; several hold together. */
  where(condition: OfColumns<Row, Operand>): QueryBuilder<Row>;
  /** Adds keys. */
  groupBy(...keys: readonly OfColumns<Row, Key | GroupKey | readonly (Key | GroupKey)[]>[]): QueryBuilder<Row>;
  /** A row a bucket of time; `trailing`: its values are of the time up to its end. */
  every(width: DurationText, options?: { readonly trailing?: DurationText }): QueryBuilder<Row>;
  /** Adds a condition on groups. */
  having(condition: OfColumns<Row, Operand>): QueryBuilder<Row>;
  /** Adds what rows are ordered by. */
  orderBy(
    ...orders: readonly OfColumns<Row, string | Expression | Order | readonly (string | Expression | Order)[]>[]
  ): QueryBuilder<Row>;
  /** At most so many rows, after `offset` others. */
  limit(count: number, offset?: number): QueryBuilder<Row>;
  /** The same so much earlier beside each measure. */
  compare(before: DurationText): QueryBuilder<Row>;
  /** The zone of calendar steps and of times without an offset. */
  timezone(name: string): QueryBuilder<Row>;
  /** @returns the query as JSON. */
  toJSON(): SelectJson;
  /** @returns the query's canonical text. */
  toString(): string;
}

/**
 * Begins a query over tables, queries, `sessions(…)` and `actors(…)`.
 * @throws VarveError `usage` without a source.
 */
export function from<Row = AnyRow>(...sources: readonly [Source, ...Source[]]): QueryBuilder<Row> {
  if (sources.length === 0)
    throw new VarveError('usage', 'from() was given no source.', { hint: "Write from('events')." });
  return builder<Row>({
    kind: 'select',
    items: [],
    from: sources.map(sourceOf),
    since: null,
    until: null,
    where: null,
    groupBy: [],
    every: null,
    trailing: null,
    having: null,
    orderBy: [],
    limit: null,
    offset: 0,
    compare: null,
    timezone: null,
    span: nowhere,
  });
}

/** A row a session: actor, time, last, duration, events, and the columns named. */
export function sessions(source: Source, options: SessionsOptions, columns: MadeColumns = {}): CutSource {
  const { starting, ending } = options;
  return new CutSource({
    kind: 'sessions',
    source: sourceOf(source),
    gap: stepOf(options.gap, 'gap'),
    per: options.per === undefined ? null : column(options.per, nowhere),
    starting: starting === undefined ? null : syntaxOf(resolve(starting)),
    ending: ending === undefined ? null : syntaxOf(resolve(ending)),
    aggregates: aggregatesOf(columns),
    span: nowhere,
  });
}

/** A row an actor: actor, time, last, events, and the columns named. */
export function actors(source: Source, columns: MadeColumns = {}, options: ActorsOptions = {}): CutSource {
  return new CutSource({
    kind: 'actors',
    source: sourceOf(source),
    per: options.per === undefined ? null : column(options.per, nowhere),
    aggregates: aggregatesOf(columns),
    span: nowhere,
  });
}

function aggregatesOf(columns: MadeColumns): NamedAggregate[] {
  const made = resolve(columns);
  const pairs = Array.isArray(made) ? (made as readonly (readonly [string, Expression])[]) : Object.entries(made);
  return pairs.map(([name, { syntax }]) => ({ name, expr: syntax, span: nowhere }));
}

/** @returns a source's tree. */
export function sourceOf(source: Source): SourceSyntax {
  if (typeof source === 'string') return { kind: 'table', name: source, span: nowhere };
  if (source instanceof CutSource) return source.syntax;
  return { kind: 'query', query: source.build(), span: nowhere };
}

/** Every name is a column; symbols are what a runtime asks of any object. */
const columnsProxy: Columns<AnyRow> = new Proxy(Object.freeze(Object.create(null) as Columns<AnyRow>), {
  get: (_, name) => (typeof name === 'string' ? col(name) : undefined),
});

/** @returns a thing, or what is made of the columns. */
export function resolve<Row, T>(given: OfColumns<Row, T>): T {
  return typeof given === 'function' ? (given as (columns: Columns<Row>) => T)(columnsProxy as Columns<Row>) : given;
}

/** @returns what was given one by one, in lists, and as what makes them. */
export function flatten<Row, T>(given: readonly OfColumns<Row, T | readonly T[]>[]): T[] {
  return given.flatMap((entry) => {
    const made = resolve(entry);
    return Array.isArray(made) ? (made as readonly T[]) : [made as T];
  });
}

function builder<Row>(query: SelectSyntax): QueryBuilder<Row> {
  const but = (changes: Partial<SelectSyntax>): QueryBuilder<Row> => builder<Row>({ ...query, ...changes });
  const build = (): SelectSyntax => (query.items.length > 0 ? query : { ...query, items: [everyColumn(query)] });
  const checked = (): SelectSyntax => {
    const built = build();
    checkSize(built);
    return built;
  };
  return Object.freeze<QueryBuilder<Row>>({
    select: (...items) => but({ items: [...query.items, ...flatten<Row, Selected>(items).flatMap(itemsOf)] }),
    since: (time) => but({ since: boundOf(resolve(time)) }),
    until: (time) => but({ until: boundOf(resolve(time)) }),
    where: (condition) => but({ where: both(query.where, resolve(condition)) }),
    groupBy: (...keys) => but({ groupBy: [...query.groupBy, ...flatten<Row, Key | GroupKey>(keys).map(groupItemOf)] }),
    every: (width, { trailing } = {}) =>
      but({
        every: stepOf(width, 'every'),
        trailing: trailing === undefined ? null : stepOf(trailing, 'trailing'),
      }),
    having: (condition) => but({ having: both(query.having, resolve(condition)) }),
    orderBy: (...orders) =>
      but({ orderBy: [...query.orderBy, ...flatten<Row, string | Expression | Order>(orders).map(orderItemOf)] }),
    limit: (count, offset = 0) => but({ limit: countOf(count, 'limit', 0), offset: countOf(offset, 'offset', 0) }),
    compare: (before) => but({ compare: stepOf(before, 'compare') }),
    timezone: (name) => but({ timezone: { name, span: nowhere } }),
    build,
    toJSON: () => selectToJson(checked()),
    toString: () => printSelect(checked()),
  });
}

function everyColumn(query: SelectSyntax): Item {
  if (query.groupBy.length > 0 || query.every !== null)
    throw new VarveError('usage', 'A grouped query selects what is asked of each group.', {
      hint: 'Write .select({ n: count() }).',
    });
  return { expr: { kind: 'star', span: nowhere }, alias: null, span: nowhere };
}

/** @returns both conditions; a second one is joined to the first. */
export function both(condition: Syntax | null, other: Operand): Syntax {
  const syntax = syntaxOf(other);
  return condition === null ? syntax : new Expression(condition).and(new Expression(syntax)).syntax;
}

function itemsOf(selected: Selected): Item[] {
  if (selected === '*') return [{ expr: { kind: 'star', span: nowhere }, alias: null, span: nowhere }];
  if (typeof selected === 'string') return [{ expr: column(selected, nowhere), alias: null, span: nowhere }];
  if (selected instanceof Expression) return [{ expr: selected.syntax, alias: null, span: nowhere }];
  if (selected instanceof Named) return [selected.item];
  return Object.entries(selected).map(([alias, operand]) => ({ expr: syntaxOf(operand), alias, span: nowhere }));
}

function groupItemOf(key: Key | GroupKey): GroupItem {
  if (key instanceof GroupKey) return key.item;
  const item =
    key instanceof Named
      ? key.item
      : { expr: key instanceof Expression ? key.syntax : column(key, nowhere), alias: null, span: nowhere };
  return { ...item, top: null, others: false };
}

function orderItemOf(order: string | Expression | Order): OrderItem {
  if (order instanceof Order) return order.item;
  const expr = order instanceof Expression ? order.syntax : column(order, nowhere);
  return { expr, descending: false, span: nowhere };
}
