import type { BehaviourSyntax, QuerySyntax } from './syntax-behaviour.ts';
import type { SelectSyntax, SourceSyntax, Syntax } from './syntax.ts';

/** @returns the expressions directly below one, the condition of a filter included; not those of a query in brackets. */
export function syntaxBelow(node: Syntax): readonly Syntax[] {
  switch (node.kind) {
    case 'call':
      return node.filter === null ? node.args : [...node.args, node.filter];
    case 'operator':
    case 'and':
    case 'or':
    case 'like':
      return node.args;
    case 'not':
    case 'is_null':
    case 'in_query':
    case 'cast':
      return [node.arg];
    case 'between':
      return [node.arg, node.low, node.high];
    case 'in':
      return [node.arg, ...node.values];
    case 'case':
      return [
        ...(node.subject === null ? [] : [node.subject]),
        ...node.branches.flatMap(({ when, then }) => [when, then]),
        ...(node.otherwise === null ? [] : [node.otherwise]),
      ];
    case 'element':
      return [node.list, node.place];
    default:
      return [];
  }
}

/** @returns every expression that stands in a clause of a query, not those of its sources. */
export function clausesOf(query: SelectSyntax): Syntax[] {
  const clauses = [query.since, query.until, query.where, query.having];
  return [
    ...[...query.items, ...query.groupBy, ...query.orderBy].map(({ expr }) => expr),
    ...clauses.filter((clause) => clause !== null),
  ];
}

/** @returns what a source is made of: the query in its brackets, or the source that it cuts. */
export function sourcesBelow(source: SourceSyntax): readonly (SourceSyntax | QuerySyntax)[] {
  if (source.kind === 'table') return [];
  return source.kind === 'query' ? [source.query] : [source.source];
}

/** @returns the expressions among the arguments of `sessions` and `actors`. */
export function sourceExpressions(source: SourceSyntax): readonly Syntax[] {
  if (source.kind === 'table' || source.kind === 'query') return [];
  const options = source.kind === 'sessions' ? [source.per, source.starting, source.ending] : [source.per];
  return [...options.filter((option) => option !== null), ...source.aggregates.map(({ expr }) => expr)];
}

/** @returns every expression that stands in a question about behaviour, not those of its sources. */
function behaviourExpressions(query: BehaviourSyntax): Syntax[] {
  const clauses = [query.per, query.since, query.until, query.where];
  return [...ownExpressions(query), ...clauses].filter((clause) => clause !== null);
}

function ownExpressions(query: BehaviourSyntax): readonly (Syntax | null)[] {
  switch (query.kind) {
    case 'funnel':
      return [...[...query.steps, ...query.exclude, ...query.groupBy].map(({ expr }) => expr), ...query.holding];
    case 'retention':
      return [query.start, query.returning, ...query.groupBy.map(({ expr }) => expr)];
    case 'paths':
      return [query.node, query.starting, query.ending];
    case 'lifecycle':
      return [];
  }
}

/** @returns all that lies directly below a part of a query: expressions, sources, queries. */
export function nodesBelow(
  node: Syntax | SourceSyntax | QuerySyntax,
): readonly (Syntax | SourceSyntax | QuerySyntax)[] {
  switch (node.kind) {
    case 'select':
      return [...node.from, ...clausesOf(node)];
    case 'funnel':
    case 'retention':
    case 'paths':
    case 'lifecycle':
      return [...node.from, ...behaviourExpressions(node)];
    case 'in_query':
      return [node.arg, node.query];
    case 'table':
    case 'query':
    case 'sessions':
    case 'actors':
      return [...sourcesBelow(node), ...sourceExpressions(node)];
    default:
      return syntaxBelow(node);
  }
}
