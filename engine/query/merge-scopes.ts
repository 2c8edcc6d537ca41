import { VarveError, type Span } from '../base/errors.ts';
import { widenTypes, type WidenInput } from '../column/types.ts';
import type { Expr } from '../plan/expr.ts';
import { columnExpr, everything, starOrder, type Scope } from './scope.ts';

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
  const met = new Map<string, WidenInput>();
  for (const scope of scopes) {
    for (const [name, { type }] of scope.columns) {
      const own = { type, wide: scope.wide.has(name) };
      const known = met.get(name);
      met.set(name, known === undefined ? own : widenTypes(known, own));
    }
  }
  const actors = new Set(scopes.map(({ actor }) => actor));
  const actor = actors.size === 1 ? scopes[0]!.actor : null;
  const columns = new Map([...met].map(([name, { type }]) => [name, columnExpr(name, type)] as const));
  const time = columnExpr('time', 'time');
  columns.delete('time');
  if (scopes.some((scope) => scope.columns.has('time'))) columns.set('time', time);
  const names = sources.map(({ title }) => title).join(', ');
  return {
    unknown: (name) => `No event of ${names} has a property "${name}".`,
    from: scopes.flatMap(({ from }) => from),
    columns: starOrder(columns, actor),
    others: othersOf(scopes, time, columns),
    time,
    timeNames: new Set(
      scopes.flatMap(({ timeNames }) => [...timeNames]).filter((name) => name === 'time' || !columns.has(name)),
    ),
    hasActor: scopes.some(({ hasActor }) => hasActor),
    actor,
    actorColumns: new Set(actor === null ? [] : [actor]),
    wide: new Set([...met].filter(([, { wide }]) => wide).map(([name]) => name)),
    where: null,
    written: everything,
    unselected: new Set(scopes.flatMap(({ unselected }) => [...unselected])),
  };
}

/** Further names: `actor`, `_table`, the time's; an actor column that a query in brackets keeps unselected where all others have it. */
function othersOf(scopes: readonly Scope[], time: Expr, columns: ReadonlyMap<string, Expr>): Map<string, Expr> {
  const others = new Map<string, Expr>([
    ['time', time],
    ['actor', { kind: 'actor', type: 'text' }],
    ['_table', { kind: 'table', type: 'text' }],
  ]);
  for (const scope of scopes) for (const name of scope.timeNames) if (!columns.has(name)) others.set(name, time);
  return others;
}
