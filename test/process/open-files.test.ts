import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { openStore } from '../../engine/store/store.ts';
import { createVarve } from '../../engine/varve.ts';
import { rowBatch } from '../store-rows.ts';
import { temporaryFolder } from '../support.ts';

const canList = existsSync('/proc/self/fd');
if (!canList) process.stderr.write('\nSKIPPED: open files are not counted: there is no /proc.\n');

/** @returns paths of the segments that this process has open. */
function openSegmentFiles(directory: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(directory) && path.includes('.seg') ? [path] : [];
    } catch {
      // It was closed meanwhile.
      return [];
    }
  });
}

describe.skipIf(!canList)('open files', () => {
  it.each([
    ['of queries in threads', 2, 300_000],
    ['of queries in the calling thread', 0, 1000],
  ])('%s do not pile up, and are closed in the end', async (_, threads, rows) => {
    const directory = temporaryFolder();
    const host = createNodeHost(() => undefined, threads);
    const store = await openStore(host, directory, { readOnly: false, create: true });
    const db = createVarve(host, store, 64 * 1024 * 1024);
    await store.append([rowBatch(0, rows)]);
    await db.compact();
    const ask = (n: number) => db.query(`select count() as rows from t where n >= ${n}`);
    const counts: number[] = [];
    for (let turn = 0; turn < 10; turn++) {
      expect((await ask(turn)).rows()).toEqual([{ rows: rows - turn }]);
      counts.push(openSegmentFiles(directory).length);
    }
    expect(Math.max(...counts)).toBeLessThanOrEqual(threads);
    await db.close();
    expect(openSegmentFiles(directory)).toEqual([]);
  });
});
