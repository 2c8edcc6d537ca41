import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support.ts';
import { createNodeHost } from '../host/node-host.ts';
import type { Host } from '../host/host.ts';
import { scalarAt } from '../functions/access.ts';
import type { EventsPlan } from '../plan/select.ts';
import { compileQuery } from '../query/compile.ts';
import { open } from '../index.ts';
import { openStore } from '../store/store.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { createExecutionEnvironment } from './environment.ts';
import { streamRows, type StreamedRows } from './stream-rows.ts';

const noLog = (): void => undefined;

interface Streamed {
  readonly parts: readonly StreamedRows[];
  /** user and n of every row, in the order of the stream. */
  readonly rows: readonly (readonly [user: string | null, n: number])[];
}

async function streamed(host: Host, table: TableSnapshot, rowsMax: number, range = ''): Promise<Streamed> {
  const environment = createExecutionEnvironment(host, { memory: 2 ** 26, seed: 0 });
  const plan = compileQuery(`select user, n from e ${range}`, {
    ...{ schemas: new Map([['e', table.schema]]), params: {}, now: 0, timezone: 'UTC' },
  }) as EventsPlan;
  const parts: StreamedRows[] = [];
  for await (const part of streamRows(environment, plan, table, undefined, rowsMax)) parts.push(part);
  environment.closeFiles();
  const rows = parts.flatMap(({ data, rowCount }) =>
    Array.from({ length: rowCount }, (_, row) => [scalarAt(data[0]!, row), scalarAt(data[1]!, row)] as const),
  );
  return { parts, rows: rows as unknown as Streamed['rows'] };
}

describe('rows as a stream', () => {
  it('are all there once, in stored order, in parts of the size that was asked for, wherever they lie', async () => {
    const directory = join(temporaryFolder(), 'store');
    {
      await using db = await open(directory, { threads: 0 });
      const row = (n: number): Record<string, string | number | null> => ({
        // A third of all is one actor's, a tenth nobody's; many times are the same.
        ...{ time: 1_700_000_000_000 + (n % 97) * 1000, n },
        user: n % 3 === 0 ? 'much' : n % 10 === 1 ? null : `u${n % 211}`,
      });
      const rows = Array.from({ length: 3000 }, (_, n) => row(n));
      await db.append('e', rows.slice(0, 1000), { actor: 'user' });
      await db.compact();
      await db.append('e', rows.slice(1000, 2200));
      await db.append('e', rows.slice(2200));
    }
    const host = createNodeHost(noLog, 0);
    const store = await openStore(host, directory, { readOnly: true, create: false });
    const snapshot = store.snapshot();
    const table = snapshot.tables.get('e')!;
    expect(table.sources.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['segment', 'chunk']));
    const whole = await streamed(host, table, 1_000_000);
    expect(whole.parts.length).toBe(1);
    expect(new Set(whole.rows.map(([, n]) => n)).size).toBe(3000);
    const places = new Map<string, number[]>();
    whole.rows.forEach(([user], place) => {
      if (user !== null) places.set(user, [...(places.get(user) ?? []), place]);
    });
    // An actor's rows stand together, by time and then by arrival.
    for (const [user, found] of places) {
      expect([user, found.at(-1)! - found[0]! + 1]).toEqual([user, found.length]);
      const own = found.map((place) => whole.rows[place]![1]);
      expect(own).toEqual([...own].sort((a, b) => (a % 97) - (b % 97) || a - b));
    }
    for (const rowsMax of [30, 64, 500]) {
      const cut = await streamed(host, table, rowsMax);
      expect([rowsMax, cut.rows]).toEqual([rowsMax, whole.rows]);
      // Events of one actor and one time are never cut apart; there are at most 11 of them.
      for (const { rowCount } of cut.parts) expect(rowCount).toBeLessThanOrEqual(rowsMax + 11);
      expect(cut.parts.length).toBeLessThan(6000 / rowsMax + 60);
      expect(cut.parts.at(-1)!.rowsPassed).toBe(3000);
      expect(cut.parts.every(({ rowsTotal }) => rowsTotal === 3000)).toBe(true);
    }
    const range = "since '2023-11-14 22:13:30' until '2023-11-14 22:14:00'";
    const some = await streamed(host, table, 50, range);
    expect(some.rows).toEqual(whole.rows.filter(([, n]) => n % 97 >= 10 && n % 97 < 40));
    expect((await streamed(host, table, 50, "since '2030-01-01'")).parts).toEqual([]);
    snapshot.release();
    await store.close();
    await host.threads.close();
  });
});
