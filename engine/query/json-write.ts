import { printDuration } from '../base/duration.ts';
import { needsQuotes, timeWords } from './names.ts';
import type {
  ExclusionJson,
  ExpressionJson,
  FunnelJson,
  FunnelStepJson,
  GroupItemJson,
  ItemJson,
  KeyJson,
  LifecycleJson,
  NamedAggregateJson,
  OrderItemJson,
  PathsJson,
  QueryJson,
  RetentionJson,
  SelectJson,
  SourceJson,
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
import type { Item, NamedAggregate, SelectSyntax, SourceSyntax, StepSyntax, Syntax } from './syntax.ts';

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

/** @returns a select as JSON. */
export function selectToJson(query: SelectSyntax): SelectJson {
  const { since, until, where, groupBy, having, orderBy } = query;
  const sources = query.from.map(sourceToJson);
  return {
    select: query.items.map(itemToJson),
    from: sources.length === 1 ? sources[0]! : sources,
    ...(since === null ? {} : { since: expressionToJson(since) }),
    ...(until === null ? {} : { until: expressionToJson(until) }),
    ...(where === null ? {} : { where: expressionToJson(where) }),
    ...(groupBy.length === 0 ? {} : { groupBy: groupBy.map(groupItemToJson) }),
    ...stepToJson('every', query.every),
    ...stepToJson('trailing', query.trailing),
    ...(having === null ? {} : { having: expressionToJson(having) }),
    ...(orderBy.length === 0 ? {} : { orderBy: orderBy.map(orderItemToJson) }),
    ...(query.limit === null ? {} : { limit: query.limit }),
    ...(query.offset === 0 ? {} : { offset: query.offset }),
    ...stepToJson('compare', query.compare),
    ...(query.timezone === null ? {} : { timezone: query.timezone.name }),
  };
}

/** @returns a duration under its key, where there is one. */
export function stepToJson<K extends string>(key: K, step: StepSyntax | null): { readonly [P in K]?: string } {
  return step === null ? {} : ({ [key]: printDuration(step.step) } as { readonly [P in K]: string });
}

/** @returns an expression and its name. */
export function itemToJson(item: Item): ItemJson {
  if (item.expr.kind === 'star') return '*';
  const name = item.alias === null ? columnName(item.expr) : null;
  // "*" is every column; a column of that name is written out.
  return name !== null && name !== '*' ? name : { ...expressionToJson(item.expr), ...aliasToJson(item) };
}

function groupItemToJson(item: SelectSyntax['groupBy'][number]): GroupItemJson {
  const name = item.alias === null && item.top === null ? columnName(item.expr) : null;
  return (
    name ?? {
      ...expressionToJson(item.expr),
      ...aliasToJson(item),
      ...(item.top === null ? {} : { top: item.top }),
      ...(item.others ? { others: true } : {}),
    }
  );
}

function orderItemToJson({ expr, descending }: SelectSyntax['orderBy'][number]): OrderItemJson {
  const name = descending ? null : columnName(expr);
  return name ?? { ...expressionToJson(expr), ...(descending ? { descending } : {}) };
}

/** @returns the name under its key, where there is one. */
export function aliasToJson({ alias }: Item): { readonly as?: string } {
  return alias === null ? {} : { as: alias };
}

function aggregateToJson({ name, expr }: NamedAggregate): NamedAggregateJson {
  return { ...expressionToJson(expr), as: name };
}

/** @returns a source as it stands under `from`. */
export function sourceToJson(source: SourceSyntax): SourceJson {
  if (source.kind === 'table') return source.name;
  if (source.kind === 'query') return queryToJson(source.query);
  const shared = {
    ...(source.per?.kind === 'name' ? { per: source.per.name } : {}),
    ...(source.aggregates.length === 0 ? {} : { aggregates: source.aggregates.map(aggregateToJson) }),
  };
  if (source.kind === 'actors') return { actors: sourceToJson(source.source), ...shared };
  const { starting, ending } = source;
  return {
    sessions: sourceToJson(source.source),
    gap: printDuration(source.gap.step),
    ...(starting === null ? {} : { starting: expressionToJson(starting) }),
    ...(ending === null ? {} : { ending: expressionToJson(ending) }),
    ...shared,
  };
}

/** @returns the name where an expression is a column and not a time word. */
export function columnName(expr: Syntax): string | null {
  return expr.kind === 'name' && (expr.quoted || !isTimeWord(expr.name)) ? expr.name : null;
}

function isTimeWord(name: string): boolean {
  return timeWords.has(name.toLowerCase()) && !needsQuotes(name);
}

/** @returns an expression as JSON. */
export function expressionToJson(node: Syntax): ExpressionJson {
  const all = (nodes: readonly Syntax[]): ExpressionJson[] => nodes.map(expressionToJson);
  const one = expressionToJson;
  const operator = (op: string, args: readonly Syntax[]): ExpressionJson => ({ op, args: all(args) });
  const maybe = (negated: boolean, op: string): string => (negated ? `not ${op}` : op);
  switch (node.kind) {
    case 'literal':
      return literalToJson(node);
    case 'duration':
      return { duration: printDuration(node.step) };
    case 'name':
      return columnName(node) === null ? { time: node.name } : { column: node.name };
    case 'parameter':
      return { param: node.name };
    case 'star':
      // Only select and count(*) have one, and both are written otherwise.
      return { column: '*' };
    case 'call':
      return callToJson(node);
    case 'operator':
      return operator(node.name === 'negate' ? '-' : node.name, node.args);
    case 'and':
    case 'or':
      return operator(node.kind, node.args);
    case 'not':
      return operator('not', [node.arg]);
    case 'between':
      return operator(maybe(node.negated, 'between'), [node.arg, node.low, node.high]);
    case 'in':
      return operator(maybe(node.negated, 'in'), [node.arg, ...node.values]);
    case 'in_query':
      return { op: maybe(node.negated, 'in'), args: [one(node.arg)], query: selectToJson(node.query) };
    case 'like':
      return operator(maybe(node.negated, node.name), node.args);
    case 'is_null':
      return operator(node.negated ? 'is not null' : 'is null', [node.arg]);
    case 'case':
      return {
        case: node.branches.map(({ when, then }) => ({ when: one(when), then: one(then) })),
        ...(node.subject === null ? {} : { of: one(node.subject) }),
        ...(node.otherwise === null ? {} : { else: one(node.otherwise) }),
      };
    case 'cast':
      return { cast: one(node.arg), to: node.to };
    case 'element':
      return { element: one(node.list), place: one(node.place) };
  }
}

function callToJson({ name, args, filter }: Extract<Syntax, { kind: 'call' }>): ExpressionJson {
  if (name.includes(' ')) return { time: name };
  return {
    call: name,
    ...(args.length === 0 ? {} : { args: args.map(expressionToJson) }),
    ...(filter === null ? {} : { filter: expressionToJson(filter) }),
  };
}

/** JSON has one kind of number: what would not come back as it went is written apart. */
function literalToJson({ value, float }: Extract<Syntax, { kind: 'literal' }>): ExpressionJson {
  if (typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'number' && float === true && Number.isInteger(value))
    return { float: Object.is(value, -0) ? '-0' : value };
  return { value: value as string | number | boolean | null };
}
