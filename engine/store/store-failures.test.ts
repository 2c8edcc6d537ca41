import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VarveError } from '../base/errors.ts';
import type { Vfs, VfsFile } from '../host/vfs.ts';
import { hostOver, numbersIn, upTo, vfs } from '../../test/own-store.ts';
import { codeOf, rowBatch } from '../../test/store-rows.ts';
import type { StoreSizes } from './sizes.ts';
import { openStore } from './store.ts';
import type { Store } from './store-types.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'varve-store-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const openOver = (files: Vfs, sizes: Partial<StoreSizes> = {}): Promise<Store> =>
  openStore(hostOver(files), directory, { readOnly: false, create: true, sizes });

describe('a store whose disk fails', () => {
  it('keeps what was acknowledged when the disk is full, and goes on when there is room', async () => {
    let full = false;
    const store = await openOver(
      failing(() => full, 'storage_full'),
      { memtableRowsMax: 20 },
    );
    await store.append([rowBatch(0, 2)]);
    full = true;
    expect(await codeOf(store.append([rowBatch(2, 2)]))).toBe('storage_full');
    expect(await codeOf(store.compact())).toBe('storage_full');
    full = false;
    await store.append([rowBatch(2, 3)]);
    await store.compact();
    await store.append([rowBatch(5, 40)]);
    await store.close();
    const again = await openOver(vfs);
    expect(numbersIn(again)).toEqual(upTo(45));
    await again.close();
  });

  it('acknowledges nothing more after a failed write; what the disk holds decides after a restart', async () => {
    let broken = false;
    const store = await openOver(failing(() => broken, 'storage_failed'));
    await store.append([rowBatch(0, 2)]);
    broken = true;
    expect(await codeOf(store.append([rowBatch(2, 2)]))).toBe('storage_failed');
    broken = false;
    expect(await codeOf(store.append([rowBatch(2, 2)]))).toBe('storage_failed');
    expect(numbersIn(store)).toEqual(upTo(2));
    await store.close();
    const again = await openOver(vfs);
    expect(numbersIn(again)).toEqual(upTo(2));
    await again.close();
  });

  it('acknowledges nothing more after a sync that failed in a build, and keeps what it had', async () => {
    let broken = false;
    const failing: Vfs = {
      ...vfs,
      async syncDirectory(path) {
        if (broken && path.endsWith('level0')) throw new VarveError('storage_failed', 'The device is gone.');
        return vfs.syncDirectory(path);
      },
    };
    const store = await openOver(failing);
    await store.append([rowBatch(0, 5)]);
    broken = true;
    expect(await codeOf(store.compact())).toBe('storage_failed');
    broken = false;
    expect(await codeOf(store.append([rowBatch(5, 5)]))).toBe('storage_failed');
    expect(numbersIn(store)).toEqual(upTo(5));
    await store.close();
    const again = await openOver(vfs);
    expect(numbersIn(again)).toEqual(upTo(5));
    await again.append([rowBatch(5, 5)]);
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
  return {
    ...vfs,
    create: async (path) => wrap(await vfs.create(path)),
    openWrite: async (path) => wrap(await vfs.openWrite(path)),
  };
}
