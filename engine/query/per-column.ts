import { VarveError } from '../base/errors.ts';
import { isListType } from '../column/types.ts';
import type { Expr } from '../plan/expr.ts';
import type { EventsPlan, OutputColumn } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';
import type { BindContext } from './bind-context.ts';
import { bindExpression } from './bind-expressions.ts';
import { narrow, pushRange } from './bind-range.ts';
import type { PlanParts, QueryEnvironment } from './query-environment.ts';
import { columnExpr, conjoin, everything, isActor, originOf, type Scope } from './scope.ts';
import type { Syntax } from './syntax.ts';
import { callOf, castTo } from './typed-calls.ts';

/**
 * @returns the column that actors are followed by, or null where it is the rows' own.
 * @throws VarveError `type` for what is no column of single values.
 */
export function perColumn(per: Syntax, context: BindContext): Expr | null {
  if (per.kind !== 'name')
    throw new VarveError('type', 'per wants the name of a column.', { span: per.span, hint: 'Write per => user_id.' });
  const column = bindExpression(per, context);
  if (isListType(column.type))
    throw new VarveError('type', `per wants a column of single values, not ${column.type}.`, { span: per.span });
  return isActor(column, context.scope) ? null : column;
}

/** @returns the events as rows of a plan of their own, in the order of another column; those without a value are passed over. */
export function keyedBy(per: Expr, events: Scope, environment: QueryEnvironment, parts: PlanParts): Scope {
  const { span } = per;
  const names = [...events.columns].filter(([name]) => name !== 'actor' && name !== 'time');
  const outputs: OutputColumn[] = [
    { name: 'time', expr: events.time! },
    { name: 'actor', expr: castTo('text', per, span) },
    ...names.map(([name, expr]) => ({ name, expr })),
  ];
  const table = events.others.get('_table');
  if (table !== undefined) outputs.push({ name: '_table', expr: table });
  const hasValue: Expr = { kind: 'not', arg: callOf('is_null', [per], span), type: 'bool', span };
  const where = conjoin(events.where, hasValue)!;
  const range = narrow(everything, where);
  const plan: EventsPlan = {
    kind: 'events',
    from: events.from.map((source) => pushRange(source, range)),
    actor: events.actor,
    timezone: environment.timezone,
    range,
    written: everything,
    where,
    outputs,
    order: [],
    subqueries: parts.subqueries,
    columns: columnsOf([...outputs.map(({ expr }) => expr), where], events.actor),
    limit: null,
    offset: 0,
    now: environment.now,
  };
  const columns = new Map(names.map(([name, { type }]) => [name, columnExpr(name, type)] as const));
  const time = columnExpr('time', 'time');
  const others = new Map<string, Expr>([['actor', { kind: 'actor', type: 'text' }]]);
  for (const name of events.timeNames) others.set(name, time);
  if (table !== undefined) others.set('_table', columnExpr('_table', 'text'));
  return {
    ...events,
    from: [{ kind: 'derived', name: originOf(plan.from), plan, actor: 'actor' }],
    columns,
    others,
    time,
    hasActor: true,
    actor: 'actor',
    actorColumns: new Set(['actor']),
    wide: new Set(names.filter(([name]) => events.wide.has(name)).map(([name]) => name)),
    where: null,
  };
}
