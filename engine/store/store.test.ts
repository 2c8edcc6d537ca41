import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../host/host.ts';
import { hostOver, numbersIn, upTo, vfs } from '../../test/own-store.ts';
import { codeOf, rowBatch } from '../../test/store-rows.ts';
import { readRows } from '../../test/read-rows.ts';
import type { StoreSizes } from './sizes.ts';
import { openStore } from './store.ts';
import type { Store } from './store-types.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'varve-store-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const host = hostOver(vfs);
const open = (own: Host = host, sizes: Partial<StoreSizes> = {}, folder = directory): Promise<Store> =>
  openStore(own, folder, { readOnly: false, create: true, sizes });

const count = (store: Store): number => store.tables().find((table) => table.name === 't')?.rows ?? 0;

/** The folder as a crash would leave it: nobody holds the lock. */
function crashed(name = 'crashed'): string {
  const folder = join(directory, '..', `${directory.split('/').at(-1)}-${name}`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(directory, folder, { recursive: true, filter: (path) => !path.endsWith('LOCK') });
  return folder;
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe('store', () => {
  it('keeps saved queries through manifests, for readers too', async () => {
    const store = await open(host, { manifestBytesMax: 200 });
    await store.define('a', 'select 1');
    const before = store.snapshot();
    await store.define('b', 'select 2');
    await store.define('a', 'select 3');
    await store.define('b', null);
    const reader = await openStore(host, directory, { readOnly: true, create: false });
    const seen = reader.snapshot();
    expect([...seen.definitions]).toEqual([['a', 'select 3']]);
    await expect(reader.define('c', 'select 1')).rejects.toThrow('read-only');
    seen.release();
    await reader.close();
    expect([...before.definitions]).toEqual([['a', 'select 1']]);
    before.release();
    await store.close();
    const again = await open();
    const after = again.snapshot();
    expect([...after.definitions]).toEqual([['a', 'select 3']]);
    after.release();
    await again.close();
  });

  it('keeps what was acknowledged, and groups what waits', async () => {
    const store = await open();
    await Promise.all(upTo(50).map((i) => store.append([rowBatch(3 * i, 3)])));
    await store.close();
    const again = await open();
    expect(numbersIn(again)).toEqual(upTo(150));
    await again.close();
  });

  it('recovers once: a close after a recovery is a clean one, though nothing came in', async () => {
    const store = await open();
    await store.append([rowBatch(0, 3)]);
    const folder = crashed();
    await store.close();
    const events: string[] = [];
    const told = { ...host, log: (event: string) => void events.push(event) };
    for (let turn = 0; turn < 3; turn++) await (await open(told, {}, folder)).close();
    expect(events).toEqual(['unclean_end']);
    rmSync(folder, { recursive: true });
  });

  it('has effect once for a key, after a restart, a flush and for two at once; other rows are a conflict', async () => {
    const store = await open();
    const once = (target: Store, digest: string, key = 'k') =>
      target.append([rowBatch(0, 2)], { key, digest, outcome: { accepted: 2, rejected: 0, duplicate: false } });
    const both = await Promise.all([once(store, 'a'), once(store, 'a')]);
    expect(both.map((outcome) => outcome.duplicate)).toEqual([false, true]);
    expect(await codeOf(once(store, 'b'))).toBe('conflict');
    await store.close();
    const again = await open();
    expect(await once(again, 'a')).toEqual({ accepted: 2, rejected: 0, duplicate: true });
    await again.compact();
    expect(await once(again, 'a')).toEqual({ accepted: 2, rejected: 0, duplicate: true });
    await again.close();
    const third = await open();
    expect(await once(third, 'a')).toEqual({ accepted: 2, rejected: 0, duplicate: true });
    expect(await codeOf(once(third, 'b'))).toBe('conflict');
    expect(await codeOf(once(third, 'a', 'x'.repeat(129)))).toBe('usage');
    expect(count(third)).toBe(2);
    await third.close();
  });

  it('keeps keys apart by table', async () => {
    const store = await open();
    const other = { ...rowBatch(0, 1), table: 'u' };
    await store.append([rowBatch(0, 1)], { key: 'k', digest: 'a' });
    expect((await store.append([other], { key: 'k', digest: 'b' })).duplicate).toBe(false);
    await store.close();
  });

  it('cuts a torn tail at any length, and keeps the frames before it', async () => {
    const store = await open();
    const log = join('log', readdirSync(join(directory, 'log'))[0]!);
    await store.append([rowBatch(0, 4)]);
    const whole = readFileSync(join(directory, log)).length;
    await store.append([rowBatch(4, 5)]);
    const bytes = readFileSync(join(directory, log));
    for (let cut = whole; cut < bytes.length; cut += 56) {
      const folder = crashed();
      writeFileSync(join(folder, log), bytes.subarray(0, cut));
      const recovered = await open(host, {}, folder);
      expect(numbersIn(recovered)).toEqual(upTo(4));
      await recovered.append([rowBatch(4, 1)]);
      await recovered.close();
      const after = await open(host, {}, folder);
      expect(numbersIn(after)).toEqual(upTo(5));
      await after.close();
      rmSync(folder, { recursive: true });
    }
    await store.close();
  });

  it('refuses to open when a frame that had been durable is damaged, and changes nothing', async () => {
    const store = await open();
    for (let i = 0; i < 3; i++) await store.append([rowBatch(4 * i, 4)]);
    await store.close();
    const path = join(directory, 'log', readdirSync(join(directory, 'log')).sort().at(-1)!);
    const bytes = readFileSync(path);
    const before = filesOf(directory);
    for (let at = 16; at < bytes.length / 2; at += 37) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 4;
      writeFileSync(path, damaged);
      expect(await codeOf(open())).toBe('data_corrupted');
      expect(readFileSync(path).equals(damaged)).toBe(true);
      expect(filesOf(directory)).toEqual(before);
    }
  });

  it('lets one writer in, and readers beside it', async () => {
    const store = await open();
    await store.append([rowBatch(0, 1)]);
    expect(await codeOf(open())).toBe('locked');
    const reader = await openStore(host, directory, { readOnly: true, create: false });
    expect(count(reader)).toBe(1);
    await store.append([rowBatch(1, 1)]);
    await reader.refresh();
    expect(numbersIn(reader)).toEqual([0, 1]);
    expect(await codeOf(reader.append([rowBatch(2, 1)]))).toBe('usage');
    await reader.close();
    await store.close();
  });

  it('writes the memtable out while rows come in, and reads each row once at every moment', async () => {
    const store = await open(host, { memtableRowsMax: 100, closeRowsMax: 10, runsMax: 3 });
    for (let i = 0; i < 60; i++) {
      await store.append([rowBatch(10 * i, 10)]);
      if (i % 7 === 0) expect(numbersIn(store)).toEqual(upTo(10 * i + 10));
    }
    await store.close();
    expect(filesOf(directory).filter((file) => file.endsWith('.seg')).length).toBeGreaterThan(0);
    const again = await open();
    expect(numbersIn(again)).toEqual(upTo(600));
    expect((await again.check()).findings).toEqual([]);
    await again.close();
  });

  it('recovers after a crash at any moment of flushes and merges', async () => {
    const store = await open(host, { memtableRowsMax: 50, runsMax: 2, manifestBytesMax: 2000 });
    const folders: { folder: string; acknowledged: number }[] = [];
    for (let i = 0; i < 40; i++) {
      await store.append([rowBatch(10 * i, 10)]);
      if (i % 4 === 3) folders.push({ folder: crashed(String(i)), acknowledged: 10 * i + 10 });
    }
    await store.close();
    for (const { folder, acknowledged } of folders) {
      for (let turn = 0; turn < 2; turn++) {
        const again = await open(host, {}, folder);
        expect(numbersIn(again)).toEqual(upTo(acknowledged));
        await again.close();
      }
      rmSync(folder, { recursive: true });
    }
  });

  it('gives a snapshot the same rows whatever is written out and merged meanwhile, then lets the files go', async () => {
    const store = await open(host, { memtableRowsMax: 50, runsMax: 2, importLogRowsMax: 5 });
    for (let i = 0; i < 10; i++) await store.append([rowBatch(10 * i, 10)]);
    await store.importBatches([{ ...rowBatch(100, 30), batches: [rowBatch(100, 30).bytes] }], {});
    const snapshot = store.snapshot();
    const before = readRows(vfs, snapshot, 't', ['n']);
    for (let i = 13; i < 30; i++) await store.append([rowBatch(10 * i, 10)]);
    await store.compact();
    expect(readRows(vfs, snapshot, 't', ['n'])).toEqual(before);
    snapshot.release();
    await store.close();
    const named = filesOf(directory).filter((file) => file.endsWith('.seg'));
    const again = await open();
    expect(again.tables()[0]!.segments).toBe(named.length);
    expect(numbersIn(again)).toEqual(upTo(300));
    await again.close();
  });

  it('keeps the order of arrival between equal times through log, imports, flush and merges', async () => {
    const store = await open(host, { memtableRowsMax: 1000, runsMax: 2, importLogRowsMax: 3 });
    const equal = (from: number, rows: number) => rowBatch(from, rows, { time: () => 5, actor: () => 'ada' });
    let next = 0;
    const order = (): number[] => {
      const snapshot = store.snapshot();
      const rows = readRows(vfs, snapshot, 't', ['n']).map((row) => Number(row['n']));
      snapshot.release();
      return rows;
    };
    for (let round = 0; round < 6; round++) {
      for (const size of [2, 7, 1]) {
        const batch = equal(next, size);
        if (size > 3) await store.importBatches([{ ...batch, batches: [batch.bytes] }], {});
        else await store.append([batch]);
        next += size;
      }
      expect(order()).toEqual(upTo(next));
      if (round % 2 === 1) await store.compact();
      expect(order()).toEqual(upTo(next));
    }
    await store.close();
  });

  it('commits an import with its positions, and fails the later ones with an earlier', async () => {
    const store = await open(host, { importLogRowsMax: 5 });
    const part = (from: number, rows: number) => ({ ...rowBatch(from, rows), batches: [rowBatch(from, rows).bytes] });
    await Promise.all([
      store.importBatches([part(0, 10)], { 'file:a': { bytes: 10 } }),
      store.importBatches([part(10, 3)], { 'file:a': { bytes: 13 } }),
    ]);
    await store.close();
    const again = await open();
    expect(numbersIn(again)).toEqual(upTo(13));
    expect(again.importPositions().get('file:a')).toEqual({ bytes: 13 });
    await again.close();
  });

  it('merges by partition to one run each, and keeps types that came together', async () => {
    const day = 86_400_000;
    const store = await open(host, {
      importLogRowsMax: 1,
      partitionRowsMin: 50,
      runsMax: 100,
      levelZeroSegmentsMax: 50,
    });
    for (let i = 0; i < 12; i++) {
      const batch = rowBatch(100 * i, 100, {
        time: (n) => (n % 20) * day + n,
        actor: (n) => `a${n % 7}`,
        text: i === 5,
      });
      await store.importBatches([{ ...batch, batches: [batch.bytes] }], {});
    }
    const report = await store.compact();
    expect(report.rows).toBe(1200);
    const table = store.tables()[0]!;
    expect(table.segments).toBe(20);
    expect(table.schema.columns.find(({ name }) => name === 'm')!.type).toBe('text');
    expect(numbersIn(store)).toEqual(upTo(1200));
    await store.close();
    expect(filesOf(directory).filter((file) => /1970-01-\d\d\.d/.test(file))).toHaveLength(20);
  });

  it('says what is wrong with a store that lost a file, or is of a newer version, and changes nothing', async () => {
    const store = await open(host, { closeRowsMax: 1 });
    await store.append([rowBatch(0, 40)]);
    await store.close();
    const current = readFileSync(join(directory, 'CURRENT'), 'utf8');
    const segment = filesOf(directory).find((file) => file.endsWith('.seg'))!;
    const manifest = filesOf(directory).find((file) => file.startsWith('MANIFEST'))!;
    const cases: [string, string | null, string][] = [
      ['CURRENT', current.replace('varve 1', 'varve 9'), 'unsupported_version'],
      ['CURRENT', 'nonsense', 'data_corrupted'],
      ['CURRENT', null, 'data_corrupted'],
      [segment, null, 'data_corrupted'],
      [manifest, null, 'data_corrupted'],
      [manifest, '', 'data_corrupted'],
      [join('log', readdirSync(join(directory, 'log'))[0]!), null, 'data_corrupted'],
    ];
    for (const [file, content, code] of cases) {
      const folder = crashed();
      if (content === null) rmSync(join(folder, file));
      else writeFileSync(join(folder, file), content);
      const before = filesOf(folder);
      expect([file, content, await codeOf(open(host, {}, folder))]).toEqual([file, content, code]);
      expect(filesOf(folder)).toEqual(before);
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses a column too many before anything is written', async () => {
    const store = await open();
    const wide = rowBatch(0, 1, { columns: 10_001 });
    expect(await codeOf(store.append([wide]))).toBe('limit');
    await store.append([rowBatch(0, 1)]);
    expect(numbersIn(store)).toEqual([0]);
    await store.close();
  });
});
