import { aggregates } from './aggregates.ts';
import { printStep } from './calendar.ts';
import { isTime, type Cell, type Type } from './cells.ts';
import { scalars } from './scalars/all.ts';
import type { Expr, Item, Key, Query, Source } from './tree.ts';

/** @returns the query as a user would write it; one within another reads its time zone. */
export function printVarve(query: Query, within = false): string {
  const { since, until, where, every, having, limit, offset, zone } = query;
  const keys = query.keys.map((key) => printKey(key, query));
  return [
    `select ${query.items.map((item) => printItem(item, query)).join(', ')}`,
    `from ${query.from.map(printSource).join(', ')}`,
    ...(since === null ? [] : [`since ${since.text}`]),
    ...(until === null ? [] : [`until ${until.text}`]),
    ...(where === null ? [] : [`where ${printExpr(where, query)}`]),
    ...(keys.length === 0 ? [] : [`group by ${keys.join(', ')}`]),
    ...(every === null
      ? []
      : [`every ${printStep(every)}${query.trailing === null ? '' : ` trailing ${printStep(query.trailing)}`}`]),
    ...(having === null ? [] : [`having ${printExpr(having, query)}`]),
    ...(query.order.length === 0
      ? []
      : [
          `order by ${query.order.map(({ expr, descending }) => printExpr(expr, query) + (descending ? ' desc' : '')).join(', ')}`,
        ]),
    ...(limit === null ? [] : [`limit ${limit}${offset === 0 ? '' : ` offset ${offset}`}`]),
    ...(query.compare === null ? [] : [`compare ${printStep(query.compare)}`]),
    ...(within || zone === 'UTC' ? [] : [`timezone '${zone}'`]),
  ].join(' ');
}

function printItem({ expr, alias }: Item, query: Query): string {
  return expr.kind === 'key' && expr.index < query.keys.length && query.keys[expr.index]!.alias === alias
    ? alias
    : `${printExpr(expr, query)} as ${alias}`;
}

function printKey({ expr, alias, unnest, top }: Key, query: Query): string {
  const text = printExpr(expr, query);
  const cut = top === null ? '' : ` top ${top.count}${top.others ? ' others' : ''}`;
  return `${unnest ? `unnest(${text})` : text} as ${alias}${cut}`;
}

function printSource(source: Source): string {
  switch (source.kind) {
    case 'table':
      return source.name;
    case 'query':
      return `(${printVarve(source.query, true)})`;
    case 'sessions':
    case 'actors': {
      const named = [
        ...(source.kind === 'sessions' ? [`gap => ${printStep(source.gap)}`] : []),
        ...(source.per === null ? [] : [`per => ${source.per}`]),
        ...(source.kind === 'sessions' && source.starting !== null
          ? [`starting => ${printExpr(source.starting)}`]
          : []),
        ...(source.kind === 'sessions' && source.ending !== null ? [`ending => ${printExpr(source.ending)}`] : []),
        ...source.aggregates.map(({ expr, alias }) => `${alias} => ${printExpr(expr)}`),
      ];
      return `${source.kind}(${[printSource(source.source), ...named].join(', ')})`;
    }
  }
}

/** @returns an expression; `query` names the keys of what stands over groups. */
export function printExpr(expr: Expr, query?: Query): string {
  switch (expr.kind) {
    case 'column':
      return expr.name;
    case 'constant':
      return printConstant(expr.value, expr.type);
    case 'key':
      return expr.index === query!.keys.length ? 'time' : query!.keys[expr.index]!.alias;
    case 'call':
      return scalars
        .get(expr.name)!
        .varve(expr.args.map((arg) => (isReadAsTime(arg, expr) ? textOfTime(arg) : printExpr(arg, query))));
    case 'aggregate': {
      const text = aggregates.get(expr.name)!.varve(expr.args.map((arg) => printExpr(arg, query)));
      return expr.filter === null ? text : `${text} filter (where ${printExpr(expr.filter, query)})`;
    }
    case 'in_query':
      return `(${printExpr(expr.arg, query)} ${expr.negated ? 'not ' : ''}in (${printVarve(expr.query, true)}))`;
  }
}

/** Beside a column that is a time quoted text is read as one; elsewhere it is cast. */
function isReadAsTime(
  arg: Expr,
  parent: Expr & { readonly kind: 'call' },
): arg is Expr & { readonly value: { readonly ms: number } } {
  return (
    arg.kind === 'constant' &&
    arg.type === 'time' &&
    /^time ([=!<>]|(not )?(in|between))/.test(parent.name) &&
    parent.args.some(({ kind, type }) => kind === 'column' && type === 'time')
  );
}

function textOfTime({ value }: { readonly value: { readonly ms: number } }): string {
  return `'${new Date(value.ms).toISOString()}'`;
}

function printConstant(value: Cell, type: Type): string {
  if (value === null) return 'null';
  if (type === 'duration') return value as string;
  if (isTime(value)) return `${textOfTime({ value })}::time`;
  switch (typeof value) {
    case 'string':
      return `'${value.replaceAll("'", "''")}'`;
    case 'number':
      return inBrackets(/[.e]/.test(String(value)) ? String(value).replace('e+', 'e') : `${value}.0`);
    case 'bigint':
      return inBrackets(String(value));
    default:
      return String(value);
  }
}

function inBrackets(number: string): string {
  return number.startsWith('-') ? `(${number})` : number;
}
