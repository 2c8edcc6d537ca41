import type { ColumnType } from '../column/types.ts';
import type { TableSchema } from '../column/schema.ts';
import type { Expr } from '../plan/expr.ts';
import type { Measure, SourcePlan, TimeRange } from '../plan/select.ts';
import { childrenOf } from '../plan/visit.ts';

/** What names mean over the rows of `from`, and where these come from. */
export interface Scope {
  /** How an error says that a name is unknown here. */
  readonly unknown: (name: string) => string;
  readonly from: readonly SourcePlan[];
  /** In the order in which `select *` gives them. */
  readonly columns: ReadonlyMap<string, Expr>;
  /** Names that `select *` does not give: `actor`, `_table`, what time was called in its source. */
  readonly others: ReadonlyMap<string, Expr>;
  /** The rows' time, null where they have none. */
  readonly time: Expr | null;
  /** The names that read it. */
  readonly timeNames: ReadonlySet<string>;
  readonly hasActor: boolean;
  /** The column that holds the actor, where there is one for all sources. */
  readonly actor: string | null;
  /** Columns that hold it, in whatever type. */
  readonly actorColumns: ReadonlySet<string>;
  /** Columns of the sources some of whose ints lie beyond ±2^53. */
  readonly wide: ReadonlySet<string>;
  /** What a query inlined into this one keeps: its condition and its range. */
  readonly where: Expr | null;
  /** Names that there are further in, but that a query in `from` does not select. */
  readonly unselected: ReadonlySet<string>;
}

export const everything: TimeRange = { since: null, until: null };

/** @returns the overlap of two ranges. */
export function intersect(a: TimeRange, b: TimeRange): TimeRange {
  const since = a.since === null ? b.since : b.since === null ? a.since : Math.max(a.since, b.since);
  const until = a.until === null ? b.until : b.until === null ? a.until : Math.min(a.until, b.until);
  return { since, until };
}

/** @returns both conditions joined; null is none. */
export function conjoin(a: Expr | null, b: Expr | null): Expr | null {
  if (a === null || b === null) return a ?? b;
  return { kind: 'and', args: [a, b], type: 'bool', span: b.span };
}

/** @returns the scope of one table. */
export function tableScope(schema: TableSchema): Scope {
  const columns = new Map<string, Expr>();
  const time: Expr = { kind: 'column', name: 'time', type: 'time' };
  columns.set('time', time);
  const named = schema.columns.map(({ name, type }) => [name, { kind: 'column', name, type } as Expr] as const);
  for (const [name, expr] of named) if (name === schema.actor) columns.set(name, expr);
  for (const [name, expr] of named) columns.set(name, expr);
  const others = new Map<string, Expr>([
    ['actor', { kind: 'actor', type: 'text' }],
    ['_table', { kind: 'table', type: 'text' }],
    [schema.timeName, time],
  ]);
  return {
    unknown: (name) => `No event of "${schema.name}" has a property "${name}".`,
    from: [{ kind: 'table', name: schema.name }],
    columns,
    others,
    time,
    timeNames: new Set(['time', ...(columns.has(schema.timeName) ? [] : [schema.timeName])]),
    hasActor: true,
    actor: schema.actor,
    actorColumns: new Set(schema.actor === null ? [] : [schema.actor]),
    wide: new Set(schema.columns.filter(({ wide }) => wide).map(({ name }) => name)),
    where: null,
    unselected: new Set(),
  };
}

/** @returns what a name means, or undefined; a column wins. */
export function findName(scope: Scope, name: string): Expr | undefined {
  return scope.columns.get(name) ?? scope.others.get(name);
}

/** @returns names in the order of `select *`: `time`, the actor, then the rest as they come. */
export function starOrder<T>(entries: Iterable<readonly [string, T]>, actor: string | null): Map<string, T> {
  const all = new Map(entries);
  const ordered = new Map<string, T>();
  for (const name of ['time', ...(actor === null ? [] : [actor]), ...all.keys()])
    if (all.has(name)) ordered.set(name, all.get(name)!);
  return ordered;
}

/** @returns whether an expression reads the rows' actor. */
export function isActor(expr: Expr, scope: Scope): boolean {
  return expr.kind === 'actor' || (expr.kind === 'column' && scope.actorColumns.has(expr.name));
}

/** @returns every name that reads the rows' actor. */
export function actorNames(scope: Scope): string[] {
  return [...scope.others, ...scope.columns].filter(([, expr]) => isActor(expr, scope)).map(([name]) => name);
}

/** @returns what the actor column's own name means, in its own type; undefined where it is taken or there is none. */
export function actorColumn(scope: Scope): Expr | undefined {
  const column = scope.actor === null ? undefined : findName(scope, scope.actor);
  return column !== undefined && isActor(column, scope) ? column : undefined;
}

/** @returns whether an expression may give ints beyond ±2^53: it reads a column of such, or `below` says so of a leaf. */
export function isWide(expr: Expr, scope: Scope, below: (leaf: Expr) => boolean = () => false): boolean {
  if (expr.kind === 'column' ? scope.wide.has(expr.name) : below(expr)) return true;
  return childrenOf(expr).some((child) => isWide(child, scope, below));
}

/** @returns a test of leaves: whether a measure is of ints beyond ±2^53. */
export function measureIsWide(measures: readonly Measure[], scope: Scope): (leaf: Expr) => boolean {
  return (leaf) =>
    leaf.kind === 'measure' && measures[leaf.index % measures.length]!.args.some((arg) => isWide(arg, scope));
}

/** @returns whether two expressions are one, wherever they stand in the text. */
export function isSameExpr(a: Expr, b: Expr): boolean {
  return textOf(a) === textOf(b);
}

function textOf(expr: Expr): string {
  return JSON.stringify(expr, (key, value: unknown) =>
    key === 'span' ? undefined : typeof value === 'bigint' ? `${value}n` : Object.is(value, NaN) ? 'NaN' : value,
  );
}

/** @returns the one table that rows come from, or nothing where there are several. */
export function originOf(from: readonly SourcePlan[]): string {
  return from.length === 1 ? from[0]!.name : '';
}

/** @returns a column of a source by name. */
export function columnExpr(name: string, type: ColumnType): Expr {
  return { kind: 'column', name, type };
}
