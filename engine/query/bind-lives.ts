import { fixedLengthMs, printDuration } from '../base/duration.ts';
import { VarveError } from '../base/errors.ts';
import type { ColumnType } from '../column/types.ts';
import type { Expr } from '../plan/expr.ts';
import type { LivesPlan, OutputColumn } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';
import { isAggregate } from './bind-calls.ts';
import type { BindContext } from './bind-context.ts';
import { bindExpression } from './bind-expressions.ts';
import { bindAggregate, type Measures } from './bind-measures.ts';
import { lacking } from './bind-names.ts';
import { narrow, pushRange } from './bind-range.ts';
import { keyedBy, perColumn } from './per-column.ts';
import { contextOf } from './query-context.ts';
import type { PlanParts, QueryEnvironment } from './query-environment.ts';
import { actorNames, columnExpr, everything, findName, isWide, measureIsWide, originOf, type Scope } from './scope.ts';
import type { SourceSyntax, Syntax } from './syntax.ts';
import { wantBool } from './typed-calls.ts';

type LivesSyntax = Extract<SourceSyntax, { kind: 'sessions' | 'actors' }>;

/** What every row has; the places are those of the plan's keys. */
const givenColumns: readonly (readonly [string, ColumnType])[] = [
  ['actor', 'text'],
  ['time', 'time'],
  ['last', 'time'],
  ['duration', 'int'],
  ['events', 'int'],
];

/** Binds `sessions(…)` and `actors(…)`. @throws VarveError `type` over rows without time or actor, `usage`, and as expressions do. */
export function bindLives(node: LivesSyntax, environment: QueryEnvironment): Scope {
  const parts: PlanParts = { subqueries: [], asked: [], inlines: true };
  const events = environment.binders.from([node.source], environment, parts);
  if (events.time === null) throw lacking('time', node.source.span);
  const found = contextOf(events, environment, parts);
  const per = node.per === null ? null : perColumn(node.per, found);
  if (per === null && !events.hasActor) throw lacking('actor', node.source.span);
  const scope = per === null ? events : keyedBy(per, events, environment, parts);
  const own: PlanParts = per === null ? parts : { subqueries: [], asked: [], inlines: true };
  const context = contextOf(scope, environment, own);
  const condition = (syntax: Syntax | null, name: string): Expr | null =>
    syntax === null ? null : wantBool(bindExpression(syntax, context), name);
  const starting = node.kind === 'sessions' ? condition(node.starting, 'starting') : null;
  const ending = node.kind === 'sessions' ? condition(node.ending, 'ending') : null;
  const given = givenColumns.filter(([name]) => node.kind === 'sessions' || name !== 'duration');
  const measures: Measures = { list: [], texts: [], length: null };
  const outputs: OutputColumn[] = given.map(([name, type]) => ({
    name,
    expr: { kind: 'key', index: givenColumns.findIndex((column) => column[0] === name), type },
  }));
  for (const { name, expr, span } of node.aggregates) {
    if (outputs.some((output) => output.name === name))
      throw new VarveError('usage', `${node.kind} has a column "${name}" already.`, {
        span,
        hint: 'Give the aggregate another name.',
      });
    outputs.push({ name, expr: bindExpression(expr, overMeasures(measures, context)) });
  }
  const reads = [scope.where, starting, ending, ...measures.list.flatMap(({ args, filter }) => [...args, filter])];
  const columns = columnsOf(
    reads.filter((expr) => expr !== null),
    scope.actor,
  );
  const read = [...new Set(['time', ...(scope.actor === null ? [] : [scope.actor]), ...columns])];
  const plan: LivesPlan = {
    kind: 'lives',
    from: scope.from,
    actor: scope.actor,
    timezone: environment.timezone,
    now: environment.now,
    range: narrow(everything, scope.where),
    where: scope.where,
    gap: node.kind === 'sessions' ? gapOf(node.gap) : null,
    starting,
    ending,
    measures: measures.list,
    outputs,
    starts: everything,
    subqueries: own.subqueries,
    columns: read,
  };
  return livesScope(node, { ...plan, from: plan.from.map((source) => pushRange(source, plan.range)) }, events, scope);
}

function gapOf({ step, span }: Extract<LivesSyntax, { kind: 'sessions' }>['gap']): number {
  const gap = fixedLengthMs(step);
  if (gap !== null) return gap;
  throw new VarveError('type', `gap wants a fixed length, and ${printDuration(step)} has none.`, {
    span,
    hint: 'Write it in days: gap => 30d.',
  });
}

/** An aggregate's own name for a row: nothing else of the events is one value a row. */
function overMeasures(measures: Measures, context: BindContext): BindContext {
  return {
    ...context,
    first(node) {
      if (node.kind === 'call' && isAggregate(node.name)) return bindAggregate(node, measures, context);
      if (node.kind !== 'name' || findName(context.scope, node.name) === undefined) return null;
      throw new VarveError('type', `"${node.name}" has many values in a row made of events.`, {
        span: node.span,
        hint: `Take one of them: first(${node.name}), max(${node.name}).`,
      });
    },
  };
}

/** @param scope of the events as the plan reads them. */
function livesScope(node: LivesSyntax, plan: LivesPlan, events: Scope, scope: Scope): Scope {
  const own: Expr = { kind: 'actor', type: 'text' };
  const columns = new Map<string, Expr>([
    ['time', columnExpr('time', 'time')],
    ['actor', own],
  ]);
  for (const { name, expr } of plan.outputs) if (!columns.has(name)) columns.set(name, columnExpr(name, expr.type));
  const followed = node.per?.kind === 'name' ? [node.per.name] : actorNames(events);
  const others = new Map(followed.filter((name) => !columns.has(name)).map((name) => [name, own] as const));
  const wide = plan.outputs.filter(({ expr }) => isWide(expr, scope, measureIsWide(plan.measures, scope)));
  return {
    unknown: (name) => `${node.kind}(…) has no column "${name}".`,
    from: [{ kind: 'derived', name: originOf(plan.from), plan, actor: 'actor' }],
    columns,
    others,
    time: columnExpr('time', 'time'),
    timeNames: new Set(['time']),
    hasActor: true,
    actor: 'actor',
    actorColumns: new Set(['actor']),
    wide: new Set(wide.map(({ name }) => name)),
    where: null,
    unselected: events.unselected,
  };
}
