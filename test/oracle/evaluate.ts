import { compareNullsLast, type Cell, type Time } from './cells.ts';
import { valueOf, type Reading, type Row } from './evaluate-expr.ts';
import { bucketsOf, type Bucket } from './evaluate-every.ts';
import { groupsOf } from './evaluate-groups.ts';
import { readSources } from './evaluate-sources.ts';
import { isGrouped, type Expr, type Query } from './tree.ts';

/** A table as the evaluator has it: rows in the order of time, ties in stored order. */
export interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly Row[];
}

export interface World {
  readonly tables: ReadonlyMap<string, Table>;
  /** "Now" of every query, UTC ms. */
  readonly now: number;
}

/** An answer: its columns, its rows, and the rows as a source of another query has them. */
export interface Answer {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly stream: readonly Row[];
}

/** Answers a query row by row, as the language's contract says and nothing faster. */
export function evaluate(query: Query, world: World): Answer {
  const reading = readingOf(query, world);
  const { since, until, where } = query;
  const rows = readSources(query, world).filter((row) => where === null || valueOf(where, row, reading) === true);
  if (isGrouped(query)) return groupsOf(query, rows, world, reading);
  const inRange = rows.filter(({ ms }) => (since === null || ms >= since.ms) && (until === null || ms < until.ms));
  return eventsOf(query, inRange, reading);
}

/** @returns the buckets of a query with `every`. */
export function bucketsOfQuery(query: Query, world: World): Bucket[] {
  const reading = readingOf(query, world);
  const { since, until, where } = query;
  const rows = readSources(query, world).filter(
    (row) =>
      (since === null || row.ms >= since.ms) &&
      (until === null || row.ms < until.ms) &&
      (where === null || valueOf(where, row, reading) === true),
  );
  return bucketsOf(query, rows, world);
}

/** @returns what the expressions of a query share; a subquery is answered once. */
export function readingOf(query: Query, world: World): Reading {
  const known = new Map<Expr, readonly Cell[]>();
  return {
    zone: query.zone,
    subquery(expr) {
      let values = known.get(expr);
      if (values === undefined) known.set(expr, (values = evaluate(expr.query, world).rows.map(([first]) => first!)));
      return values;
    },
  };
}

function eventsOf(query: Query, rows: readonly Row[], reading: Reading): Answer {
  const sorted = rows.map((row) => ({ row, sort: query.order.map(({ expr }) => valueOf(expr, row, reading)) }));
  sorted.sort((a, b) => compareSorts(query, a.sort, b.sort));
  const kept = cut(query, sorted).map(({ row }) => ({
    row,
    outputs: query.items.map(({ expr }) => valueOf(expr, row, reading)),
  }));
  const names = query.items.map(({ alias }) => alias);
  return {
    names,
    rows: kept.map(({ outputs }) => outputs),
    stream: kept.map(({ row, outputs }) => {
      const kept = ['time', 'actor'].filter((name) => row.cells.has(name));
      const cells = new Map<string, Cell>([
        ...kept.map((name): [string, Cell] => [name, row.cells.get(name)!]),
        ...names.map((name, index): [string, Cell] => [name, outputs[index]!]),
      ]);
      return { cells, ms: (cells.get('time') as Time | undefined)?.ms ?? NaN };
    }),
  };
}

/** @returns the order of two rows by `order by`, nulls last in both directions; 0 where it leaves them. */
export function compareSorts(query: Query, a: readonly Cell[], b: readonly Cell[]): number {
  for (const [index, { descending }] of query.order.entries()) {
    const [x, y] = [a[index]!, b[index]!];
    const found = descending && x !== null && y !== null ? compareNullsLast(y, x) : compareNullsLast(x, y);
    if (found !== 0) return found;
  }
  return 0;
}

/** @returns what `limit` and `offset` leave. */
export function cut<T>({ limit, offset }: Query, rows: readonly T[]): T[] {
  return rows.slice(offset, limit === null ? undefined : offset + limit);
}
