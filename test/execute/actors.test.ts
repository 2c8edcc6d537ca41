import { afterAll, describe, expect, it } from 'vitest';
import { executePlan } from '../../engine/execute/run.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import type { Snapshot, Store } from '../../engine/store/store-types.ts';
import { randomOf } from './random-plans.ts';
import { rowsOf, smallEnvironment, storeOf } from './stores.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_611);
const host = createNodeHost(() => undefined, 0);
const pooled = [1, 4].map((threads) => createNodeHost(() => undefined, threads));
const day = 86_400_000;
const begin = Date.UTC(2024, 0, 1);

afterAll(async () => {
  for (const { threads } of pooled) await threads.close();
});

interface Row {
  readonly time: number;
  readonly user: string | null;
  readonly country: string | null;
  readonly n: number;
}

/** Rows of few actors with many and many with few, of nobody too, in no order of time. */
function randomRows(random: () => number, count: number): Row[] {
  return Array.from({ length: count }, () => ({
    time: begin + Math.floor(random() * 40 * day),
    user: random() < 0.05 ? null : `u${Math.floor(random() ** 3 * 150)}`,
    country: random() < 0.1 ? null : ['DE', 'FR', 'IT', 'Ö'][Math.floor(random() * 4)]!,
    n: Math.floor(random() * 100),
  }));
}

async function append(store: Store, rows: readonly Row[]): Promise<void> {
  const events = rows.map((row) => ({ ...row, time: new Date(row.time) }));
  const { batch, options } = batchFromRows(events, { time: 'time', actor: 'user' }, store.schema('t'), 0);
  await store.append([{ table: 't', options, bytes: encodeBatch(batch) }]);
}

function grouped<K>(rows: readonly Row[], keyOf: (row: Row) => K): Map<K, Row[]> {
  const groups = new Map<K, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

/** Null comes last, as the language has it. */
const order = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;
/** Descending, null last all the same. */
const lateNull = (a: string | null, b: string | null): number => (a === null || b === null ? order(a, b) : order(b, a));
const actorsOf = (rows: readonly Row[]): number =>
  new Set(rows.flatMap(({ user }) => (user === null ? [] : [user]))).size;
const sumOf = (rows: readonly Row[]): number => rows.reduce((sum, { n }) => sum + n, 0);

/** Queries and the plain loops that answer them. */
const queries: Record<string, (rows: readonly Row[]) => unknown[][]> = {
  'select user, count() from t group by user order by count desc, user limit 7': (rows) =>
    [...grouped(rows, ({ user }) => user)]
      .map(([user, own]): [string | null, number] => [user, own.length])
      .sort((a, b) => b[1] - a[1] || order(a[0], b[0]))
      .slice(0, 7),
  'select user, count() as c, count() + 1 from t group by user order by c, user desc limit 6 offset 2': (rows) =>
    [...grouped(rows, ({ user }) => user)]
      .map(([user, own]): [string | null, number, number] => [user, own.length, own.length + 1])
      .sort((a, b) => a[1] - b[1] || lateNull(a[0], b[0]))
      .slice(2, 8),
  'select user, count() as c from t where n < 50 group by user order by c limit 5 offset 3': (rows) =>
    [
      ...grouped(
        rows.filter(({ n }) => n < 50),
        ({ user }) => user,
      ),
    ]
      .map(([user, own]): [string | null, number] => [user, own.length])
      .sort((a, b) => a[1] - b[1] || order(a[0], b[0]))
      .slice(3, 8),
  'select user, country, sum(n) as s, max(n) from t group by user, country order by s * 2 desc, country limit 9': (
    rows,
  ) =>
    [...grouped(rows, ({ user, country }) => JSON.stringify([user, country]))]
      .map(([key, own]): [string | null, string | null, number, number] => {
        const [user, country] = JSON.parse(key) as [string | null, string | null];
        return [user, country, sumOf(own), Math.max(...own.map(({ n }) => n))];
      })
      .sort((a, b) => b[2] - a[2] || order(a[1], b[1]) || order(a[0], b[0]))
      .slice(0, 9),
  'select user, count() from t group by user limit 4': (rows) =>
    [...grouped(rows, ({ user }) => user)]
      .map(([user, own]): [string | null, number] => [user, own.length])
      .sort((a, b) => order(a[0], b[0]))
      .slice(0, 4),
  "select user, count(), sum(n) from t where user in ('u0', 'u3', 'u77', 'nobody at all') group by user": (rows) =>
    [
      ...grouped(
        rows.filter(({ user }) => ['u0', 'u3', 'u77'].includes(user!)),
        ({ user }) => user,
      ),
    ]
      .map(([user, own]): [string | null, number, number] => [user, own.length, sumOf(own)])
      .sort((a, b) => order(a[0], b[0])),
  "select count(), uniq(user) from t where (user = 'u1' or user in ('u2', 'u5')) and country = 'DE'": (rows) => {
    const own = rows.filter(({ user, country }) => ['u1', 'u2', 'u5'].includes(user!) && country === 'DE');
    return [[own.length, actorsOf(own)]];
  },
  "select count() from t where not user in ('u1', 'u2')": (rows) => [
    [rows.filter(({ user }) => user !== null && !['u1', 'u2'].includes(user)).length],
  ],
  "select count() from t where starts_with(user, 'u1')": (rows) => [
    [rows.filter(({ user }) => user?.startsWith('u1') === true).length],
  ],
  'select country, uniq(user), uniq(user) filter (where n < 30) from t group by country': (rows) =>
    [...grouped(rows, ({ country }) => country)]
      .map(([country, own]) => [country, actorsOf(own), actorsOf(own.filter(({ n }) => n < 30))] as const)
      .sort((a, b) => order(a[0], b[0]))
      .map((row) => [...row]),
  'select uniq(user) from t where n >= 20 every 1d trailing 4d': (rows) => {
    const own = rows.filter(({ n }) => n >= 20);
    const days = own.map(({ time }) => Math.floor((time - begin) / day));
    return Array.from({ length: Math.max(...days) - Math.min(...days) + 1 }, (_, at) => {
      const last = Math.min(...days) + at;
      const within = own.filter((_row, place) => days[place]! <= last && days[place]! > last - 4);
      return [begin + last * day, actorsOf(within)];
    });
  },
};

describe('what is asked of actors', () => {
  it.each([0, 1, 2].map((round) => seed + round))(
    'is answered as by plain loops, of chunks, of segments and of both (seed %i)',
    async (own) => {
      const random = randomOf(own);
      const rows = randomRows(random, 3000);
      const store = await storeOf(host, [rows.slice(0, 900), rows.slice(900, 2000)]);
      await append(store, rows.slice(2000, 2400));
      const compare = async (snapshot: Snapshot, expected: readonly Row[]): Promise<void> => {
        const schemas = new Map([...snapshot.tables].map(([name, { schema }]) => [name, schema]));
        for (const [text, answer] of Object.entries(queries)) {
          const plan = compileQuery(text, { schemas, params: {}, now: begin + 400 * day, timezone: 'UTC' });
          for (const each of [host, ...pooled]) {
            const found = rowsOf(await executePlan(smallEnvironment(each), plan, snapshot.tables));
            const wanted = answer(expected);
            // With `every` a last column tells which buckets are cut.
            expect({ text, rows: found.map((row) => row.slice(0, wanted[0]?.length)) }).toEqual({ text, rows: wanted });
          }
        }
        snapshot.release();
      };
      await compare(store.snapshot(), rows.slice(0, 2400));
      await store.compact();
      await compare(store.snapshot(), rows.slice(0, 2400));
      await append(store, rows.slice(2400));
      await compare(store.snapshot(), rows);
      await store.close();
    },
    60_000,
  );
});
