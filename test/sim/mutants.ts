import type { Vfs, VfsFile } from '../../engine/host/vfs.ts';
import { openStore } from '../../engine/store/store.ts';
import type { Store } from '../../engine/store/store-types.ts';
import type { OpenStore } from './life.ts';
import type { RunOptions } from './run-seed.ts';
import type { SimHost } from './sim-host.ts';

/** A planted bug that the simulation must find. */
export interface Mutant {
  readonly name: string;
  /** What a store that had it would do wrong. */
  readonly bug: string;
  readonly options: RunOptions;
}

type ChangeFile = (file: VfsFile) => Partial<VfsFile>;

/** Changes what the store sees of the disk. */
function vfsMutant(name: string, bug: string, change: (vfs: Vfs) => Partial<Vfs>): Mutant {
  const wrap = (host: SimHost): SimHost => ({ ...host, vfs: { ...host.vfs, ...change(host.vfs) } });
  return { name, bug, options: { wrap } };
}

/** Changes what the store sees of the files that it writes. */
function fileMutant(name: string, bug: string, change: ChangeFile): Mutant {
  const changed = async (opened: Promise<VfsFile>): Promise<VfsFile> => {
    const file = await opened;
    return { ...file, ...change(file) };
  };
  return vfsMutant(name, bug, (vfs) => ({
    create: (path) => changed(vfs.create(path)),
    openWrite: (path) => changed(vfs.openWrite(path)),
  }));
}

/** Changes the store itself. */
function storeMutant(name: string, bug: string, change: (store: Store) => Partial<Store>): Mutant {
  const open: OpenStore = async (...args) => {
    const store = await openStore(...args);
    return { ...store, ...change(store) };
  };
  return { name, bug, options: { open } };
}

const nothing = (): Promise<void> => Promise.resolve();

/** All planted bugs. */
export const mutants: readonly Mutant[] = [
  fileMutant('no sync', 'nothing is ever synced', () => ({ sync: nothing })),
  fileMutant('no log sync', 'log files are not synced', ({ path }) => (path.endsWith('.log') ? { sync: nothing } : {})),
  fileMutant('no sync before rename', 'a file gets its name before its bytes are durable', ({ path }) =>
    path.endsWith('.tmp') ? { sync: nothing } : {},
  ),
  fileMutant('retried sync', 'a failed sync is tried again and believed', (file) => ({
    sync: () => file.sync().catch(() => file.sync()),
  })),
  fileMutant('ignored sync failure', 'a failed sync is taken for success', (file) => ({
    sync: () => file.sync().catch(() => undefined),
  })),
  fileMutant('early sync', 'an append is acknowledged while its sync is under way', (file) => ({
    sync: () => {
      file.sync().catch(() => undefined);
      return Promise.resolve();
    },
  })),
  fileMutant('ignored write failure', 'a short write is taken for a whole one', (file) => ({
    write: (bytes, position) => file.write(bytes, position).catch(() => undefined),
  })),
  fileMutant('no truncate', 'a half-written frame stays when the disk is full', () => ({ truncate: nothing })),
  vfsMutant('no folder sync', 'names are not made durable', () => ({ syncDirectory: nothing })),
  vfsMutant('ignored folder sync failure', 'a failed sync of a folder is taken for success', (vfs) => ({
    syncDirectory: (path) => vfs.syncDirectory(path).catch(() => undefined),
  })),
  vfsMutant('trusted cache', 'recovery goes on from what it could read, and rewrites nothing', () => ({
    rename: nothing,
    unlink: nothing,
  })),
  {
    name: 'no lock',
    bug: 'a second writer is let in',
    options: {
      wrap: (host) => ({ ...host, lock: { ...host.lock, acquire: () => Promise.resolve({ release: nothing }) } }),
    },
  },
  storeMutant('early acknowledgement', 'an append is acknowledged before it is written', (store) => ({
    append: (batches, options) => {
      store.append(batches, options).catch(() => undefined);
      return Promise.resolve(options?.outcome ?? { accepted: 0, rejected: 0, duplicate: false });
    },
  })),
  storeMutant('no keys', 'idempotency keys are dropped', (store) => ({
    append: (batches, { outcome } = {}) => store.append(batches, { outcome }),
  })),
  storeMutant('split append', 'an append of two tables is two appends', (store) => ({
    append: async (batches, options = {}) => {
      if (batches.length === 1) return store.append(batches, options);
      await store.append(batches.slice(1));
      return store.append(batches.slice(0, 1), options);
    },
  })),
  storeMutant('positions first', 'an import commits its position before its rows', (store) => ({
    importBatches: async (parts, positions) => {
      await store.importBatches([], positions);
      await store.importBatches(parts, {});
    },
  })),
  storeMutant('rows first', 'an import commits its rows before its position', (store) => ({
    importBatches: async (parts, positions) => {
      await store.importBatches(parts, {});
      await store.importBatches([], positions);
    },
  })),
  storeMutant('moving snapshot', 'a snapshot shows what is there when it is read', (store) => ({
    snapshot: () => {
      const { id, definitions, release } = store.snapshot();
      return {
        id,
        definitions,
        release,
        get tables() {
          return store.snapshot().tables;
        },
      };
    },
  })),
  storeMutant('forgetful', 'a saved query is acknowledged and never written', () => ({ define: nothing })),
  storeMutant('no refresh', 'a read-only store stays where it was opened', () => ({ refresh: nothing })),
];
