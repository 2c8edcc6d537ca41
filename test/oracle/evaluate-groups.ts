import { bucketStart } from './calendar.ts';
import { compareNullsLast, isList, keyOf, type Cell } from './cells.ts';
import { compareSorts, cut, type Answer, type World } from './evaluate.ts';
import { bucketsOf, isPartial } from './evaluate-every.ts';
import { valueOf, valueOfGroup, type Group, type Reading, type Row } from './evaluate-expr.ts';
import type { Query } from './tree.ts';

/** @returns the answer of a query with aggregates, from the rows that pass `where`. */
export function groupsOf(query: Query, rows: readonly Row[], world: World, reading: Reading): Answer {
  const groups = everyGroup(query, rows, world, reading);
  const answered = groups.map((group) => ({
    group,
    outputs: query.items.map(({ expr }) => valueOfGroup(expr, group, reading)),
    sort: query.order.map(({ expr }) => valueOfGroup(expr, group, reading)),
    kept: query.having === null || valueOfGroup(query.having, group, reading) === true,
  }));
  const sorted = answered
    .filter(({ kept }) => kept)
    .sort((a, b) => compareSorts(query, a.sort, b.sort) || compareKeys(query, a.group.keys, b.group.keys));
  const hidden = hiddenKeys(query);
  const names = [
    ...(query.every === null ? [] : ['time']),
    ...hidden.map((index) => query.keys[index]!.alias),
    ...query.items.map(({ alias }) => alias),
    ...(query.every === null ? [] : ['partial']),
  ];
  const answer = cut(query, sorted).map(({ group, outputs }) => [
    ...(query.every === null ? [] : [group.keys[query.keys.length]!]),
    ...hidden.map((index) => group.keys[index]!),
    ...outputs,
    ...(query.every === null ? [] : [isPartial(query, group.keys[query.keys.length]!, world)]),
  ]);
  const stream = answer.map((outputs) => ({
    cells: new Map(names.map((name, index) => [name, outputs[index]!])),
    ms: NaN,
  }));
  return { names, rows: answer, stream };
}

/** Keys that are no item come first in the answer. */
export function hiddenKeys(query: Query): number[] {
  return query.keys
    .map((_, index) => index)
    .filter((index) => !query.items.some(({ expr }) => expr.kind === 'key' && expr.index === index));
}

/** With `every` the bucket stands behind the other keys, and is the first to go by. */
function compareKeys({ every, keys }: Query, a: readonly Cell[], b: readonly Cell[]): number {
  const places = keys.map((_, index) => index);
  for (const place of every === null ? places : [keys.length, ...places]) {
    const found = compareNullsLast(a[place]!, b[place]!);
    if (found !== 0) return found;
  }
  return 0;
}

function everyGroup(query: Query, rows: readonly Row[], world: World, reading: Reading): Group[] {
  const range = { from: query.since?.ms ?? null, to: query.until?.ms ?? null };
  const plain = new Map<string, { keys: readonly Cell[]; rows: Row[] }>();
  if (query.keys.length === 0 && (query.every === null || query.since !== null)) plain.set('', { keys: [], rows: [] });
  for (const row of rows) {
    for (const keys of keysOf(query, row, reading)) {
      const name = keys.map(keyOf).join();
      const group = plain.get(name);
      if (group === undefined) plain.set(name, { keys, rows: [row] });
      else group.rows.push(row);
    }
  }
  const { every, zone } = query;
  if (every === null) return [...plain.values()].map((group) => ({ ...group, context: range }));
  const buckets = bucketsOf(query, rows, world);
  return [...plain.values()].flatMap(({ keys, rows: own }) => {
    const byBucket = new Map<number, Row[]>();
    for (const row of own) {
      const start = bucketStart(zone, row.ms, every);
      byBucket.set(start, [...(byBucket.get(start) ?? []), row]);
    }
    return buckets.map(({ start, end }) => ({
      keys: [...keys, { ms: start }],
      rows: byBucket.get(start) ?? [],
      context: { from: Math.max(start, range.from ?? start), to: Math.min(end, range.to ?? end) },
    }));
  });
}

/** In `group by` beside `every`, `time` is the start of the bucket. */
function atBucketStart(row: Row, ms: number): Row {
  return { ...row, cells: new Map<string, Cell>([...row.cells, ['time', { ms }]]) };
}

/** @returns the keys under which a row counts: a list that is unnested has one for each element. */
function keysOf(query: Query, row: Row, reading: Reading): Cell[][] {
  const seen = query.every === null ? row : atBucketStart(row, bucketStart(query.zone, row.ms, query.every));
  let all: Cell[][] = [[]];
  for (const { expr, unnest } of query.keys) {
    const value = valueOf(expr, seen, reading);
    const values = !unnest ? [value] : value !== null && isList(value) ? value : [];
    all = all.flatMap((keys) => values.map((own) => [...keys, own]));
  }
  return all;
}
