import { afterAll, describe, expect, it } from 'vitest';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import { executePlan } from '../../engine/execute/run.ts';
import { limitWay } from '../../engine/execute/limit-way.ts';
import type { ScanSource } from '../../engine/execute/scan-task.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import type { TableSnapshot } from '../../engine/store/store-types.ts';
import { randomOf, type Random } from './random-plans.ts';
import { rowsOf, smallEnvironment, storeOf } from './stores.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_401);
const host = createNodeHost(() => undefined, 0);
const pooled = createNodeHost(() => undefined, 2);
const start = Date.UTC(2024, 2, 1);

afterAll(() => pooled.threads.close());

interface Row {
  readonly time: number;
  readonly user: string | null;
  readonly n: number | null;
  readonly f: number | null;
  readonly big: bigint | null;
  readonly word: string;
  readonly tags: readonly string[];
}

/** @param times how many times there are: few make ties. */
function randomRows(random: Random, count: number, times: number): Row[] {
  const orNull = <T>(value: T): T | null => (random() < 0.1 ? null : value);
  return Array.from({ length: count }, () => ({
    time: start + Math.floor(random() * times) * 1009,
    user: orNull(`u${Math.floor(random() ** 2 * 200)}`),
    n: orNull(Math.floor(random() * 60) - (random() < 0.05 ? 1e9 : 0)),
    f: orNull(random() < 0.05 ? -0 : Math.floor(random() * 1e6) / 8 - 4000),
    big: orNull(BigInt(Math.floor(random() * 1e9)) * 10n ** 9n),
    word: `w${Math.floor(random() * 300)}`,
    tags: Array.from({ length: Math.floor(random() * 3) }, (_, at) => `t${at}`),
  }));
}

const orders = [
  '',
  'order by time',
  'order by time desc',
  'order by time desc, n',
  'order by n desc',
  'order by n, f desc',
  'order by f',
  'order by f desc, word',
  'order by big desc',
  'order by word desc, time desc',
  'order by n + 1, word',
];
const ranges = [
  '',
  "since '2024-03-01T00:10:00Z'",
  "until '2024-03-01T01:00:00Z'",
  "since '2024-03-01T00:05:00Z' until '2024-03-01T00:40:00Z'",
];
const wheres = ['', '', 'where n > 20', "where word = 'w7' or f < 0"];
const limits = ['limit 0', 'limit 1', 'limit 10', 'limit 7 offset 13', 'limit 300', 'limit 100000'];
const outputs = ['*', 'user, word, tags', 'big, time', 'n * 2 as twice, word, user'];

describe('the first rows of an order', () => {
  it.each([1, 2, 3].map((round) => [seed + round, [5, 400, 1e6][round - 1]!]))(
    'are those that all rows in that order begin with, wherever they lie and whatever the threads (seed %i, %i times)',
    async (own, times) => {
      const random = randomOf(own);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
      // Two batches overlap each other in time.
      const rows = randomRows(random, 3000, times);
      const store = await storeOf(host, [rows.slice(0, 1200), rows.slice(1200, 1300), rows.slice(1300, 2900)]);
      const inMemory = store.snapshot();
      await store.compact();
      const { batch, options } = batchFromRows(
        rows.slice(2900).map((row) => ({ ...row, time: new Date(row.time) })),
        { time: 'time', actor: 'user' },
        store.schema('t'),
        0,
      );
      await store.append([{ table: 't', options, bytes: encodeBatch(batch) }]);
      const compacted = store.snapshot();
      const environments = [smallEnvironment(host), smallEnvironment(pooled)];
      const run = async (at: number, table: TableSnapshot, text: string): Promise<unknown> => {
        const schemas = new Map([['t', table.schema]]);
        const plan = compileQuery(text, { schemas, params: {}, now: start, timezone: 'UTC' });
        return rowsOf(await executePlan(environments[at]!, plan, new Map([['t', table]])));
      };
      for (let number = 0; number < 40; number++) {
        const query = `select ${pick(outputs)} from t ${pick(ranges)} ${pick(wheres)} ${pick(orders)}`;
        const limit = pick(limits);
        const [, count, offset = '0'] = /limit (\d+)(?: offset (\d+))?/.exec(limit)!;
        for (const snapshot of [inMemory, compacted]) {
          const table = snapshot.tables.get('t')!;
          const all = (await run(0, table, query)) as unknown[];
          const wanted = all.slice(Number(offset), Number(offset) + Number(count));
          for (const at of [0, 1])
            expect({ query, limit, rows: await run(at, table, `${query} ${limit}`) }).toEqual({
              query,
              limit,
              rows: wanted,
            });
        }
      }
      for (const snapshot of [inMemory, compacted]) snapshot.release();
      await store.close();
    },
  );

  it('are found by time alone, late or by tasks, as plan and sources are', async () => {
    const store = await storeOf(host, [randomRows(randomOf(seed), 50, 1000)]);
    const snapshot = store.snapshot();
    const table = snapshot.tables.get('t')!;
    const sources: ScanSource[] = table.sources.map((descriptor, index) => ({
      descriptor,
      index,
      table: { index: 0, name: 't' },
      actor: 'user',
    }));
    const way = (text: string): string => {
      const plan = compileQuery(text, {
        schemas: new Map([['t', table.schema]]),
        params: {},
        now: start,
        timezone: 'UTC',
      });
      return limitWay(plan, sources);
    };
    expect(way('select * from t limit 5')).toBe('first');
    expect(way("select * from t since '2024-03-01' order by time desc limit 5")).toBe('first');
    expect(way('select * from t where n = 1 limit 5')).toBe('late');
    expect(way('select * from t order by n limit 5')).toBe('late');
    expect(way('select lower(word) as low from t limit 5')).toBe('tasks');
    expect(way('select * from t limit 0')).toBe('tasks');
    expect(way('select * from t')).toBe('tasks');
    expect(way('select count() from t limit 5')).toBe('tasks');
    snapshot.release();
    await store.close();
  });
});
