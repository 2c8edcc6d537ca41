import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../test/support.ts';
import { isVarveError, open, type RowBatch, type Varve } from './index.ts';

async function batchesOf(db: Varve, ...args: Parameters<Varve['export']>): Promise<RowBatch[]> {
  const batches: RowBatch[] = [];
  for await (const batch of db.export(...args)) batches.push(batch);
  return batches;
}

function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => (isVarveError(error) ? [error.code, error.message, error.span] : error),
  );
}

it('gives a table as of its beginning, and lets go of it when the reader leaves', async () => {
  const directory = join(temporaryFolder(), 'store');
  await using db = await open(directory, { threads: 0 });
  await db.append('e', [{ time: new Date(1), user: 'a', n: 1 }], { actor: 'user' });
  await db.compact();
  const reading = db.export('e')[Symbol.asyncIterator]();
  const first = await reading.next();
  await db.append('e', [{ time: new Date(2), user: 'a', n: 2, more: true }]);
  await db.compact();
  expect((first.value as RowBatch).rows()).toEqual([{ time: new Date(1), user: 'a', n: 1 }]);
  const segments = (): string[] =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => /\.seg(ment)?$/.test(file));
  const pinned = segments().length;
  await reading.return!();
  // Files that nobody reads any more are removed behind the scenes.
  await expect.poll(() => segments().length).toBeLessThan(pinned);
  const later = await batchesOf(db, 'e');
  expect(later.flatMap((batch) => batch.rows())).toEqual([
    { time: new Date(1), user: 'a', n: 1, more: null },
    { time: new Date(2), user: 'a', n: 2, more: true },
  ]);
});

it('takes ranges as a query does, and says what is wrong with them', async () => {
  await using db = await open(join(temporaryFolder(), 'store'), { threads: 0 });
  const now = Date.now();
  const hours = [1, 30, 400];
  await db.append(
    'some-events',
    hours.map((back) => ({ time: new Date(now - back * 3_600_000), back })),
  );
  const backs = async (options: Parameters<Varve['export']>[1]): Promise<unknown[]> =>
    (await batchesOf(db, 'some-events', options)).flatMap((batch) => batch.rows().map(({ back }) => back)).sort();
  expect(await backs({ since: '2d' })).toEqual([1, 30]);
  expect(await backs({ until: '2d' })).toEqual([400]);
  expect(await backs({ since: new Date(now - 31 * 3_600_000), until: new Date(now - 2 * 3_600_000) })).toEqual([30]);
  expect(await backs({ since: 'now' })).toEqual([]);
  expect((await batchesOf(db, 'some-events', { since: 'now' })).map(({ columns }) => columns.length)).toEqual([2]);
  expect(await errorOf(batchesOf(db, 'some-event'))).toEqual([
    'unknown_table',
    'There is no table "some-event".',
    undefined,
  ]);
  expect(await errorOf(backs({ since: 'back' }))).toEqual(['usage', "'back' is no fixed time.", undefined]);
  expect(await errorOf(backs({ since: "'" }))).toMatchObject([
    'usage',
    expect.stringContaining('is no fixed time'),
    undefined,
  ]);
  expect(await errorOf(backs({ until: new Date(NaN) }))).toEqual(['usage', 'until is an invalid Date.', undefined]);
  expect(await errorOf(backs({ timezone: 'Mars' }))).toMatchObject([
    'usage',
    'There is no time zone "Mars".',
    undefined,
  ]);
});

it('is called off by its signal, before it begins and between batches', async () => {
  await using db = await open(join(temporaryFolder(), 'store'), { threads: 0 });
  const rows = Array.from({ length: 160_000 }, (_, n) => ({ time: new Date(n), user: `u${n % 5000}` }));
  await db.append('e', rows, { actor: 'user' });
  expect(await errorOf(batchesOf(db, 'e', { signal: AbortSignal.abort() }))).toMatchObject([
    'cancelled',
    expect.anything(),
    undefined,
  ]);
  const stop = new AbortController();
  let given = 0;
  const reading = (async () => {
    for await (const batch of db.export('e', { signal: stop.signal })) {
      given += batch.rowCount;
      stop.abort();
    }
  })();
  expect(await errorOf(reading)).toMatchObject(['cancelled', expect.anything(), undefined]);
  expect(given).toBeGreaterThan(0);
  expect(given).toBeLessThan(rows.length);
  const whole = await batchesOf(db, 'e');
  expect([whole.length > 1, whole.reduce((sum, { rowCount }) => sum + rowCount, 0)]).toEqual([true, rows.length]);
});
