import { VarveError, type Span } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { bindLives } from './bind-lives.ts';
import { openDefinition, withinDefinition } from './definitions.ts';
import { answerScope, derivedScope } from './derive.ts';
import { mergeScopes } from './merge-scopes.ts';
import { inZoneOf, type PlanParts, type QueryEnvironment } from './query-environment.ts';
import { tableScope, type Scope } from './scope.ts';
import { isInlined } from './inlined.ts';
import type { QuerySyntax } from './syntax-behaviour.ts';
import type { SourceSyntax } from './syntax.ts';

/**
 * @returns what names mean over `from`: one source, or several as one stream. A single query without aggregate, order and
 * limit becomes part of the plan around it; all others are plans of their own.
 * @throws VarveError `unknown_table`, `usage` for a table named twice, and what is wrong within a source.
 */
export function bindFrom(sources: readonly SourceSyntax[], environment: QueryEnvironment, parts: PlanParts): Scope {
  if (sources.length === 1) return bindSource(sources[0]!, environment, parts);
  const names = new Set<string>();
  for (const source of sources) {
    if (source.kind !== 'table') continue;
    if (names.has(source.name))
      throw new VarveError('usage', `"${source.name}" stands twice in from.`, {
        span: source.span,
        hint: 'An event counts once: name each source once.',
      });
    names.add(source.name);
  }
  return mergeScopes(
    sources.map((source) => ({
      scope: bindSource(source, environment, null),
      title: titleOf(source),
      span: source.span,
    })),
  );
}

/** @param into the plan that a query may become a part of, or null. */
function bindSource(source: SourceSyntax, environment: QueryEnvironment, into: PlanParts | null): Scope {
  const { binders } = environment;
  const asQuery = (query: QuerySyntax, around: QueryEnvironment, title: string): Scope => {
    if (query.kind !== 'select') return answerScope(binders.behaviour(query, around), title);
    const inZone = inZoneOf(query, around);
    if (into?.inlines === true && isInlined(query) && inZone === around) return binders.inline(query, around, into);
    return derivedScope(binders.select(query, around), title);
  };
  switch (source.kind) {
    case 'table': {
      const { name, span } = source;
      const schema = environment.schemas.get(name);
      if (schema !== undefined) return tableScope(schema);
      const definition = openDefinition(name, span, environment);
      if (definition === null) throw unknownTable(name, span, environment);
      return withinDefinition(name, span, () => ({
        ...asQuery(definition.query, definition.environment, `"${name}"`),
        unknown: (column) => `"${name}" has no column "${column}".`,
      }));
    }
    case 'query':
      return asQuery(source.query, environment, 'The query in from');
    default:
      return bindLives(source, environment);
  }
}

function titleOf(source: SourceSyntax): string {
  return source.kind === 'table'
    ? source.name
    : source.kind === 'query'
      ? `(${source.query.kind} …)`
      : `${source.kind}(…)`;
}

function unknownTable(name: string, span: Span, { schemas, definitions }: QueryEnvironment): VarveError {
  const names = [...schemas.keys(), ...definitions.keys()];
  const near = nearestNames(name, names);
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(', ')}?`
      : names.length === 0
        ? 'The store is empty: varve import FILE makes a table.'
        : `There are ${names.join(', ')}.`;
  return new VarveError('unknown_table', `There is no table "${name}".`, { span, hint });
}
