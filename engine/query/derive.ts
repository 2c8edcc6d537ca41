import { answerColumns } from '../plan/answer-columns.ts';
import type { BehaviourPlan } from '../plan/behaviour.ts';
import type { EventsPlan, OutputColumn, SelectPlan } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';
import type { BoundSelect } from './query-environment.ts';
import { actorColumn, columnExpr, isActor, originOf, starOrder, type Scope } from './scope.ts';
import type { Expr } from '../plan/expr.ts';

/** The output that bears the actor where none is selected: no name that a column is likely to have. */
const hiddenActor = '$actor';

/**
 * Makes a bound query a source of another. One without aggregates keeps its rows' time, actor and table: where they are
 * not selected, outputs are added that only their names can reach.
 */
export function derivedScope(bound: BoundSelect, title: string): Scope {
  const { plan, scope: inner } = bound;
  const columns = new Map(bound.columns.map(({ name, expr }) => [name, columnExpr(name, expr.type)] as const));
  const others = new Map<string, Expr>();
  const added: OutputColumn[] = [];
  const events = plan.kind === 'events';
  if (events && inner.time !== null && !columns.has('time')) {
    added.push({ name: 'time', expr: inner.time });
    others.set('time', columnExpr('time', 'time'));
  }
  const table = inner.others.get('_table');
  if (events && table !== undefined && !columns.has('_table')) {
    added.push({ name: '_table', expr: table });
    others.set('_table', columnExpr('_table', 'text'));
  }
  const time = columns.get('time') ?? others.get('time');
  const timed = time?.type === 'time';
  if (events && timed) for (const name of inner.timeNames) if (!columns.has(name)) others.set(name, time);
  const actor = events && inner.hasActor ? keepActor(bound, columns, added, others) : null;
  const actors = events ? bound.columns.filter(({ expr }) => isActor(expr, inner)).map(({ name }) => name) : [];
  const hidden = added.filter(({ expr }) => isActor(expr, inner)).map(({ name }) => name);
  const complete = added.length === 0 ? plan : withOutputs(plan as EventsPlan, added, inner);
  const wide = bound.columns.filter((column) => column.wide).map(({ name }) => name);
  return {
    unknown: (name) => `${title} has no column "${name}".`,
    from: [{ kind: 'derived', name: originOf(plan.from), plan: complete, actor }],
    columns: starOrder(columns, actors[0] ?? null),
    others,
    time: timed ? time : null,
    timeNames: new Set(timed ? ['time', ...[...inner.timeNames].filter((name) => others.has(name))] : []),
    hasActor: actor !== null,
    actor,
    actorColumns: new Set([...actors, ...hidden]),
    wide: new Set(wide),
    where: null,
    unselected: new Set([...inner.columns.keys(), ...inner.unselected].filter((name) => !columns.has(name))),
  };
}

/** Makes the answer of a question about behaviour a source of another: its rows are no events and nobody's. */
export function answerScope(plan: BehaviourPlan, title: string): Scope {
  const columns = new Map(answerColumns(plan).map(({ name, type }) => [name, columnExpr(name, type)] as const));
  const time = columns.get('time');
  const timed = time?.type === 'time';
  return {
    unknown: (name) => `${title} has no column "${name}".`,
    from: [{ kind: 'derived', name: originOf(plan.from), plan, actor: null }],
    columns: starOrder(columns, null),
    others: new Map(),
    time: timed ? time : null,
    timeNames: new Set(timed ? ['time'] : []),
    hasActor: false,
    actor: null,
    actorColumns: new Set(),
    wide: new Set(),
    where: null,
    unselected: new Set(),
  };
}

/** @returns the name of the output that holds the actor as text. */
function keepActor(
  { scope: inner, columns: given }: BoundSelect,
  columns: ReadonlyMap<string, Expr>,
  added: OutputColumn[],
  others: Map<string, Expr>,
): string {
  const own: Expr = { kind: 'actor', type: 'text' };
  const shown = given.find(({ expr }) => isActor(expr, inner) && expr.type === 'text')?.name;
  let name = shown ?? hiddenActor;
  while (shown === undefined && columns.has(name)) name = `$${name}`;
  if (shown === undefined) added.push({ name, expr: own });
  if (!columns.has('actor')) others.set('actor', own);
  const column = actorColumn(inner);
  if (inner.actor === null || column === undefined) return name;
  if (columns.has(inner.actor) || inner.actor === name) return name;
  // An id that is a number stays one under its own name.
  if (column.type !== 'text') added.push({ name: inner.actor, expr: column });
  others.set(inner.actor, column.type === 'text' ? own : columnExpr(inner.actor, column.type));
  return name;
}

function withOutputs(plan: EventsPlan, added: readonly OutputColumn[], inner: Scope): SelectPlan {
  const read = columnsOf(
    added.map(({ expr }) => expr),
    inner.actor,
  );
  return { ...plan, outputs: [...plan.outputs, ...added], columns: [...new Set([...plan.columns, ...read])] };
}
