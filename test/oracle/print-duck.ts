import { aggregates } from './aggregates.ts';
import { hiddenKeys } from './evaluate-groups.ts';
import { isTime, type Cell, type Type } from './cells.ts';
import { printLives } from './print-duck-lives.ts';
import { scalars } from './scalars/all.ts';
import { holds, isGrouped, type Expr, type Query, type Source } from './tree.ts';

/** What DuckDB has no equivalent of. */
export class NoEquivalent extends Error {}

/** Buckets of `every` for DuckDB, which has no such clause: their ends, and whether they are partial. */
export interface DuckBucket {
  /** Where what is measured begins: with the bucket, or before it. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
  readonly partial: boolean;
}

/**
 * @param buckets those of a query with `every`.
 * @returns the query in DuckDB's SQL. @throws NoEquivalent with the reason.
 */
export function printDuck(query: Query, buckets: readonly DuckBucket[] = []): string {
  if (query.compare !== null) throw new NoEquivalent('compare');
  if (query.every !== null) return printEvery(query, buckets);
  return isGrouped(query) ? printGroups(query) : printEvents(query);
}

/** Every group beside every bucket, and the events of both joined to them. */
function printEvery(query: Query, buckets: readonly DuckBucket[]): string {
  const { zone } = query;
  if (buckets.length === 0 || buckets.length > 400) throw new NoEquivalent('every without or with many buckets');
  const isTimed = (part: Expr): boolean => part.kind === 'column' && part.name === 'time';
  if (query.keys.some(({ expr }) => holds(expr, isTimed))) throw new NoEquivalent('time as a key beside every');
  const keys = printKeys(query);
  const read = query.trailing === null ? query : { ...query, since: { text: '', ms: buckets[0]!.from } };
  const names = query.keys.map((_, index) => `_k${index}`);
  const values = buckets.map(({ from, start, end, partial }) => `(${from}, ${start}, ${end}, ${partial})`).join(', ');
  const items = [
    '_start',
    ...hiddenKeys(query).map((index) => `_g._k${index}`),
    ...query.items.map(({ expr }) => inEvery(duckExpr(expr, zone, '_present'), query)),
    '_partial',
  ].map((text, index) => `${text} as _c${index}`);
  const sorts = [
    ...query.order.map((order) => printSort(inEvery(duckExpr(order.expr, zone, '_present'), query), order.descending)),
    '_start',
    ...names.map((name) => printSort(`_g.${name}`, false)),
  ];
  const groups = names.length > 0 ? `select distinct ${names.join(', ')} from _rows` : 'select 1 as _k0';
  const meets = [...names.map((name) => `_r.${name} is not distinct from _g.${name}`), 'time >= _from', 'time < _end'];
  return [
    `with _rows as (select *, true as _present${keys.map((key) => `, ${key}`).join('')} ${printFrom(query)} ${printWhere(read)}),`,
    `_g as (${groups}), _b(_from, _start, _end, _partial) as (values ${values})`,
    `select ${items.join(', ')} from _g cross join _b left join _rows as _r on ${meets.join(' and ')}`,
    `group by ${['_start', '_end', '_partial', ...names.map((name) => `_g.${name}`)].join(', ')}`,
    ...(query.having === null ? [] : [`having ${inEvery(duckExpr(query.having, zone, '_present'), query)}`]),
    `order by ${sorts.join(', ')}`,
    printLimit(query),
  ].join(' ');
}

/** A key is that of the group, and the one behind the others the bucket. */
function inEvery(text: string, query: Query): string {
  return text.replace(/(?<![.\w])_k(\d+)/g, (_, index: string) =>
    Number(index) === query.keys.length ? '_start' : `_g._k${index}`,
  );
}

function printKeys(query: Query): string[] {
  // Two lists side by side are one row an index there, not one a pair.
  if (query.keys.filter(({ unnest }) => unnest).length > 1) throw new NoEquivalent('two lists unnested');
  return query.keys.map(({ expr, unnest, top }, index) => {
    if (top !== null) throw new NoEquivalent('top');
    const text = duckExpr(expr, query.zone);
    return `${unnest ? `unnest(${text})` : text} as _k${index}`;
  });
}

function printEvents(query: Query, ordered = true): string {
  const items = query.items.map(({ expr, alias }) => `${duckExpr(expr, query.zone)} as ${alias}`);
  const derived = query.from.some(({ kind }) => kind !== 'table');
  const ties = derived ? [] : ['time', '_rank'];
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
  const keys = printKeys(query);
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
      return `select * replace (_rank + ${10_000 * index} as _rank), '${source.name}' as _table from ${source.name}`;
    });
    return `from (${parts.join(' union all by name ')})`;
  }
  return `from ${printSource(only!, query.zone)}`;
}

function printSource(source: Source, zone: string): string {
  if (source.kind === 'table') return source.name;
  if (source.kind !== 'query')
    return printLives(source, printSource(source.source, zone), (expr) => duckExpr(expr, zone));
  const { query } = source;
  if (!isGrouped(query)) {
    const names = new Set(query.items.map(({ alias }) => alias));
    // Events keep their place, too.
    const kept = ['time', 'actor', ...(query.from.every(({ kind }) => kind === 'table') ? ['_rank'] : [])].filter(
      (name) => !names.has(name),
    );
    const items = kept.map((name) => ({ expr: { kind: 'column', name, type: 'text' } as const, alias: name }));
    return `(${printEvents({ ...query, items: [...query.items, ...items] }, query.limit !== null)})`;
  }
  const names = [
    ...hiddenKeys(query).map((index) => query.keys[index]!.alias),
    ...query.items.map(({ alias }) => alias),
  ];
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

/** @param present what stands in every filter: true where a row of a left join is one. */
function duckExpr(expr: Expr, zone: string, present = ''): string {
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
        expr.args.map((arg) => duckExpr(arg, zone, present)),
        expr.args,
        zone,
      );
      if (text === undefined || text === null) throw new NoEquivalent(expr.name);
      return text;
    }
    case 'aggregate': {
      const conditions = [
        ...(present === '' ? [] : [present]),
        ...(expr.filter === null ? [] : [duckExpr(expr.filter, zone)]),
      ];
      const filter = conditions.length === 0 ? '' : ` filter (where ${conditions.join(' and ')})`;
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
