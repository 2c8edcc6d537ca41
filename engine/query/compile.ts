import { parseTime } from '../base/calendar.ts';
import { VarveError, type Span } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { nearestNames } from '../base/nearest.ts';
import { isTimeZone } from '../base/time-zone.ts';
import type { TableSchema } from '../column/schema.ts';
import type { Scalar } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import type { EventsPlan, OutputColumn, SelectPlan, TimeRange } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';
import { bindExpression, bindStep, type BindContext } from './bind-expressions.ts';
import { bindGrouped, containsAggregate } from './bind-grouped.ts';
import { parseQuery } from './parse.ts';
import { outputName, positionOf, uniqueNames } from './output-names.ts';
import { printExpression } from './print.ts';
import type { SelectSyntax, Syntax } from './syntax.ts';

/** What a query is compiled against. `now` is UTC ms; `timezone` holds unless the query says one. */
export interface CompileOptions {
  readonly schemas: ReadonlyMap<string, TableSchema>;
  readonly params: Readonly<Record<string, Scalar>>;
  readonly now: number;
  readonly timezone: string;
}

/**
 * Compiles a query's text to a plan.
 * @throws VarveError with the place in the text: `syntax`, `unknown_table`, `unknown_column`, `unknown_function`, `type`, `usage`, `limit`.
 */
export function compileQuery(text: string, options: CompileOptions): SelectPlan {
  const query = parseQuery(text);
  const source = query.from[0]!;
  if (source.kind !== 'table') throw new VarveError('internal', 'BUG: a source that is no table');
  const schema = options.schemas.get(source.name);
  if (schema === undefined) throw unknownTable(source.name, source.span, options);
  const timezone = query.timezone?.name ?? options.timezone;
  if (!isTimeZone(timezone)) {
    throw new VarveError('usage', `There is no time zone "${timezone}".`, {
      span: query.timezone?.span,
      hint: "Zones are named like 'Europe/Berlin'.",
    });
  }
  const context: BindContext = {
    schema,
    aliases: new Set(query.items.flatMap(({ alias }) => (alias === null ? [] : [alias]))),
    params: options.params,
    now: options.now,
    timezone,
    first: () => null,
    aggregateHint: 'Aggregates stand in select, having and order by; to filter groups, use having.',
  };
  const where = query.where === null ? null : wantBool(bindExpression(query.where, context), 'where');
  const written = { since: bound(query.since, context), until: bound(query.until, context) };
  const base = {
    from: [{ kind: 'table', name: schema.name } as const],
    actor: schema.actor,
    subqueries: [],
    timezone,
    now: options.now,
    where,
    limit: query.limit,
    offset: query.offset,
    written,
    range: narrow(written, where),
  };
  const grouped =
    query.groupBy.length > 0 ||
    query.every !== null ||
    query.having !== null ||
    query.items.some((item) => containsAggregate(item.expr)) ||
    query.orderBy.some((item) => containsAggregate(item.expr));
  const plan = grouped ? bindGrouped(query, context) : bindEvents(query, context);
  if (plan.outputs.length > limits.outputColumnsMax)
    throw new VarveError(
      'limit',
      `The answer would have ${plan.outputs.length} columns, at most ${limits.outputColumnsMax} are made (outputColumnsMax).`,
      { span: query.items[0]!.span, hint: 'Name the columns that are wanted.' },
    );
  const read = columnsOf([...(where === null ? [] : [where]), ...plan.reads], schema.actor);
  if (plan.kind === 'events') {
    return {
      kind: 'events',
      ...base,
      outputs: plan.outputs,
      order: plan.order,
      columns: [...new Set(['time', ...read])],
    };
  }
  const { kind, keys, measures, every, trailing, compare, having, order, outputs } = plan;
  return { kind, ...base, keys, measures, every, trailing, compare, having, order, outputs, columns: read };
}

function unknownTable(name: string, span: Span, options: CompileOptions): VarveError {
  const names = [...options.schemas.keys()];
  const near = nearestNames(name, names);
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(', ')}?`
      : names.length === 0
        ? 'The store is empty: varve import FILE makes a table.'
        : `There are ${names.join(', ')}.`;
  return new VarveError('unknown_table', `There is no table "${name}".`, { span, hint });
}

function wantBool(expr: Expr, clause: string): Expr {
  if (expr.type === 'bool' || expr.type === 'null') return expr;
  throw new VarveError('type', `${clause} wants a bool, not ${expr.type}.`, { span: expr.span });
}

/** An end of the range: a time, a text that is one, or a duration back from now. */
function bound(node: Syntax | null, context: BindContext): number | null {
  if (node === null) return null;
  const expr =
    node.kind === 'duration'
      ? bindStep(nowOf(node, context), node, '-', node.span, context)
      : bindExpression(node, context);
  if (expr.kind === 'literal' && expr.type === 'time') return expr.value as number;
  const value =
    expr.kind === 'literal' && typeof expr.value === 'string' ? parseTime(expr.value, context.timezone) : null;
  if (value !== null) return value;
  throw new VarveError('type', `${printExpression(node)} is no fixed time.`, {
    span: node.span,
    hint: "Write '2024-03-01', today - 7d, this week, or 7d (back from now).",
  });
}

function nowOf({ span }: Syntax, context: BindContext): Expr {
  return { kind: 'literal', value: context.now, type: 'time', span };
}

const flipped: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ['<=', '>='],
  ['>', '<'],
  ['>=', '<='],
]);

/** Takes what the conjuncts of `where` say of time into the range, on whichever side it stands: it prunes, and they stay. */
function narrow(range: TimeRange, where: Expr | null): TimeRange {
  let { since, until } = range;
  for (const conjunct of where === null ? [] : conjunctsOf(where)) {
    if (conjunct.kind !== 'call' || conjunct.args.length !== 2) continue;
    const [left, right] = conjunct.args as [Expr, Expr];
    const turned = left.kind === 'literal';
    const [column, literal] = turned ? [right, left] : [left, right];
    if (column.kind !== 'column' || column.name !== 'time') continue;
    if (literal.kind !== 'literal' || typeof literal.value !== 'number') continue;
    const comparison = turned ? flipped.get(conjunct.name) : conjunct.name;
    const { value } = literal;
    if (comparison === '>=' || comparison === '>')
      since = Math.max(since ?? -Infinity, comparison === '>' ? value + 1 : value);
    if (comparison === '<' || comparison === '<=')
      until = Math.min(until ?? Infinity, comparison === '<=' ? value + 1 : value);
  }
  return { since, until };
}

/** `between` and brackets nest one `and` in another. */
function conjunctsOf(expr: Expr): readonly Expr[] {
  return expr.kind === 'and' ? expr.args.flatMap(conjunctsOf) : [expr];
}

function bindEvents(
  query: SelectSyntax,
  context: BindContext,
): Pick<EventsPlan, 'kind' | 'outputs' | 'order'> & { reads: Expr[] } {
  const outputs: OutputColumn[] = [];
  const aliases = new Map<string, Expr>();
  for (const item of query.items) {
    if (item.expr.kind === 'star') {
      for (const name of starColumns(context.schema))
        outputs.push({ name, expr: bindExpression({ kind: 'name', name, quoted: true, span: item.span }, context) });
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
    outputs: uniqueNames(outputs),
    order,
    reads: [...outputs, ...order].map(({ expr }) => expr),
  };
}

/** `time`, then the actor, then the others as they first appeared. */
function starColumns(schema: TableSchema): string[] {
  const names = schema.columns.map((column) => column.name);
  const first = ['time', ...(schema.actor === null ? [] : [schema.actor])];
  return [...first, ...names.filter((name) => !first.includes(name))];
}
