import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { openStore } from '../../engine/store/store.ts';
import { rowBatch } from '../store-rows.ts';
import { root, temporaryFolder } from '../support.ts';

/** A process that opens the store to read, and answers "count", "refresh" and "end" on its standard input. */
const reader = `
  import { createInterface } from 'node:readline';
  import { open } from ${JSON.stringify(join(root, 'dist/engine/index.js'))};
  const db = await open(process.argv[1], { readOnly: true });
  const count = async () => (await db.query('select count() as n, sum(n) as total from t')).rows()[0];
  console.log('open');
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'refresh') await db.refresh();
    if (line === 'end') break;
    const { n, total } = await count();
    console.log(n + ' ' + total);
  }
  await db.close();
`;

const segments = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.seg'));

describe('a reading process beside the writer', () => {
  it('keeps its version while the writer merges, sees later rows after refresh, and lets the files go', async () => {
    const directory = temporaryFolder();
    const sizes = { memtableRowsMax: 40, closeRowsMax: 1, runsMax: 100, levelZeroSegmentsMax: 100 };
    const store = await openStore(
      createNodeHost(() => undefined, 1),
      directory,
      { readOnly: false, create: true, sizes },
    );
    for (let i = 0; i < 20; i++) await store.append([rowBatch(20 * i, 20)]);
    const child = spawn(process.execPath, ['--input-type=module', '-e', reader, directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async (text: string): Promise<string> => {
      child.stdin.write(`${text}\n`);
      return String((await lines.next()).value);
    };
    expect((await lines.next()).value).toBe('open');
    const before = `400 ${(399 * 400) / 2}`;
    expect(await ask('count')).toBe(before);
    await store.append([rowBatch(400, 20)]);
    await store.compact();
    const kept = segments(directory).length;
    expect(kept).toBeGreaterThan(store.tables()[0]!.segments);
    expect(await ask('count')).toBe(before);
    expect(await ask('refresh')).toBe(`420 ${(419 * 420) / 2}`);
    child.stdin.end('end\n');
    await new Promise((resolve) => child.on('close', resolve));
    await store.close();
    expect(segments(directory)).toHaveLength(1);
  });
});
