import { afterAll, beforeAll, expect, it } from 'vitest';
import { isVarveError, open, type AppendRow, type Varve } from '../../engine/index.ts';
import { temporaryFolder } from '../support.ts';
import { randomSelect, randomOf } from './random-selects.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_402);
const queries = process.env['VARVE_LONG'] === undefined ? 300 : 3000;

let db: Varve;
beforeAll(async () => {
  db = await open(temporaryFolder(), { threads: 0 });
  const random = randomOf(seed);
  const maybe = <T>(value: T): T | null => (random() < 0.2 ? null : value);
  const among = <T>(...items: T[]): T => items[Math.floor(random() * items.length)]!;
  const at = (): string => new Date(Date.UTC(2024, 2, 1) + Math.floor(random() * 30 * 86_400) * 1000).toISOString();
  const rows = (count: number, row: () => AppendRow): AppendRow[] => Array.from({ length: count }, row);
  const a = (): AppendRow => ({
    ts: at(),
    u: maybe(among('1', '2', '3', 'x')),
    n: maybe(among(1, 2, 3, -3)),
    f: maybe(among(0, 1.5, -2.5, 1e300)),
    t: maybe(among('x', 'a', 'b', 'é')),
    b: maybe(among(true, false)),
    l: maybe(among(['x'], ['x', 'y'], [])),
    w: maybe(among(9007199254740993n, 5n)),
  });
  const b = (): AppendRow => ({
    at: at(),
    u: maybe(among(1, 2, 4)),
    n: maybe(among(1.5, 2)),
    t: maybe(among('x', 'call')),
    w: maybe(among(0.5, 2)),
    l: maybe(among([1], [2, 3])),
  });
  await db.append('a', rows(60, a), { time: 'ts', actor: 'u' });
  await db.append('a', rows(40, a));
  await db.append('b', rows(40, b), { time: 'at', actor: 'u' });
  const c = (): AppendRow => ({ ts: at(), n: maybe(among('p', 'q')), f: maybe(among(1.5, 2.5)), ts2: maybe(at()) });
  await db.append('c', rows(20, c), { time: 'ts' });
  await db.query('define da as select u, n, t, l from a where f > 1');
  await db.query('define dg as select t, count() as n, max(f) as f from a group by t');
  await db.query('define dc as select u from a where n = 1');
});
afterAll(() => db.close());

async function answer(text: string): Promise<unknown> {
  const params = { list: [1, 2, null], word: 'x' };
  try {
    const result = await db.query(text, { params, now: new Date('2024-04-01T12:00:00Z') });
    const columns = result.columns.map((_, index) => result.values(index));
    const rows = Array.from({ length: result.rowCount }, (_, row) =>
      JSON.stringify(columns.map((values) => text64(values[row]))),
    );
    // Rows of one time lie in the order of their sources, which a plan of its own does not know any more.
    return { types: result.columns.map(({ name, type }) => `${name} ${type}`), rows: rows.sort() };
  } catch (error) {
    if (!isVarveError(error) || error.code === 'internal')
      throw new Error(`${text}: ${String(error)}`, { cause: error });
    return error.message;
  }
}

function text64(value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

it(
  `queries in brackets answer alike as parts of a plan and as plans (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    let answered = 0;
    for (let at = 0; at < queries; at++) {
      const text = randomSelect(randomOf(seed + at), 2);
      const part = await answer(text);
      if (typeof part === 'object') answered++;
      const apart = randomSelect(randomOf(seed + at), 2, true);
      if (apart !== text) expect(await answer(apart), `${text}\n${apart}`).toEqual(part);
    }
    expect(answered).toBeGreaterThan(queries / 2);
  },
);
