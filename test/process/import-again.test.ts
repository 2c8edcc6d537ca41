import { spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { open, type ImportSummary } from '../../dist/engine/index.js';
import { ndjsonRows, root, temporaryFolder, varve } from '../support.ts';

const row = (n: number, more = ''): string =>
  `{"time":"2026-03-01T10:00:00Z","user_id":"u${n % 97}","n":${n}${more}}\n`;
const rows = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => row(from + i)).join('');

/** A store, and what importing a file of this text or these bytes does to it. */
async function withStore(
  work: (
    importFile: (name: string, content?: string | Uint8Array) => Promise<ImportSummary>,
    numbers: () => Promise<unknown[]>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder();
  await using db = await open(join(folder, 'store'), { threads: 0 });
  await work(
    (name, content) => {
      if (content !== undefined) writeFileSync(join(folder, name), content);
      return db.import(join(folder, name));
    },
    async () => (await db.query('select n from events order by n')).rows().map(({ n }) => n),
    folder,
  );
}

describe('an import run again', () => {
  it('adds nothing of a file that is in, under whatever name, compressed or not', async () => {
    await withStore(async (importFile, numbers, folder) => {
      expect(await importFile('a.log', rows(0, 3))).toMatchObject({ rows: 3, resumed: 0 });
      expect(await importFile('a.log')).toMatchObject({ rows: 0, resumed: 1, warnings: [] });
      renameSync(join(folder, 'a.log'), join(folder, 'a.log.1'));
      expect(await importFile('a.log.1')).toMatchObject({ rows: 0, resumed: 1 });
      expect(await importFile('a.log.2.gz', gzipSync(rows(0, 3)))).toMatchObject({ rows: 0, resumed: 1 });
      expect(await numbers()).toEqual([0, 1, 2]);
    });
  });

  it('adds what a file grew by, plain or gzip, and a copy does not move the place of the original', async () => {
    await withStore(async (importFile, numbers, folder) => {
      await importFile('a.log', rows(0, 3));
      copyFileSync(join(folder, 'a.log'), join(folder, 'b.log'));
      appendFileSync(join(folder, 'b.log'), rows(3, 5));
      expect(await importFile('b.log')).toMatchObject({ rows: 2, resumed: 1 });
      expect(await importFile('a.log')).toMatchObject({ rows: 0, resumed: 1 });
      expect(await importFile('c.gz', gzipSync(rows(0, 6)))).toMatchObject({ rows: 1, resumed: 1 });
      expect(await importFile('b.log')).toMatchObject({ rows: 0 });
      expect(await numbers()).toEqual([0, 1, 2, 3, 4, 5]);
    });
  });

  it('reads the same content twice in one folder once', async () => {
    await withStore(async (importFile, numbers, folder) => {
      mkdirSync(join(folder, 'logs'));
      for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, 'logs', name), rows(0, 4));
      appendFileSync(join(folder, 'logs', 'c'), rows(4, 5));
      expect(await importFile('logs')).toMatchObject({ files: 3, rows: 5, resumed: 2 });
      expect(await importFile('logs')).toMatchObject({ files: 3, rows: 0, resumed: 3 });
      expect(await numbers()).toEqual([0, 1, 2, 3, 4]);
    });
  });

  it('takes a changed file for new data and says so, though it begins alike for 64 KiB and more', async () => {
    await withStore(async (importFile, numbers) => {
      const long = rows(0, 3000);
      expect(long.length).toBeGreaterThan(2 * 65_536);
      await importFile('a.log', long);
      const changed = await importFile('a.log', long.replace('"n":2500}', '"n":9999}'));
      expect(changed).toMatchObject({ rows: 3000, resumed: 0 });
      expect(changed.warnings).toEqual([expect.stringContaining('read as new data')]);
      expect(await importFile('a.log')).toMatchObject({ rows: 0, resumed: 1 });
      expect(await importFile('other.log', rows(0, 2999) + row(7777))).toMatchObject({ rows: 3000 });
      expect(await importFile('original.log', long)).toMatchObject({ rows: 0, resumed: 1 });
      expect(await numbers()).toHaveLength(9000);
    });
  });

  it('reads a line that was cut off when it could not be read, once it is whole', async () => {
    await withStore(async (importFile, numbers) => {
      expect(await importFile('a.log', `${row(0)}${row(1).slice(0, 30)}`)).toMatchObject({ rows: 1, rejected: 1 });
      expect(await importFile('a.log')).toMatchObject({ rows: 0, rejected: 0 });
      expect(await importFile('a.log', rows(0, 3))).toMatchObject({ rows: 2, rejected: 0, resumed: 1 });
      expect(await numbers()).toEqual([0, 1, 2]);
    });
  });

  it('keeps apart a line whose beginning became a row, and goes on after a line that only lacked its end', async () => {
    await withStore(async (importFile, numbers) => {
      const csv = 'time,user_id,n\n2026-03-01,ada,1\n2026-03-01,bob,2';
      expect(await importFile('a.csv', csv)).toMatchObject({ rows: 2, rejected: 0 });
      expect(await importFile('a.csv', `${csv}\n2026-03-01,eve,3`)).toMatchObject({ rows: 1, rejected: 0 });
      expect(await importFile('a.csv', `${csv}\n2026-03-01,eve,35\n2026-03-01,eve,4\n`)).toMatchObject({
        rows: 1,
        rejected: 1,
        resumed: 1,
      });
      expect(await numbers()).toEqual([1, 2, 3, 4]);
    });
  });

  it('adds to an array of JSON what came in before its end', async () => {
    await withStore(async (importFile, numbers) => {
      const events = [0, 1, 2].map((n) => row(n).trim());
      expect(await importFile('a.json', `[${events.slice(0, 2).join(',\n')}]\n`)).toMatchObject({ rows: 2 });
      expect(await importFile('a.json')).toMatchObject({ rows: 0 });
      expect(await importFile('a.json', `[${events.join(',\n')}]\n`)).toMatchObject({ rows: 1, rejected: 0 });
      expect(await numbers()).toEqual([0, 1, 2]);
    });
  });

  it('goes on in a CSV of several pieces with its header, and in a gzip that had been cut', async () => {
    await withStore(async (importFile, numbers) => {
      const lines = Array.from({ length: 150_000 }, (_, n) => `2026-03-01T10:00:00Z,"u, ""${n % 7}""\n",${n}\n`).join(
        '',
      );
      const packed = gzipSync(`time,user_id,n\n${lines}`, { level: 1 });
      const cut = importFile('a.csv.gz', packed.subarray(0, packed.length * 0.7));
      await expect(cut).rejects.toMatchObject({ code: 'data_corrupted' });
      const before = (await numbers()).length;
      expect(before).toBeGreaterThan(50_000);
      expect(await importFile('a.csv.gz', packed)).toMatchObject({ rows: 150_000 - before, resumed: 1, rejected: 0 });
      expect(await numbers()).toEqual(Array.from({ length: 150_000 }, (_, n) => n));
    });
  });

  it('continues after kill -9: every row once', async () => {
    const folder = temporaryFolder();
    const data = join(folder, 'store');
    const count = 700_000;
    const file = join(folder, 'big.csv');
    writeFileSync(
      file,
      `time,user_id,n\n${Array.from({ length: count }, (_, n) => `2026-03-01,u${n % 97},${n}\n`).join('')}`,
    );
    const written = (): number => Number(readFileSync(join(folder, 'rows'), 'utf8') || '0');
    writeFileSync(join(folder, 'rows'), '');
    writeFileSync(join(folder, 'import.mjs'), killedImport);
    const child = spawn(process.execPath, [join(folder, 'import.mjs'), data, file, join(folder, 'rows')]);
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    await new Promise((resolve) => child.on('close', resolve));
    expect([errors, child.signalCode, written() > 0]).toEqual(['', 'SIGKILL', true]);
    const again = await varve(['import', file, '--data', data, '--json']);
    const summary = JSON.parse(again.output) as ImportSummary;
    expect([again.exitCode, summary.resumed, summary.rows > 0 && summary.rows < count]).toEqual([0, 1, true]);
    const counted = await varve(['query', 'select count(), uniq(n), min(n), max(n) from events', '--data', data]);
    expect(ndjsonRows(counted.output).map((found) => Object.values(found))).toEqual([[count, count, 0, count - 1]]);
  });
});

/** Imports, and kills itself as soon as the first commit of several is durable. */
const killedImport = `
  import { writeFileSync } from 'node:fs';
  import { createNodeHost } from ${JSON.stringify(join(root, 'dist/engine/host/node-host.js'))};
  import { openStore } from ${JSON.stringify(join(root, 'dist/engine/store/store.js'))};
  import { importSource } from ${JSON.stringify(join(root, 'dist/engine/ingest/import.js'))};
  const [directory, file, rows] = process.argv.slice(2);
  const host = createNodeHost(() => undefined, 2);
  const store = await openStore(host, directory, { readOnly: false, create: true });
  // The second must not begin: what it has written by the time of the kill would be in.
  let first = null;
  const importBatches = async (parts, positions) => {
    if (first !== null) return new Promise(() => undefined);
    first = store.importBatches(parts, positions);
    await first;
    writeFileSync(rows, '1');
    process.kill(process.pid, 'SIGKILL');
  };
  await importSource(host, { ...store, importBatches }, file, {});
`;
