import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Expr } from '../plan/expr.ts';
import type { EventsPlan, OutputColumn, SelectPlan, TimeRange } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';
import type { BindContext } from './bind-context.ts';
import { bindExpression } from './bind-expressions.ts';
import { bindGrouped } from './bind-grouped.ts';
import { readable } from './bind-names.ts';
import { narrow, pushRange, withinRange, writtenRange } from './bind-range.ts';
import { checkExprSize } from './expr-size.ts';
import { isGrouped } from './inlined.ts';
import { uniqueName, uniquelyNamed } from '../base/unique-name.ts';
import { outputName, positionOf } from './output-names.ts';
import { contextOf } from './query-context.ts';
import {
  inZoneOf,
  type BoundSelect,
  type GivenColumn,
  type PlanParts,
  type QueryEnvironment,
} from './query-environment.ts';
import { actorColumn, conjoin, isActor, isWide, measureIsWide, starOrder, type Scope } from './scope.ts';
import { checkTrailing } from './step-length.ts';
import type { SelectSyntax } from './syntax.ts';
import { wantBool } from './typed-calls.ts';

/** What every `select` begins with: its sources, its condition and its range. */
interface Head {
  readonly context: BindContext;
  readonly where: Expr | null;
  readonly written: TimeRange;
}

function bindHead(query: SelectSyntax, environment: QueryEnvironment, parts: PlanParts): Head {
  const scope = environment.binders.from(query.from, environment, parts);
  const context = contextOf(scope, environment, parts, query.items);
  const own = query.where === null ? null : wantBool(bindExpression(query.where, context), 'where');
  return {
    context,
    where: conjoin(scope.where, own),
    written: writtenRange(query, context),
  };
}

/** Binds a `select` as a plan of its own. @throws VarveError with the place in the text. */
export function bindSelect(query: SelectSyntax, around: QueryEnvironment): BoundSelect {
  const environment = inZoneOf(query, around);
  // A window that reaches back before its source's first row is partial: the source is then not the table below it.
  const parts: PlanParts = { subqueries: [], asked: [], inlines: query.trailing === null };
  const { context, where, written } = bindHead(query, environment, parts);
  const { scope } = context;
  const range = narrow(written, where);
  const shifted = query.trailing !== null || query.compare !== null;
  const bound = isGrouped(query) ? bindGrouped(query, context, written.since !== null) : bindEvents(query, context);
  checkWidth(bound.outputs, query);
  const read = columnsOf([...(where === null ? [] : [where]), ...bound.reads], scope.actor);
  const base = {
    // What a bucket before the range counts is read too.
    from: shifted ? scope.from : scope.from.map((source) => pushRange(source, range)),
    actor: scope.actor,
    subqueries: parts.subqueries,
    timezone: environment.timezone,
    now: environment.now,
    where,
    limit: query.limit,
    offset: query.offset,
    written,
    range,
  };
  if (bound.kind === 'events') {
    const { outputs, order } = bound;
    const columns = [...new Set([...(scope.time === null ? [] : ['time']), ...read])];
    return given({ kind: 'events', ...base, outputs, order, columns }, scope);
  }
  const { kind, keys, measures, every, trailing, compare, having, order, outputs } = bound;
  return given(
    { kind, ...base, keys, measures, every, trailing, compare, having, order, outputs, columns: read },
    scope,
  );
}

function given(plan: SelectPlan, scope: Scope): BoundSelect {
  const below =
    plan.kind === 'events'
      ? (): boolean => false
      : (leaf: Expr): boolean =>
          leaf.kind === 'key' ? isWide(plan.keys[leaf.index]!.expr, scope) : measureIsWide(plan.measures, scope)(leaf);
  const columns = plan.outputs.map((output): GivenColumn => ({ ...output, wide: isWide(output.expr, scope, below) }));
  if (plan.kind === 'grouped' && plan.every !== null)
    columns.push({
      name: uniqueName('partial', new Set(columns.map(({ name }) => name))),
      expr: { kind: 'literal', value: null, type: 'bool' },
      wide: false,
    });
  return { plan, columns, scope };
}

/** Binds a query of rows into the plan around it: its outputs are what names mean there. */
export function bindInline(query: SelectSyntax, environment: QueryEnvironment, parts: PlanParts): Scope {
  const { context, where: condition, written } = bindHead(query, environment, parts);
  const { scope } = context;
  // Its range is a condition on its rows: the ends of `every` and of what is compared are those of the query around it.
  const where = conjoin(condition, withinRange(written, scope.time, query.span));
  const { outputs } = bindEvents(query, context);
  checkWidth(outputs, query);
  const exprs = outputs.map(({ expr }) => expr);
  checkExprSize(where === null ? exprs : [...exprs, where], query.span);
  const columns = new Map(outputs.map(({ name, expr }) => [name, expr] as const));
  const others = new Map(scope.others);
  if (scope.time !== null) others.set('time', scope.time);
  const actor = actorColumn(scope);
  if (actor !== undefined) others.set(scope.actor!, actor);
  const shown = outputs.find(({ expr }) => isActor(expr, scope))?.name ?? null;
  const inner = new Set([...scope.columns.keys(), ...scope.unselected]);
  return {
    ...scope,
    unknown: (name) => `The query in from has no column "${name}".`,
    columns: starOrder(columns, shown),
    others,
    timeNames: new Set([...scope.timeNames].filter((name) => name === 'time' || !columns.has(name))),
    where,
    unselected: new Set([...inner].filter((name) => !columns.has(name))),
  };
}

interface BoundEvents extends Pick<EventsPlan, 'kind' | 'outputs' | 'order'> {
  readonly reads: readonly Expr[];
}

function bindEvents(query: SelectSyntax, context: BindContext): BoundEvents {
  if (query.compare !== null)
    throw new VarveError('usage', 'compare goes with aggregates: rows have none from an earlier time.', {
      span: query.compare.span,
      hint: 'Select what is to be compared: count(), sum(x).',
    });
  checkTrailing(query);
  const outputs: OutputColumn[] = [];
  const aliases = new Map<string, Expr>();
  for (const item of query.items) {
    if (item.expr.kind === 'star') {
      for (const [name, expr] of context.scope.columns)
        outputs.push({ name, expr: readable({ ...expr, span: item.span }) });
      continue;
    }
    const expr = bindExpression(item.expr, context);
    if (item.alias !== null && !aliases.has(item.alias)) aliases.set(item.alias, expr);
    outputs.push({ name: outputName(item), expr });
  }
  const ordered: BindContext = {
    ...context,
    first: (node) => (node.kind === 'name' ? (aliases.get(node.name) ?? null) : null),
  };
  const order = query.orderBy.map(({ expr, descending }) => {
    const position = positionOf(expr, 'order by', outputs.length);
    return { expr: position === null ? bindExpression(expr, ordered) : outputs[position]!.expr, descending };
  });
  return {
    kind: 'events',
    outputs: uniquelyNamed(outputs),
    order,
    reads: [...outputs, ...order].map(({ expr }) => expr),
  };
}

function checkWidth(outputs: readonly OutputColumn[], { items }: SelectSyntax): void {
  if (outputs.length <= limits.outputColumnsMax) return;
  throw new VarveError(
    'limit',
    `The answer would have ${outputs.length} columns, at most ${limits.outputColumnsMax} are made (outputColumnsMax).`,
    { span: items[0]!.span, hint: 'Name the columns that are wanted.' },
  );
}
