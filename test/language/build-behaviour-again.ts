import {
  funnel,
  lifecycle,
  paths,
  retention,
  step as stepOf,
  type AnyRow,
  type Askable,
  type FunnelBuilder,
  type LifecycleBuilder,
  type PathsBuilder,
  type QueryJson,
  type RetentionBuilder,
  type Source,
  type StepGiven,
} from '../../engine/index.ts';
import type {
  BehaviourSyntax,
  FunnelStepSyntax,
  FunnelSyntax,
  LifecycleSyntax,
  PathsSyntax,
  QuerySyntax,
  RetentionSyntax,
} from '../../engine/query/syntax-behaviour.ts';
import type { Item } from '../../engine/query/syntax.ts';
import { expression, selectAgain, source, step } from './build-again.ts';

/** Builds a query of any kind anew as a program would. */
export function buildAgain(query: QuerySyntax): Askable & { toString(): string; toJSON(): QueryJson } {
  switch (query.kind) {
    case 'select':
      return selectAgain(query);
    case 'funnel':
      return funnelAgain(query);
    case 'retention':
      return retentionAgain(query);
    case 'paths':
      return pathsAgain(query);
    case 'lifecycle':
      return lifecycleAgain(query);
  }
}

type AnyBuilder = FunnelBuilder | RetentionBuilder | PathsBuilder | LifecycleBuilder;

/** The options that all verbs have. */
function shared<B extends AnyBuilder>(begun: B, query: BehaviourSyntax): B {
  let built = begun.from(...(query.from.map(source) as [Source, ...Source[]])) as B;
  const { per, since, until, where, timezone } = query;
  if (per?.kind === 'name') built = built.per(per.name) as B;
  if (since !== null) built = built.since(expression(since)) as B;
  if (until !== null) built = built.until(() => expression(until)) as B;
  if (where !== null) built = built.where(expression(where)) as B;
  if (timezone !== null) built = built.timezone(timezone.name) as B;
  return built;
}

function keyOf({ expr, alias }: Item): ReturnType<typeof expression> | ReturnType<ReturnType<typeof expression>['as']> {
  return alias === null ? expression(expr) : expression(expr).as(alias);
}

function funnelStep(made: FunnelStepSyntax): StepGiven<AnyRow> {
  if (!made.optional) return keyOf(made);
  const optional = stepOf(() => expression(made.expr)).optional();
  return made.alias === null ? optional : optional.as(made.alias);
}

function funnelAgain(query: FunnelSyntax): FunnelBuilder {
  let built = shared(funnel(...query.steps.map(funnelStep)), query).within(step(query.within));
  if (query.order !== null) built = built.order(query.order);
  for (const { expr, between } of query.exclude)
    built = built.exclude(expression(expr), between === null ? undefined : [between.from.name, between.to.name]);
  built = built.holding(query.holding.map(expression));
  if (query.entry !== null) built = built.entry(query.entry);
  if (query.repeat !== null) built = query.repeat ? built.repeat() : built.once();
  if (query.rules !== null) built = built.rules(query.rules);
  built = built.groupBy(...query.groupBy.map(keyOf));
  if (query.at !== null) built = built.at(query.at);
  return query.every === null ? built : built.every(step(query.every));
}

function retentionAgain(query: RetentionSyntax): RetentionBuilder {
  const { start, returning } = query;
  const begun = returning === null ? retention(expression(start)) : retention(expression(start), expression(returning));
  let built = shared(begun, query).every(step(query.every), query.periods);
  if (query.mode !== null) built = built.mode(query.mode);
  if (query.within !== null) built = built.within(query.within);
  return built.groupBy(query.groupBy.map(keyOf));
}

function pathsAgain(query: PathsSyntax): PathsBuilder {
  let built = shared(paths(expression(query.node)), query);
  const { gap, depth, starting, ending, limit } = query;
  if (gap !== null) built = built.gap(step(gap));
  if (depth !== null) built = built.depth(depth);
  if (starting !== null) built = built.starting(expression(starting));
  if (ending !== null) built = built.ending(expression(ending));
  return limit === null ? built : built.limit(limit);
}

function lifecycleAgain(query: LifecycleSyntax): LifecycleBuilder {
  return shared(lifecycle(), query).every(step(query.every));
}
