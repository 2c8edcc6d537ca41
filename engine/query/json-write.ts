import { printDuration } from '../base/duration.ts';
import {
  aliasToJson,
  columnName,
  expressionToJson,
  itemToJson,
  selectToJson,
  sourceToJson,
  stepToJson,
} from './json-write-select.ts';
import type {
  ExclusionJson,
  FunnelJson,
  FunnelStepJson,
  KeyJson,
  LifecycleJson,
  PathsJson,
  QueryJson,
  RetentionJson,
} from './query-json.ts';
import type {
  BehaviourSyntax,
  ExclusionSyntax,
  FunnelStepSyntax,
  FunnelSyntax,
  LifecycleSyntax,
  PathsSyntax,
  QuerySyntax,
  RetentionSyntax,
} from './syntax-behaviour.ts';
import type { Syntax } from './syntax.ts';

/** @returns the query as JSON, which `queryFromJson` reads as the same tree; clauses that are not there have no key. */
export function queryToJson(query: QuerySyntax): QueryJson {
  switch (query.kind) {
    case 'select':
      return selectToJson(query);
    case 'funnel':
      return funnelToJson(query);
    case 'retention':
      return retentionToJson(query);
    case 'paths':
      return pathsToJson(query);
    case 'lifecycle':
      return lifecycleToJson(query);
  }
}

/** @returns what is said, under its key. */
function said<K extends string, T>(key: K, value: T | null): { readonly [P in K]?: T } {
  return value === null ? {} : ({ [key]: value } as { readonly [P in K]: T });
}

function listed<K extends string, T>(key: K, list: readonly T[]): { readonly [P in K]?: readonly T[] } {
  return said(key, list.length === 0 ? null : list);
}

function condition<K extends string>(
  key: K,
  expr: Syntax | null,
): { readonly [P in K]?: ReturnType<typeof expressionToJson> } {
  return said(key, expr === null ? null : expressionToJson(expr));
}

function sourcesOf({ from, per }: BehaviourSyntax): Pick<FunnelJson, 'from' | 'per'> {
  const sources = from.map(sourceToJson);
  return {
    from: sources.length === 1 ? sources[0]! : sources,
    ...said('per', per?.kind === 'name' ? per.name : null),
  };
}

function rangeOf(query: BehaviourSyntax): Pick<FunnelJson, 'since' | 'until' | 'where'> {
  return {
    ...condition('since', query.since),
    ...condition('until', query.until),
    ...condition('where', query.where),
  };
}

function zoneOf({ timezone }: BehaviourSyntax): Pick<FunnelJson, 'timezone'> {
  return said('timezone', timezone?.name ?? null);
}

function keyToJson(expr: Syntax): KeyJson {
  return columnName(expr) ?? expressionToJson(expr);
}

function funnelToJson(query: FunnelSyntax): FunnelJson {
  return {
    funnel: query.steps.map(stepOfFunnel),
    ...sourcesOf(query),
    within: printDuration(query.within.step),
    ...said('order', query.order),
    ...listed('exclude', query.exclude.map(exclusionToJson)),
    ...listed('holding', query.holding.map(keyToJson)),
    ...said('entry', query.entry),
    ...said('repeat', query.repeat),
    ...said('rules', query.rules),
    ...rangeOf(query),
    ...listed('groupBy', query.groupBy.map(itemToJson)),
    ...said('at', query.at),
    ...stepToJson('every', query.every),
    ...zoneOf(query),
  };
}

function stepOfFunnel(step: FunnelStepSyntax): FunnelStepJson {
  const name = step.alias === null && !step.optional ? columnName(step.expr) : null;
  return (
    name ?? {
      ...expressionToJson(step.expr),
      ...aliasToJson(step),
      ...(step.optional ? { optional: true } : {}),
    }
  );
}

function exclusionToJson({ expr, between }: ExclusionSyntax): ExclusionJson {
  const name = between === null ? columnName(expr) : null;
  return (
    name ?? {
      ...expressionToJson(expr),
      ...(between === null ? {} : { between: [between.from.name, between.to.name] as const }),
    }
  );
}

function retentionToJson(query: RetentionSyntax): RetentionJson {
  return {
    retention: keyToJson(query.start),
    ...said('then', query.returning === null ? null : keyToJson(query.returning)),
    ...sourcesOf(query),
    every: printDuration(query.every.step),
    for: query.periods,
    ...said('mode', query.mode),
    ...said('within', query.within),
    ...rangeOf(query),
    ...listed('groupBy', query.groupBy.map(itemToJson)),
    ...zoneOf(query),
  };
}

function pathsToJson(query: PathsSyntax): PathsJson {
  return {
    paths: keyToJson(query.node),
    ...sourcesOf(query),
    ...stepToJson('gap', query.gap),
    ...said('depth', query.depth),
    ...condition('starting', query.starting),
    ...condition('ending', query.ending),
    ...said('limit', query.limit),
    ...rangeOf(query),
    ...zoneOf(query),
  };
}

function lifecycleToJson(query: LifecycleSyntax): LifecycleJson {
  return {
    lifecycle: true,
    ...sourcesOf(query),
    every: printDuration(query.every.step),
    ...rangeOf(query),
    ...zoneOf(query),
  };
}
