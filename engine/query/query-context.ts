import { VarveError } from '../base/errors.ts';
import type { SelectPlan } from '../plan/select.ts';
import type { BindContext, BoundSubquery } from './bind-context.ts';
import { openDefinition, withinDefinition } from './definitions.ts';
import type { PlanParts, QueryEnvironment } from './query-environment.ts';
import { isActor, type Scope } from './scope.ts';
import type { Item, SelectSyntax } from './syntax.ts';
import { castTo } from './typed-calls.ts';

/** @returns what expressions of one query are bound in. @param items what it selects, whose aliases errors name. */
export function contextOf(
  scope: Scope,
  environment: QueryEnvironment,
  parts: PlanParts,
  items: readonly Item[] = [],
): BindContext {
  return {
    scope,
    aliases: new Set(items.flatMap(({ alias }) => (alias === null ? [] : [alias]))),
    params: environment.params,
    now: environment.now,
    timezone: environment.timezone,
    first: () => null,
    origin: (expr) => expr,
    aggregateHint: 'Aggregates stand in select, having and order by; to filter groups, use having.',
    subquery: (query, asText) => bindSubquery(query, asText, environment, parts),
    definitions: new Set(environment.definitions.keys()),
    warn: environment.warn,
  };
}

/**
 * Binds the query of `in (select …)`; `select * from NAME` of a defined query is that query. One bound again, as that of
 * an alias is, has its place already.
 * @param asText its values as canonical text.
 * @throws VarveError `type` for a query of several columns.
 */
function bindSubquery(
  query: SelectSyntax,
  asText: boolean,
  environment: QueryEnvironment,
  parts: PlanParts,
): BoundSubquery {
  const bound = bindCohort(query, environment);
  const { plan, columns, scope } = bound;
  if (columns.length !== 1)
    throw new VarveError('type', `The query of in gives ${columns.length} columns, and one is compared.`, {
      span: query.span,
      hint: `It gives ${columns.map(({ name }) => name).join(', ')}; ${
        plan.kind === 'grouped'
          ? 'group keys are columns too: select the key alone, as in group by … having.'
          : 'select one of them.'
      }`,
    });
  const output = plan.outputs[0]!;
  const known = parts.asked.indexOf(query);
  const index = known >= 0 ? known : parts.asked.push(query) - 1;
  const expr = asText ? castTo('text', output.expr, output.expr.span) : output.expr;
  parts.subqueries[index] = { ...plan, outputs: [{ ...output, expr }] } as SelectPlan;
  const origin =
    output.expr.kind === 'key' && plan.kind === 'grouped' ? plan.keys[output.expr.index]!.expr : output.expr;
  return { index, output: output.expr, isActor: isActor(origin, scope), name: output.name, origin, scope };
}

function bindCohort(
  query: SelectSyntax,
  environment: QueryEnvironment,
): ReturnType<QueryEnvironment['binders']['select']> {
  const { select } = environment.binders;
  const name = definedBy(query, environment);
  if (name === null) return select(query, environment);
  const definition = openDefinition(name, query.span, environment)!;
  const { query: defined } = definition;
  // Of the columns of an answer about behaviour the error names all.
  if (defined.kind !== 'select') return select(query, environment);
  return withinDefinition(name, query.span, () => select(defined, definition.environment));
}

/** @returns the name in `select * from NAME` where that is a defined query and nothing else is said. */
function definedBy(query: SelectSyntax, { schemas, definitions }: QueryEnvironment): string | null {
  const [source] = query.from;
  const plain =
    query.items.length === 1 &&
    query.items[0]!.expr.kind === 'star' &&
    query.from.length === 1 &&
    [query.since, query.until, query.where, query.every, query.having, query.limit, query.timezone].every(
      (clause) => clause === null,
    ) &&
    query.groupBy.length === 0 &&
    query.orderBy.length === 0;
  if (!plain || source!.kind !== 'table' || schemas.has(source!.name)) return null;
  return definitions.has(source!.name) ? source!.name : null;
}
