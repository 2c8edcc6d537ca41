import { aggregates } from './aggregates.ts';
import { hiddenKeys } from './evaluate-groups.ts';
import { isTime, type Cell, type Type } from './cells.ts';
import { scalars } from './scalars/all.ts';
import { isGrouped, type Expr, type Query, type Source } from './tree.ts';

/** What DuckDB has no equivalent of. */
export class NoEquivalent extends Error {}

/** @returns the query in DuckDB's SQL. @throws NoEquivalent with the reason. */
export function printDuck(query: Query): string {
  if (query.trailing !== null || query.compare !== null) throw new NoEquivalent('trailing, compare');
  return isGrouped(query) ? printGroups(query) : printEvents(query);
}

function printEvents(query: Query, ordered = true): string {
  const items = query.items.map(({ expr, alias }) => `${duckExpr(expr, query.zone)} as ${alias}`);
  const derived = query.from.some(({ kind }) => kind !== 'table');
  const ties = derived ? [] : ['time', ...(query.from.length > 1 ? ['_source'] : []), '_rank'];
  const sorts = [...query.order.map((order) => printSort(duckExpr(order.expr, query.zone), order.descending)), ...ties];
  return [
    `select ${items.join(', ')}`,
    printFrom(query),
    printWhere(query),
    ...(ordered && sorts.length > 0 ? [`order by ${sorts.join(', ')}`] : []),
    printLimit(query),
  ].join(' ');
}

function printGroups(query: Query): string {
  const { zone } = query;
  const keys = query.keys.map(({ expr, unnest, top }, index) => {
    if (top !== null) throw new NoEquivalent('top');
    const text = duckExpr(expr, zone);
    return `${unnest ? `unnest(${text})` : text} as _k${index}`;
  });
  if (query.every !== null) throw new NoEquivalent('every');
  const names = query.keys.map((_, index) => `_k${index}`);
  const items = [
    ...hiddenKeys(query).map((index) => `_k${index}`),
    ...query.items.map(({ expr }) => duckExpr(expr, zone)),
  ].map((text, index) => `${text} as _c${index}`);
  const inner = `(select *${keys.length === 0 ? '' : `, ${keys.join(', ')}`} ${printFrom(query)} ${printWhere(query)})`;
  const sorts = [
    ...query.order.map((order) => printSort(duckExpr(order.expr, zone), order.descending)),
    ...names.map((name) => printSort(name, false)),
  ];
  return [
    `select ${items.join(', ')} from ${inner}`,
    ...(names.length === 0 ? [] : [`group by ${names.join(', ')}`]),
    ...(query.having === null ? [] : [`having ${duckExpr(query.having, zone)}`]),
    ...(sorts.length === 0 ? [] : [`order by ${sorts.join(', ')}`]),
    printLimit(query),
  ].join(' ');
}

function printSort(text: string, descending: boolean): string {
  return `${text} ${descending ? 'desc' : 'asc'} nulls last`;
}

function printFrom(query: Query): string {
  const [only] = query.from;
  if (query.from.length > 1) {
    const parts = query.from.map((source, index) => {
      if (source.kind !== 'table') throw new NoEquivalent('several sources that are no tables');
      return `select *, ${index} as _source, '${source.name}' as _table from ${source.name}`;
    });
    return `from (${parts.join(' union all by name ')})`;
  }
  return `from ${printSource(only!)}`;
}

function printSource(source: Source): string {
  if (source.kind === 'table') return source.name;
  if (source.kind !== 'query') throw new NoEquivalent(source.kind);
  const { query } = source;
  if (!isGrouped(query)) {
    const names = new Set(query.items.map(({ alias }) => alias));
    const kept = ['time', 'actor'].filter((name) => !names.has(name));
    const items = kept.map((name) => ({ expr: { kind: 'column', name, type: 'text' } as const, alias: name }));
    return `(${printEvents({ ...query, items: [...query.items, ...items] }, query.limit !== null)})`;
  }
  const names = [...hiddenKeys(query).map((index) => query.keys[index]!.alias), ...query.items.map(({ alias }) => alias)];
  return `(${printGroups(query)}) as _q(${names.join(', ')})`;
}

function printWhere(query: Query): string {
  const parts = [
    ...(query.since === null ? [] : [`time >= ${query.since.ms}`]),
    ...(query.until === null ? [] : [`time < ${query.until.ms}`]),
    ...(query.where === null ? [] : [duckExpr(query.where, query.zone)]),
  ];
  return parts.length === 0 ? '' : `where ${parts.join(' and ')}`;
}

function printLimit({ limit, offset }: Query): string {
  return limit === null ? '' : `limit ${limit} offset ${offset}`;
}

function duckExpr(expr: Expr, zone: string): string {
  switch (expr.kind) {
    case 'column':
      return expr.name;
    case 'constant':
      return duckConstant(expr.value, expr.type);
    case 'key':
      return `_k${expr.index}`;
    case 'call': {
      const rule = scalars.get(expr.name)!;
      const text = rule.duck?.(
        expr.args.map((arg) => duckExpr(arg, zone)),
        expr.args,
        zone,
      );
      if (text === undefined || text === null) throw new NoEquivalent(expr.name);
      return text;
    }
    case 'aggregate': {
      const filter = expr.filter === null ? '' : ` filter (where ${duckExpr(expr.filter, zone)})`;
      const text = aggregates.get(expr.name)!.duck?.(
        expr.args.map((arg) => duckExpr(arg, zone)),
        filter,
      );
      if (text === undefined) throw new NoEquivalent(expr.name);
      return text;
    }
    case 'in_query': {
      const inner = printDuck(expr.query);
      const arg = duckExpr(expr.arg, zone);
      const values = `(select _v from (${inner}) as _s(_v) where _v is not null)`;
      return `(case when ${arg} is null then null else ${arg} ${expr.negated ? 'not ' : ''}in ${values} end)`;
    }
  }
}

function duckConstant(value: Cell, type: Type): string {
  if (value === null) return 'null';
  if (type === 'duration') return value as string;
  if (isTime(value)) return `(${value.ms})::BIGINT`;
  switch (typeof value) {
    case 'string':
      return `'${value.replaceAll("'", "''")}'`;
    case 'number':
      return `(${value})::DOUBLE`;
    case 'bigint':
      return `(${value})::BIGINT`;
    default:
      return String(value);
  }
}
