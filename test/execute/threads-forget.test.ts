import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { open } from '../../engine/index.ts';
import { temporaryFolder } from '../support.ts';

/** Segments that this process holds open, whichever of its threads does. */
function openSegments(directory: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(directory) && path.includes('.seg') ? [path] : [];
    } catch {
      // The one that listed them is closed by now.
      return [];
    }
  });
}

it.skipIf(process.platform !== 'linux')('threads let go of a query when it has ended', async () => {
  const directory = join(temporaryFolder(), 'store');
  await using db = await open(directory, { threads: 2 });
  const rows = Array.from({ length: 300_000 }, (_, row) => ({ time: new Date(row), user: row % 5000, n: row }));
  await db.append('e', rows, { actor: 'user' });
  await db.compact();
  const totals = 'select count(), sum(n) from e where n >= 0';
  expect((await db.query(totals)).values(0)).toEqual([300_000]);
  await expect.poll(() => openSegments(directory)).toEqual([]);
  expect((await db.query(`select count() from (${totals} group by user limit 9)`)).values(0)).toEqual([9]);
  let exported = 0;
  for await (const { rowCount } of db.export('e')) exported += rowCount;
  expect(exported).toBe(300_000);
  await expect.poll(() => openSegments(directory)).toEqual([]);
});
