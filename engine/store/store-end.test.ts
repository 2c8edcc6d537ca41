import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { VarveError } from '../base/errors.ts';
import { createInlineThreads } from '../host/inline-threads.ts';
import type { Host } from '../host/host.ts';
import type { ReaderPin } from '../host/lock.ts';
import { createNodeHost } from '../host/node-host.ts';
import type { OwnThread } from '../host/threads.ts';
import type { Vfs, VfsFile } from '../host/vfs.ts';
import { codeOf, rowBatch } from '../../test/store-rows.ts';
import { temporaryFolder } from '../../test/support.ts';
import { buildSegments } from './segment-build.ts';
import type { BuildRequest } from './segment-tasks.ts';
import type { StoreSizes } from './sizes.ts';
import { openStore } from './store.ts';
import type { ImportPart, Store } from './store-types.ts';

const machine = createNodeHost(() => undefined, 0);
let directory: string;
beforeEach(() => {
  directory = temporaryFolder();
});

type Build = (request: BuildRequest) => Promise<unknown>;

/** Everything in this process; builds go through `build`. */
function hostWith(vfs: Vfs, build: Build = (request) => buildSegments(vfs, request)): Host {
  return { ...machine, vfs, threads: createInlineThreads({ segment: { build } }) };
}

const open = (host: Host, sizes: Partial<StoreSizes> = {}): Promise<Store> =>
  openStore(host, directory, { readOnly: false, create: true, sizes: { importLogRowsMax: 0, ...sizes } });

const partOf = (from: number, rows = 10): ImportPart[] => {
  const { table, options, bytes } = rowBatch(from, rows);
  return [{ table, options, batches: [bytes] }];
};

const segments = (): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.seg'));

/** A promise and what settles it. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Writes to files whose path has `part` fail while `broken` says so. */
function failingWrites(part: string, broken: () => boolean): Vfs {
  const wrap = (file: VfsFile): VfsFile => ({
    ...file,
    write(bytes, position) {
      if (file.path.includes(part) && broken()) throw new VarveError('storage_full', 'The disk is full.');
      return file.write(bytes, position);
    },
  });
  return {
    ...machine.vfs,
    create: async (path) => wrap(await machine.vfs.create(path)),
    openWrite: async (path) => wrap(await machine.vfs.openWrite(path)),
  };
}

describe('the end of a store', () => {
  it('waits for an import that is slower than one after it that failed', async () => {
    const slow = gate();
    let builds = 0;
    const host = hostWith(machine.vfs, async (request) => {
      if (builds++ > 0) throw new VarveError('storage_full', 'The disk is full.');
      await slow.passed;
      return buildSegments(machine.vfs, request);
    });
    const store = await open(host);
    const first = store.importBatches(partOf(0), {});
    const second = codeOf(store.importBatches(partOf(10), {}));
    expect(await second).toBe('storage_full');
    const closed = store.close();
    slow.open();
    await first;
    await closed;
    const again = await open(hostWith(machine.vfs));
    expect(again.tables().map(({ rows }) => rows)).toEqual([10]);
    await again.close();
  });

  it('ends a compaction after the merge that is under way', async () => {
    const reached = gate();
    const slow = gate();
    let merges = 0;
    const host = hostWith(machine.vfs, async (request) => {
      if (request.cut !== null && merges++ === 0) {
        reached.open();
        await slow.passed;
      }
      return buildSegments(machine.vfs, request);
    });
    const store = await open(host, { runsMax: 100, levelZeroSegmentsMax: 100 });
    const { options, bytes } = rowBatch(0, 10);
    for (const table of ['a', 'b', 'c']) await store.importBatches([{ table, options, batches: [bytes] }], {});
    const compacting = codeOf(store.compact());
    await reached.passed;
    const closed = store.close();
    slow.open();
    await closed;
    const after = merges;
    expect(await compacting).toBe('usage');
    expect([after, merges]).toEqual([1, 1]);
  });

  it('gives the lock back when the log cannot be closed', async () => {
    const dead: OwnThread = {
      run: () => Promise.reject(new VarveError('storage_failed', 'The thread "log" ended.')),
      close: () => Promise.resolve(),
    };
    const host = hostWith(machine.vfs);
    await (await open(host)).close();
    const store = await open({ ...host, threads: { ...host.threads, start: () => dead } });
    expect(await codeOf(store.append([rowBatch(0, 1)]))).toBe('storage_failed');
    expect(await codeOf(store.close())).toBe('storage_failed');
    const again = await open(host);
    await again.close();
  });

  it('closes what an open that fails has opened', async () => {
    const openFiles = new Set<string>();
    const vfs: Vfs = {
      ...machine.vfs,
      async create(path) {
        const file = await machine.vfs.create(path);
        openFiles.add(path);
        return {
          ...file,
          close() {
            openFiles.delete(path);
            return file.close();
          },
        };
      },
      list: (path) =>
        path.endsWith('/keys')
          ? Promise.reject(new VarveError('storage_failed', 'The disk is gone.'))
          : machine.vfs.list(path),
    };
    expect(await codeOf(open(hostWith(vfs)))).toBe('storage_failed');
    expect([...openFiles]).toEqual([]);
    await (await open(hostWith(machine.vfs))).close();
  });
});

describe('segments that no edit names', () => {
  it.each(['MANIFEST', 'keys'])('are removed when there is no room for the %s', async (part) => {
    let full = false;
    const store = await open(hostWith(failingWrites(part, () => full)));
    await store.append([rowBatch(0, 10)], { key: 'k' });
    full = true;
    for (let turn = 0; turn < 3; turn++) expect(await codeOf(store.compact())).toBe('storage_full');
    full = false;
    await store.compact();
    expect(store.tables()[0]).toMatchObject({ rows: 10, segments: 1 });
    await store.close();
    expect(segments()).toHaveLength(1);
  });

  it('are removed when an import before failed', async () => {
    let builds = 0;
    const host = hostWith(machine.vfs, async (request) => {
      if (builds++ === 0) throw new VarveError('storage_full', 'The disk is full.');
      return buildSegments(machine.vfs, request);
    });
    const store = await open(host);
    const codes = await Promise.all([0, 10].map((from) => codeOf(store.importBatches(partOf(from), {}))));
    expect(codes).toEqual(['storage_full', 'storage_full']);
    await store.close();
    expect(segments()).toEqual([]);
  });
});

describe('a store', () => {
  it('makes a table as the first append that is taken says, not as one that was refused', async () => {
    let full = false;
    const store = await open(hostWith(failingWrites('.log', () => full)));
    const batch = rowBatch(0, 1);
    full = true;
    expect(await codeOf(store.append([{ ...batch, options: { ...batch.options, actor: 'm' } }]))).toBe('storage_full');
    full = false;
    await store.append([batch]);
    expect(store.schema('t')?.actor).toBe('user');
    await store.close();
  });

  it('opens beside files of others, and leaves them', async () => {
    const store = await open(hostWith(machine.vfs));
    await store.importBatches(partOf(0), {});
    await store.close();
    const strays = ['tables/.DS_Store', 'tables/1/.DS_Store', 'tables/1/level0/notes.txt', 'log/notes.txt'];
    for (const stray of strays) writeFileSync(join(directory, stray), '');
    mkdirSync(join(directory, 'tables/mine'));
    const again = await open(hostWith(machine.vfs));
    await again.close();
    expect(strays.filter((stray) => !existsSync(join(directory, stray)))).toEqual([]);
  });
});

describe('a table that cannot be merged', () => {
  it('does not keep others from being merged', async () => {
    const host = hostWith(machine.vfs, async (request) => {
      if (request.cut !== null && request.table === 1) throw new VarveError('data_corrupted', 'It is damaged.');
      return buildSegments(machine.vfs, request);
    });
    const store = await open(host, { runsMax: 2, levelZeroSegmentsMax: 3 });
    const { options, bytes } = rowBatch(0, 10);
    const add = (table: string) => codeOf(store.importBatches([{ table, options, batches: [bytes] }], {}));
    const codes: string[] = [];
    for (let turn = 0; turn < 6; turn++) codes.push(await add('damaged'), await add('sound'));
    expect(codes.filter((_, index) => index % 2 === 0)).toEqual([
      ...['none', 'none', 'none'],
      ...['data_corrupted', 'data_corrupted', 'data_corrupted'],
    ]);
    expect(codes.filter((_, index) => index % 2 === 1)).toEqual(Array.from({ length: 6 }, () => 'none'));
    expect(await codeOf(store.compact('sound'))).toBe('none');
    expect(store.tables().map(({ name, rows }) => [name, rows])).toEqual([
      ['damaged', 30],
      ['sound', 60],
    ]);
    await store.close();
  });
});

describe('a reading handle', () => {
  it('has the writer keep a version until the last snapshot of it is released', async () => {
    const writer = await open(hostWith(machine.vfs));
    await writer.append([rowBatch(0, 1)]);
    const held = new Set<number>();
    let count = 0;
    const pin = (): Promise<ReaderPin> => {
      const version = ++count;
      held.add(version);
      return Promise.resolve({ version, manifest: 1, frame: Infinity, release: () => void held.delete(version) });
    };
    const host = { ...hostWith(machine.vfs), lock: { ...machine.lock, pin } };
    const reader = await openStore(host, directory, { readOnly: true, create: false });
    const snapshot = reader.snapshot();
    expect([...held]).toEqual([1]);
    await Promise.all([reader.refresh(), reader.refresh()]);
    expect(held.size).toBe(2);
    expect(held.has(1)).toBe(true);
    const other = reader.snapshot();
    snapshot.release();
    snapshot.release();
    expect([held.size, held.has(1)]).toEqual([1, false]);
    await reader.close();
    await reader.close();
    expect(held.size).toBe(1);
    other.release();
    expect(held.size).toBe(0);
    expect(await codeOf(reader.refresh())).toBe('usage');
    expect(() => reader.snapshot()).toThrow('closed');
    await writer.close();
  });
});
