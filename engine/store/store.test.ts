import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VarveError } from '../base/errors.ts';
import { encodeBatch } from '../column/batch-codec.ts';
import type { Host } from '../host/host.ts';
import { createNodeHost } from '../host/node-host.ts';
import type { Vfs, VfsFile } from '../host/vfs.ts';
import { openStore } from './store.ts';
import type { Store, TableBatch } from './store-types.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'varve-store-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const host = createNodeHost(() => undefined);
const open = (own: Host = host, readOnly = false): Promise<Store> =>
  openStore(own, directory, { readOnly, create: true });

function rows(count: number, from = 0): TableBatch {
  const values = Float64Array.from({ length: count }, (_, row) => 1_700_000_000_000 + from + row);
  const time = { kind: 'int', length: count, base: 0, values, validity: null } as const;
  const batch = { rowCount: count, columns: [{ name: 'time', type: 'time', vector: time, dictionary: null } as const] };
  return { table: 't', options: { timeName: 'time', actor: null, actors: [] }, bytes: encodeBatch(batch) };
}

const count = (store: Store): number => store.tables().find((table) => table.name === 't')?.rows ?? 0;
const lastLog = (): string => join(directory, 'log', readdirSync(join(directory, 'log')).sort().at(-1)!);
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: VarveError) => error.code,
  );

/** What a crash leaves: the files, and a lock that nobody holds. */
function crash(): void {
  rmSync(join(directory, 'LOCK'), { force: true });
}

describe('store', () => {
  it('keeps what was acknowledged, and groups what waits', async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 50 }, (_, i) => store.append([rows(3, i * 10)])));
    await store.close();
    const again = await open();
    expect(count(again)).toBe(150);
    await again.close();
  });

  it('has effect once for a key, also after a restart and for two at once; other rows are a conflict', async () => {
    const store = await open();
    const once = (target: Store, digest: string) =>
      target.append([rows(2)], { key: 'k', digest, outcome: { accepted: 2, rejected: 0, duplicate: false } });
    const both = await Promise.all([once(store, 'a'), once(store, 'a')]);
    expect(both.map((outcome) => outcome.duplicate)).toEqual([false, true]);
    expect(await codeOf(once(store, 'b'))).toBe('conflict');
    await store.close();
    const again = await open();
    expect(await once(again, 'a')).toEqual({ accepted: 2, rejected: 0, duplicate: true });
    expect(count(again)).toBe(2);
    await again.close();
  });

  it('cuts a torn tail at every length, and keeps the frames before it', async () => {
    const store = await open();
    await store.append([rows(4)]);
    const whole = readFileSync(lastLog()).length;
    await store.append([rows(5)]);
    const bytes = readFileSync(lastLog());
    await store.close();
    for (let cut = whole; cut < bytes.length; cut += 56) {
      rmSync(join(directory, 'log'), { recursive: true });
      crash();
      await (await open()).close();
      writeFileSync(join(directory, 'log', '000001.log'), bytes.subarray(0, cut));
      const recovered = await open();
      expect(count(recovered)).toBe(4);
      await recovered.append([rows(1)]);
      await recovered.close();
      const after = await open();
      expect(count(after)).toBe(5);
      await after.close();
    }
  });

  it('refuses to open when a frame that had been durable is damaged, and changes nothing', async () => {
    const store = await open();
    for (let i = 0; i < 3; i++) await store.append([rows(4)]);
    await store.close();
    const path = lastLog();
    const bytes = readFileSync(path);
    for (let at = 40; at < bytes.length / 2; at += 37) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 4;
      writeFileSync(path, damaged);
      expect(await codeOf(open())).toBe('data_corrupted');
      expect(readFileSync(path).equals(damaged)).toBe(true);
      expect(readdirSync(join(directory, 'log'))).toHaveLength(1);
    }
  });

  it('lets one writer in, and readers beside it', async () => {
    const store = await open();
    await store.append([rows(1)]);
    expect(await codeOf(open())).toBe('locked');
    const reader = await open(host, true);
    expect(count(reader)).toBe(1);
    await store.append([rows(1)]);
    await reader.refresh();
    expect(count(reader)).toBe(2);
    expect(await codeOf(reader.append([rows(1)]))).toBe('usage');
    await store.close();
  });

  it('keeps what was acknowledged when the disk is full, and goes on when there is room', async () => {
    let full = false;
    const store = await open({ ...host, vfs: failing(() => full, 'storage_full') });
    await store.append([rows(2)]);
    full = true;
    expect(await codeOf(store.append([rows(2)]))).toBe('storage_full');
    full = false;
    await store.append([rows(3)]);
    await store.close();
    const again = await open();
    expect(count(again)).toBe(5);
    await again.close();
  });

  it('acknowledges nothing more after a failed write; what the disk holds decides after a restart', async () => {
    let broken = false;
    const store = await open({ ...host, vfs: failing(() => broken, 'storage_failed') });
    await store.append([rows(2)]);
    broken = true;
    expect(await codeOf(store.append([rows(2)]))).toBe('storage_failed');
    broken = false;
    expect(await codeOf(store.append([rows(2)]))).toBe('storage_failed');
    expect(count(store)).toBe(2);
    await store.close();
    const again = await open();
    expect(count(again)).toBe(2);
    await again.close();
  });
});

/** The machine's files, whose writes stop half-way while `fails` says so. */
function failing(fails: () => boolean, code: 'storage_full' | 'storage_failed'): Vfs {
  const wrap = (file: VfsFile): VfsFile => ({
    ...file,
    async write(bytes, position) {
      if (!fails()) return file.write(bytes, position);
      await file.write(bytes.subarray(0, bytes.length / 2), position);
      throw new VarveError(code, 'The disk says no.');
    },
  });
  return { ...host.vfs, create: async (path) => wrap(await host.vfs.create(path)) };
}
