import type { Expr } from '../plan/expr.ts';
import type { EventsPlan, OutputColumn, SourcePlan } from '../plan/select.ts';
import type { StoryPlan } from '../plan/story.ts';
import { columnsOf } from '../plan/visit.ts';
import { baseOf, bindHead } from './behaviour-head.ts';
import { bindFunnelOver } from './bind-funnel.ts';
import { bucketOf } from './bind-keys.ts';
import { printExpression } from './print.ts';
import { pruned } from './prune-outputs.ts';
import type { QueryEnvironment } from './query-environment.ts';
import { conjoin } from './scope.ts';
import type { FunnelSyntax } from './syntax-behaviour.ts';
import { callOf } from './typed-calls.ts';

/**
 * Binds `explain funnel … for ACTOR`: a funnel, and the events of one actor that it looks at.
 * @param actor its canonical text.
 * @throws VarveError as `bindFunnel` does.
 */
export function bindStory(query: FunnelSyntax, actor: string, environment: QueryEnvironment): StoryPlan {
  const head = bindHead(query, environment);
  const funnel = bindFunnelOver(query, head);
  const { scope } = head.context;
  const table = scope.others.get('_table');
  const tables = table !== undefined && tablesOf(scope.from).length > 1;
  const bucket = query.every === null ? [] : [bucketOf(query.every, head.context)];
  const exprs: Expr[] = [
    scope.time!,
    ...(tables ? [table] : []),
    ...[...funnel.steps, ...funnel.exclude].map(({ expr }) => expr),
    ...funnel.holding,
    ...bucket,
  ];
  const outputs: OutputColumn[] = exprs.map((expr, at) => ({ name: `${at}`, expr }));
  const base = baseOf(
    head,
    [],
    outputs.map(({ expr }) => expr),
  );
  const events: EventsPlan = pruned({
    ...base,
    kind: 'events',
    from: base.from.map((source) => ofActor(source, actor)),
    where: conjoin(base.where, isText({ kind: 'actor', type: 'text' }, actor)),
    outputs,
    order: [],
    limit: null,
    offset: 0,
  });
  return {
    funnel: pruned(funnel),
    events,
    actor,
    tables,
    exclude: query.exclude.map(({ expr }) => printExpression(expr)),
    holding: query.holding.map(printExpression),
  };
}

/** @returns the names of all tables that rows come from. */
function tablesOf(from: readonly SourcePlan[]): string[] {
  return [...new Set(from.flatMap((source) => (source.kind === 'table' ? [source.name] : tablesOf(source.plan.from))))];
}

/** A query in `from` gives the actor's rows alone: nobody asks for others. */
function ofActor(source: SourcePlan, actor: string): SourcePlan {
  if (source.kind === 'table' || source.actor === null) return source;
  const { plan } = source;
  if (plan.kind !== 'events' || plan.limit !== null || plan.offset > 0) return source;
  const own = plan.outputs.find(({ name }) => name === source.actor);
  if (own?.expr.type !== 'text') return source;
  const where = conjoin(plan.where, isText(own.expr, actor));
  const read = columnsOf([own.expr], plan.actor);
  return { ...source, plan: { ...plan, where, columns: [...new Set([...plan.columns, ...read])] } };
}

function isText(expr: Expr, text: string): Expr {
  return callOf('=', [expr, { kind: 'literal', value: text, type: 'text' }], undefined);
}
