import { addStep, bucketStart } from './calendar.ts';
import { compareNullsLast, isList, keyOf, type Cell } from './cells.ts';
import { compareSorts, cut, type Answer, type World } from './evaluate.ts';
import { changeOf, earlier, pairsOf, type Pair } from './evaluate-compare.ts';
import { bucketsOf, partialOf, type Bucket } from './evaluate-every.ts';
import { valueOf, valueOfGroup, type Group, type Reading, type Row } from './evaluate-expr.ts';
import { placeOf, topsOf, type Keyed, type Ranks } from './evaluate-top.ts';
import { holds, type Query } from './tree.ts';

/**
 * @param rows those that pass `where`, at any time.
 * @returns the answer of a query with aggregates.
 */
export function groupsOf(query: Query, rows: readonly Row[], world: World, reading: Reading): Answer {
  const ranks = new Map<string, number>();
  const now = everyGroup(query, rows, world, reading, ranks);
  const then = query.compare === null ? [] : everyGroup(earlier(query, world), rows, world, reading, ranks);
  const pairs: readonly Pair[] =
    query.compare === null ? now.map((group) => ({ now: group, then: group })) : pairsOf(query, now, then);
  const answered = pairs.map((pair) => ({
    group: pair.now,
    outputs: query.items.flatMap(({ expr }) => outputsOf(query, expr, pair, reading)),
    sort: query.order.map(({ expr }) => valueOfGroup(expr, pair.now, reading)),
    kept: query.having === null || valueOfGroup(query.having, pair.now, reading) === true,
  }));
  const sorted = answered
    .filter(({ kept }) => kept)
    .sort((a, b) => compareSorts(query, a.sort, b.sort) || compareKeys(query, a.group.keys, b.group.keys, ranks));
  const isPartial = partialOf(query, world);
  const hidden = hiddenKeys(query);
  const names = namesOf(query, hidden);
  const answer = cut(query, sorted).map(({ group, outputs }) => [
    ...(query.every === null ? [] : [group.keys[query.keys.length]!]),
    ...hidden.map((index) => group.keys[index]!),
    ...outputs,
    ...(query.every === null ? [] : [isPartial(group.keys[query.keys.length]!)]),
  ]);
  const stream = answer.map((outputs) => ({
    cells: new Map(names.map((name, index) => [name, outputs[index]!])),
    ms: NaN,
  }));
  return { names, rows: answer, stream };
}

function namesOf(query: Query, hidden: readonly number[]): string[] {
  return [
    ...(query.every === null ? [] : ['time']),
    ...hidden.map((index) => query.keys[index]!.alias),
    ...query.items.flatMap(({ expr, alias }) =>
      query.compare !== null && isMeasure(expr) ? [alias, `${alias}_before`, `${alias}_change`] : [alias],
    ),
    ...(query.every === null ? [] : ['partial']),
  ];
}

function isMeasure(expr: Query['items'][number]['expr']): boolean {
  return holds(expr, ({ kind }) => kind === 'aggregate');
}

function outputsOf(query: Query, expr: Query['items'][number]['expr'], pair: Pair, reading: Reading): Cell[] {
  const now = valueOfGroup(expr, pair.now, reading);
  if (query.compare === null || !isMeasure(expr)) return [now];
  const then = valueOfGroup(expr, pair.then, reading);
  return [now, then, changeOf(now, then)];
}

/** Keys that are no item come first in the answer. */
export function hiddenKeys(query: Query): number[] {
  return query.keys
    .map((_, index) => index)
    .filter((index) => !query.items.some(({ expr }) => expr.kind === 'key' && expr.index === index));
}

/** With `every` the bucket stands behind the other keys, and is the first to go by; values of a top go by their size. */
function compareKeys({ every, keys }: Query, a: readonly Cell[], b: readonly Cell[], ranks: Ranks): number {
  const places = keys.map((_, index) => index);
  for (const place of every === null ? places : [keys.length, ...places]) {
    const [x, y] =
      (keys[place]?.top ?? null) === null ? [] : [ranks.get(placeOf(a, place)), ranks.get(placeOf(b, place))];
    const found = x !== undefined && y !== undefined && x !== y ? x - y : compareNullsLast(a[place]!, b[place]!);
    if (found !== 0) return found;
  }
  return 0;
}

function everyGroup(
  query: Query,
  rows: readonly Row[],
  world: World,
  reading: Reading,
  ranks: Map<string, number>,
): Group[] {
  const { every, since, until } = query;
  const inRange = rows.filter(({ ms }) => (since === null || ms >= since.ms) && (until === null || ms < until.ms));
  const range = { from: since?.ms ?? null, to: until?.ms ?? null };
  const buckets = every === null ? [] : bucketsOf(query, inRange, world);
  const [first] = buckets;
  const read =
    query.trailing === null || first === undefined
      ? inRange
      : rows.filter(({ ms }) => ms >= windowStart(query, first) && (until === null || ms < until.ms));
  const all = read.flatMap((row) => keysOf(query, row, reading).map((keys): Keyed => ({ keys, row })));
  const topped = topsOf(query, all, reading);
  for (const [name, rank] of topped.ranks) ranks.set(name, rank);
  const plain = new Map<string, { keys: readonly Cell[]; rows: Row[] }>();
  if (query.keys.length === 0 && (every === null || since !== null)) plain.set('', { keys: [], rows: [] });
  for (const { keys, row } of topped.keyed) {
    const name = keys.map(keyOf).join();
    const group = plain.get(name);
    if (group === undefined) plain.set(name, { keys, rows: [row] });
    else group.rows.push(row);
  }
  if (every === null) return [...plain.values()].map((group) => ({ ...group, context: range }));
  return [...plain.values()].flatMap(({ keys, rows: own }) =>
    buckets.map((bucket) => ({
      keys: [...keys, { ms: bucket.start }],
      rows: own.filter(({ ms }) => ms >= windowStart(query, bucket) && ms < bucket.end),
      context: {
        from: Math.max(bucket.start, since?.ms ?? bucket.start),
        to: Math.min(bucket.end, until?.ms ?? bucket.end),
      },
    })),
  );
}

/** @returns where what is measured in a bucket begins: a window of `trailing` goes back from the bucket's end. */
export function windowStart({ trailing, zone }: Query, { start, end }: Bucket): number {
  return trailing === null ? start : addStep(zone, end, trailing, -1);
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
