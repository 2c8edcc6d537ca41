import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isVarveError, open, type QueryResult, type Varve } from '../../engine/index.ts';
import { below, chance, pick, randomOf } from '../oracle/random.ts';
import { temporaryFolder } from '../support.ts';
import { seed } from './histories.ts';

const mebibyte = 1024 * 1024;
const begin = Date.UTC(2026, 2, 1);
const rowsOfAll = 15_000;

/** Events of devices, which are not the order that they are stored in. */
describe(`per another column, in passes (seed ${seed})`, () => {
  let db: Varve;
  let inThreads: Varve;

  beforeAll(async () => {
    const folder = temporaryFolder();
    const made = await open(folder);
    const random = randomOf(seed);
    for (let round = 0; round < 3; round++) {
      for (const table of ['e', 'calls'])
        await made.append(
          table,
          Array.from({ length: rowsOfAll / 6 }, () => ({
            time: new Date(begin + 60_000 * below(random, 30_000)),
            user_id: `u${below(random, 400)}`,
            device: chance(random, 0.05) ? null : below(random, 700),
            event: pick(random, ['A', 'B', 'C', 'X']),
            amount: below(random, 1000) / 8,
          })),
        );
      await made.compact();
    }
    await made.close();
    db = await open(folder, { threads: 0, readOnly: true });
    inThreads = await open(folder, { threads: 2, readOnly: true });
  });

  afterAll(async () => {
    await db.close();
    await inThreads.close();
  });

  function told(result: QueryResult): string {
    return JSON.stringify([result.columns, result.rows(), result.meta.warnings, result.meta.approximate]);
  }

  async function passesOf(query: string, memory: number, analyze = true): Promise<string> {
    const result = await db.query(`explain ${analyze ? 'analyze ' : ''}${query}`, { memory });
    const row = result.rows().find(({ step }) => String(step).trim() === 'passes');
    return String(row?.['detail'] ?? 'none');
  }

  it.each([
    "funnel event = 'A' as a, event = 'B' as b, event = 'C' as c from e, calls per device within 3d",
    "funnel event = 'A', event = 'B' from e, calls per device within 3d order strict group by _table at last every 1d",
    "funnel event = 'A', event = 'B' from e, calls per device within 1d entry every where amount > 20",
    "retention event = 'A' then event = 'B' from e, calls per device every 1d for 4",
    'paths event from e, calls per device gap 1d depth 4',
    'lifecycle from e, calls per device every 1d',
    'select bucket(time, 1d) as day, count(), sum(s), avg(duration), max(p) from sessions((select * from e), gap => 6h, per => device, s => sum(amount), p => p90(amount)) group by day',
    'select count(), avg(n), sum(s) from actors(e, per => device, n => count(), s => sum(amount))',
    'select event, count() from e where device in (select actor from actors(calls, per => device) where events > 4) group by event',
  ])('%s', async (query) => {
    const whole = await db.query(query);
    expect(whole.rowCount).toBeGreaterThan(0);
    const needed = query.includes('calls per') ? 4 : 2;
    let most = 1;
    for (const share of query.startsWith('select') ? [1, 2] : [1, 3, 5]) {
      const memory = Math.ceil((needed * mebibyte) / share);
      expect(told(await db.query(query, { memory })), `${memory}`).toBe(told(whole));
      expect(told(await inThreads.query(query, { memory })), `${memory}, in threads`).toBe(told(whole));
      const count = Number(/^\d+/.exec(await passesOf(query, memory))?.[0]);
      expect(count).toBeGreaterThanOrEqual(most);
      most = count;
    }
    expect(await passesOf(query, 1024 * mebibyte)).toBe('1 by device');
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('explain says beforehand how many at most, and what is refused', async () => {
    const query = "funnel event = 'A', event = 'B' from e per device within 3d";
    expect(await passesOf(query, 1024 * mebibyte, false)).toBe('1 by device, over at most 7500 rows');
    expect(await passesOf(query, mebibyte / 2, false)).toBe('at most 4 by device, each over at most 7500 rows');
    expect(await passesOf(query, mebibyte / 8, false)).toBe(
      'at most 13 by device, each over at most 7500 rows; more than 8 are refused',
    );
    expect(await passesOf("funnel event = 'A', event = 'B' from e within 3d", mebibyte, false)).toBe('none');
    const refused = db.query(query, { memory: mebibyte / 8 });
    await expect(refused).rejects.toMatchObject({
      code: 'limit',
      message: expect.stringMatching(/^per device would take \d+ passes over 71\d\d events within 128 KiB/),
      hint: 'Narrow the range with since and until, filter the events in a query in from, or raise the memory.',
    });
    // A smaller part of the events is read by the same memory, whatever the tables hold.
    const few = query.replace('from e', "from (select * from e where event in ('A', 'B') and amount < 20)");
    expect((await db.query(few, { memory: mebibyte / 8 })).rowCount).toBe(2);
  });

  it('is called off between passes and within them', async () => {
    const query = "funnel event = 'A', event = 'B' from e, calls per device within 3d";
    const timedOut = db.query(query, { memory: mebibyte, timeoutMs: 1 });
    await expect(timedOut).rejects.toMatchObject({ code: 'timeout' });
    const signal = AbortSignal.abort();
    const error: unknown = await inThreads.query(query, { memory: mebibyte, signal }).catch((thrown) => thrown);
    expect(isVarveError(error) && error.code).toBe('cancelled');
    expect((await inThreads.query(query, { memory: mebibyte })).rowCount).toBe(2);
  });
});
