import { afterAll, expect, it } from 'vitest';
import { hash64OfText } from '../../engine/base/hash64.ts';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import type { Scalar } from '../../engine/column/values.ts';
import { createExecutionEnvironment } from '../../engine/execute/environment.ts';
import { executePlan } from '../../engine/execute/run.ts';
import { scalarAt } from '../../engine/functions/access.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import { openStore } from '../../engine/store/store.ts';
import type { TableSnapshot } from '../../engine/store/store-types.ts';
import { temporaryFolder } from '../support.ts';
import { randomOf, randomRows, type Row } from './random-plans.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 4_711);
const host = createNodeHost(() => undefined, 0);
const pooled = createNodeHost(() => undefined, 3);
const sizes = { sliceActorsMax: 4, sliceRowsMax: 40, poolRowsMin: 0 };

afterAll(() => pooled.threads.close());

type Measure = readonly [text: string, of: (rows: readonly Stored[]) => Scalar];

interface Stored extends Row {
  readonly arrival: number;
}

/** Numbers ascending. */
function numbersOf(rows: readonly Stored[]): number[] {
  return rows.flatMap(({ f }) => (f === null ? [] : [f])).sort((a, b) => a - b);
}

function quantile(rows: readonly Stored[], share: number): Scalar {
  const sorted = numbersOf(rows);
  if (sorted.length === 0) return null;
  const rank = share * (sorted.length - 1);
  const low = sorted[Math.floor(rank)]!;
  return low + (sorted[Math.ceil(rank)]! - low) * (rank - Math.floor(rank));
}

function sum(a: Scalar, b: Scalar): Scalar {
  return a === null || b === null ? null : (a as number) + (b as number);
}

/** Stored order: by the actor's hash, then by arrival. */
function storedBefore(a: Stored, b: Stored): number {
  const [x, y] = [hash64OfText(a.user ?? ''), hash64OfText(b.user ?? '')];
  return x.high - y.high || x.low - y.low || a.arrival - b.arrival;
}

function first(rows: readonly Stored[], sign: 1 | -1): Scalar {
  const own = rows.filter(({ country, user }) => country !== null && user !== null);
  const [chosen] = own.sort((a, b) => sign * (a.time - b.time) || storedBefore(a, b));
  return chosen?.country ?? null;
}

function top(rows: readonly Stored[], most: number): Scalar {
  const counts = new Map<number, number>();
  for (const { n } of rows) if (n !== null) counts.set(n, (counts.get(n) ?? 0) + 1);
  if (counts.size === 0) return null;
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || a.value - b.value)
    .slice(0, most);
}

function bins(rows: readonly Stored[], count: number): Scalar {
  const sorted = numbersOf(rows);
  if (sorted.length === 0) return null;
  const [least, most] = [sorted[0]!, sorted[sorted.length - 1]!];
  if (least === most) return [{ from: least, to: most, count: sorted.length }];
  const edge = (bin: number): number => (bin === count ? most : least + ((most - least) * bin) / count);
  return Array.from({ length: count }, (_, bin) => ({
    from: edge(bin),
    to: edge(bin + 1),
    count: sorted.filter((x) => x >= edge(bin) && (x < edge(bin + 1) || bin === count - 1)).length,
  }));
}

function variance(rows: readonly Stored[]): Scalar {
  const values = numbersOf(rows);
  if (values.length < 2) return null;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

const measures: readonly Measure[] = [
  ['median(f)', (rows) => quantile(rows, 0.5)],
  ['p90(f)', (rows) => quantile(rows, 0.9)],
  ['p50(f) + p99(f)', (rows) => sum(quantile(rows, 0.5), quantile(rows, 0.99))],
  [
    'median(f) filter (where flag)',
    (rows) =>
      quantile(
        rows.filter(({ flag }) => flag === true),
        0.5,
      ),
  ],
  ['quantile(f, 0.9)', (rows) => quantile(rows, 0.9)],
  [
    'p99(f) filter (where flag)',
    (rows) =>
      quantile(
        rows.filter(({ flag }) => flag === true),
        0.99,
      ),
  ],
  ['first(country) filter (where user is not null)', (rows) => first(rows, 1)],
  ['last(country) filter (where user is not null)', (rows) => first(rows, -1)],
  [
    'any(n)',
    (rows) =>
      rows.reduce<Scalar>(
        (least, { n }) => (n === null || (least !== null && n >= (least as number)) ? least : n),
        null,
      ),
  ],
  ['topk(n, 2)', (rows) => top(rows, 2)],
  [
    'topk(n, 3) filter (where flag)',
    (rows) =>
      top(
        rows.filter(({ flag }) => flag === true),
        3,
      ),
  ],
  ['histogram(f, 5)', (rows) => bins(rows, 5)],
  ['uniq_approx(n)', (rows) => new Set(rows.flatMap(({ n }) => (n === null ? [] : [n]))).size],
  ['uniq_approx(country)', (rows) => new Set(rows.flatMap(({ country }) => country ?? [])).size],
  ['variance(f)', variance],
];

function answerOf(rows: readonly Stored[]): Scalar[] {
  return measures.map(([, of]) => rounded(of(rows)));
}

/** Sums in another order differ in their last digits; -0 is 0. */
function rounded(value: Scalar): Scalar {
  return typeof value === 'number' ? Number(value.toPrecision(12)) + 0 : value;
}

it(`aggregates answer as plain loops do, grouped or not, from chunks and segments, with and without threads (seed ${seed})`, async () => {
  const rows = randomRows(randomOf(seed), 500).map((row, arrival): Stored => ({ ...row, arrival }));
  const store = await openStore(host, temporaryFolder(), { readOnly: false, create: true, seed: 0 });
  for (let at = 0; at < rows.length; at += 90) {
    const events = rows
      .slice(at, at + 90)
      .map(({ arrival: _arrival, ...row }) => ({ ...row, time: new Date(row.time) }));
    const { batch, options } = batchFromRows(events, { time: 'time', actor: 'user' }, store.schema('t'), 0);
    await store.append([{ table: 't', options, bytes: encodeBatch(batch) }]);
  }
  const chunks = store.snapshot();
  await store.compact();
  const segments = store.snapshot();
  const list = measures.map(([text]) => text).join(', ');
  const run = async (own: typeof host, table: TableSnapshot, text: string): Promise<Scalar[][]> => {
    const plan = compileQuery(text, { schemas: new Map([['t', table.schema]]), params: {}, now: 0, timezone: 'UTC' });
    const environment = { ...createExecutionEnvironment(own, { memory: 2 ** 26, seed: 0 }), sizes };
    const result = await executePlan(environment, plan, new Map([['t', table]]));
    return Array.from({ length: result.rowCount }, (_, row) =>
      result.data.map((values) => rounded(scalarAt(values, row))),
    );
  };
  const countries = [...new Set(rows.map(({ country }) => country))].sort((a, b) =>
    a === null ? 1 : b === null ? -1 : Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  const grouped = countries.map((country) => [country, ...answerOf(rows.filter((row) => row.country === country))]);
  for (const own of [host, pooled]) {
    for (const snapshot of [chunks, segments]) {
      const table = snapshot.tables.get('t')!;
      expect(await run(own, table, `select ${list} from t`)).toEqual([answerOf(rows)]);
      expect(await run(own, table, `select country, ${list} from t group by country`)).toEqual(grouped);
      // The buckets of trailing are the states of several joined, more than once each.
      const days = await run(
        own,
        table,
        'select median(f), p99(f), count(f) from t every 1d trailing 100d limit 3 offset 1',
      );
      const alone = await run(own, table, 'select median(f) from t every 1d trailing 100d limit 3 offset 1');
      expect(days.map(([time, median]) => [time, median])).toEqual(alone.map(([time, median]) => [time, median]));
      expect(await run(own, table, `select ${list} from t where n > 1000000`)).toEqual([answerOf([])]);
    }
  }
  for (const snapshot of [chunks, segments]) snapshot.release();
  await store.close();
});
