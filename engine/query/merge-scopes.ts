import { VarveError, type Span } from '../base/errors.ts';
import { widenTypes, type WidenInput } from '../column/types.ts';
import type { Expr } from '../plan/expr.ts';
import { isBehaviour } from '../plan/query.ts';
import type { SourcePlan } from '../plan/select.ts';
import { columnExpr, findName, isActor, starOrder, type Scope } from './scope.ts';
import { callOf } from './typed-calls.ts';

/** One of several sources: its scope, what it is called, and where it stands in the text. */
export interface NamedScope {
  readonly scope: Scope;
  readonly title: string;
  readonly span: Span;
}

/**
 * @returns several sources as one stream: columns meet by name in their widened types, time is each one's time and the
 * actor each one's actor; what time is called in one source reads the time of all, unless it is a column of another.
 * @throws VarveError `type` for a source whose rows have no time.
 */
export function mergeScopes(sources: readonly NamedScope[]): Scope {
  const timeless = sources.find(({ scope }) => scope.time === null);
  if (timeless !== undefined)
    throw new VarveError('type', `${timeless.title} has no time, and cannot stand beside another source.`, {
      span: timeless.span,
      hint: 'Several sources are one stream in the order of time: let it give a column called time, or ask it by itself.',
    });
  const scopes = sources.map(({ scope }) => scope);
  const met = metTypes(scopes);
  const actors = new Set(scopes.map(({ actor }) => actor));
  const actor = actors.size === 1 ? scopes[0]!.actor : null;
  const columns = new Map([...met].map(([name, { type }]) => [name, columnExpr(name, type)] as const));
  const time = columnExpr('time', 'time');
  columns.delete('time');
  const table = tableExpr(scopes);
  if (columns.has('_table') && table.kind === 'call') columns.set('_table', table);
  if (isActorThroughout(scopes)) columns.set('actor', { kind: 'actor', type: 'text' });
  if (scopes.some((scope) => scope.columns.has('time'))) columns.set('time', time);
  const names = sources.map(({ title }) => title).join(', ');
  return {
    unknown: (name) => `No event of ${names} has a property "${name}".`,
    from: scopes.flatMap((scope) => withActorNames(scope, columns)),
    columns: starOrder(columns, actor),
    others: othersOf(scopes, { time, table }, columns),
    time,
    timeNames: new Set(
      scopes.flatMap(({ timeNames }) => [...timeNames]).filter((name) => name === 'time' || !columns.has(name)),
    ),
    hasActor: scopes.some(({ hasActor }) => hasActor),
    actor,
    actorColumns: new Set(actor === null ? [] : [actor]),
    wide: new Set([...met].filter(([, { wide }]) => wide).map(([name]) => name)),
    where: null,
    unselected: new Set(scopes.flatMap(({ unselected }) => [...unselected])),
  };
}

/** @returns the type that each column's values meet in. */
function metTypes(scopes: readonly Scope[]): Map<string, WidenInput> {
  const met = new Map<string, WidenInput>();
  const add = (name: string, own: WidenInput): void => {
    const known = met.get(name);
    met.set(name, known === undefined ? own : widenTypes(known, own));
  };
  const own = (scope: Scope, name: string, { type }: Expr): void => add(name, { type, wide: scope.wide.has(name) });
  for (const scope of scopes) for (const [name, expr] of scope.columns) own(scope, name, expr);
  for (const scope of scopes) for (const [name, expr] of keptActors(scope)) if (met.has(name)) own(scope, name, expr);
  return met;
}

/** @returns the actor's own names of a source that does not show it: they still read it. */
function keptActors(scope: Scope): (readonly [string, Expr])[] {
  return [...scope.others].filter(([name, expr]) => name !== 'actor' && isActor(expr, scope));
}

/** Whether rows made of lives stand beside others, and no other source means something else by `actor`. */
function isActorThroughout(scopes: readonly Scope[]): boolean {
  const columns = scopes.map((scope) => scope.columns.get('actor'));
  return (
    columns.some((column) => column?.kind === 'actor') &&
    columns.every((column, index) => column === undefined || isActor(column, scopes[index]!))
  );
}

/** Gives a source's actor an output by each further name that the other sources have as a column. */
function withActorNames(scope: Scope, columns: ReadonlyMap<string, Expr>): SourcePlan[] {
  const names = keptActors(scope).filter(([name, { kind }]) => kind === 'actor' && columns.has(name));
  return scope.from.map((source) => {
    if (source.kind === 'table' || names.length === 0 || isBehaviour(source.plan)) return source;
    const { expr } = source.plan.outputs.find(({ name }) => name === source.actor)!;
    const outputs = [...source.plan.outputs, ...names.map(([name]) => ({ name, expr }))];
    return { ...source, plan: { ...source.plan, outputs } };
  });
}

/** A query among the sources may know of its rows which table they come from; else its own rows come from one. */
function tableExpr(scopes: readonly Scope[]): Expr {
  const own: Expr = { kind: 'table', type: 'text' };
  const known = scopes.map((scope) => findName(scope, '_table')).filter((expr) => expr?.kind === 'column');
  const ofTables = scopes.some(({ from, columns }) => from[0]!.kind === 'table' && columns.has('_table'));
  const texts = known.every((expr) => expr?.type === 'text');
  if (known.length === 0 || ofTables || !texts) return own;
  return callOf('coalesce', [columnExpr('_table', 'text'), own], undefined);
}

/** Further names: `actor`, `_table`, what time is called in one of the sources. */
function othersOf(
  scopes: readonly Scope[],
  { time, table }: { readonly time: Expr; readonly table: Expr },
  columns: ReadonlyMap<string, Expr>,
): Map<string, Expr> {
  const others = new Map<string, Expr>([
    ['time', time],
    ['actor', { kind: 'actor', type: 'text' }],
    ['_table', table],
  ]);
  for (const scope of scopes) for (const name of scope.timeNames) if (!columns.has(name)) others.set(name, time);
  return others;
}
