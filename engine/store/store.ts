import { errorFromUnknown, VarveError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import type { Host } from '../host/host.ts';
import type { Lock } from '../host/lock.ts';
import { appendOnce, type PendingKeys } from './append-once.ts';
import { BulkImports } from './bulk-import.ts';
import { closedError } from './closed-error.ts';
import { joinChunks } from './chunk-joiner.ts';
import { Compactor } from './compactor.ts';
import { flushMemtable } from './flush.ts';
import { encodeFrame } from './log-frame.ts';
import { ObsoleteFiles } from './obsolete-files.ts';
import { closeCore, missingStore, openToWrite, type OpenStoreOptions } from './open-store.ts';
import { checkStore } from './store-check.ts';
import { openReader } from './store-reader.ts';
import type { StoreCore } from './store-core.ts';
import { infoOf, positionsOf, snapshotOf } from './store-views.ts';
import type { CompactReport, Store, TableInfo } from './store-types.ts';

export type { OpenStoreOptions } from './open-store.ts';

/**
 * Opens a store's folder: takes the lock, recovers what the last writer left, and serves.
 * @throws VarveError `not_found`, `locked`, `data_corrupted`, `unsupported_version`, `forbidden`, `storage_full`, `storage_failed`.
 */
export async function openStore(host: Host, directory: string, options: OpenStoreOptions): Promise<Store> {
  if (!(await host.vfs.exists(directory))) {
    if (!options.create || options.readOnly) throw missingStore(directory);
    await host.vfs.makeDirectory(directory);
  }
  if (options.readOnly) return openReader(host, directory);
  if (!options.create && !(await host.vfs.exists(`${directory}/CURRENT`))) throw missingStore(directory);
  const obsolete = new ObsoleteFiles(host);
  let core: StoreCore | null = null;
  const lock = await host.lock.acquire(directory, {
    pin() {
      if (core === null) return null;
      const { manifest, log } = core;
      obsolete.pin(manifest.catalog.edit);
      return { version: manifest.catalog.edit, manifest: manifest.number, frame: log!.sequence };
    },
    unpin: (version) => obsolete.unpin(version),
  });
  try {
    core = await openToWrite(host, directory, options, obsolete);
    return createWriter(core, lock);
  } catch (error) {
    await lock.release();
    throw errorFromUnknown(error);
  }
}

/** The writer's handle, with what goes on behind it: flushes, merges, joins of small chunks, marks in the log. */
function createWriter(core: StoreCore, lock: Lock): Store {
  const { host, sizes, live, manifest } = core;
  const pending: PendingKeys = new Map();
  const imports = new BulkImports(core);
  let flushing: Promise<void> | null = null;
  let closing: Promise<void> | null = null;
  let callOffJoin: (() => void) | null = null;
  let callOffMark: (() => void) | null = null;
  let written = false;
  const compactor = new Compactor(core, () => flush());

  const flush = (): Promise<void> => {
    flushing ??= flushMemtable(core).finally(() => {
      flushing = null;
      compactor.poke();
    });
    return flushing;
  };
  const isFull = (times: number): boolean =>
    live.rows >= times * sizes.memtableRowsMax || live.bytes >= times * sizes.memtableBytesMax;
  const flushWhenFull = (): void => {
    if (!isFull(1) || flushing !== null || closing !== null) return;
    flush().catch((error: unknown) => {
      const { code, message } = errorFromUnknown(error);
      host.log('flush_failed', { code, problem: message });
    });
  };
  const roomInMemory = async (): Promise<void> => {
    while (isFull(2)) {
      await flush();
      opened();
    }
  };
  const settleLater = (): void => {
    callOffJoin ??= host.scheduler.after(sizes.joinDelayMs, () => {
      callOffJoin = null;
      joinChunks(live, sizes.chunkRowsMax);
    });
    callOffMark?.();
    callOffMark = host.scheduler.after(sizes.markDelayMs, () => {
      callOffMark = null;
      // A mark that fails says so to the next append.
      if (closing === null)
        core.log!.append(encodeFrame({ kind: 'mark', tables: [] }, []), () => undefined).catch(() => undefined);
    });
  };
  const opened = (): void => {
    if (closing !== null) throw closedError();
  };

  const close = async (): Promise<void> => {
    callOffJoin?.();
    callOffMark?.();
    await imports.settled();
    await compactor.close();
    try {
      // One that failed has said so; the rows are in the log.
      await flushing?.catch(() => undefined);
      if (live.rows > sizes.closeRowsMax && core.log!.failed === null && manifest.failed === null) await flush();
      const healthy = core.log!.failed === null && manifest.failed === null;
      // The last frame bears the number of the last durable one, so that a tail cut off later is known as a loss.
      // A store that was made or recovered has a new file, though nothing came in.
      if (healthy && (written || core.log!.isOpen)) await core.log!.end(encodeFrame({ kind: 'close', tables: [] }, []));
    } finally {
      await closeCore(core).finally(() => lock.release());
    }
  };

  const compact = async (name?: string): Promise<CompactReport> => {
    opened();
    const tables = live.visible().filter(({ schema }) => name === undefined || schema.name === name);
    if (name !== undefined && tables.length === 0)
      throw new VarveError('unknown_table', `There is no table "${name}".`, {
        hint:
          nearestNames(
            name,
            live.visible().map(({ schema }) => schema.name),
          ).map((near) => `Did you mean ${near}?`)[0] ?? 'varve tables lists what there is.',
      });
    written = true;
    await flushing;
    opened();
    if (live.rows > 0) await flush();
    const before = tables.map((table) => infoOf(core, table));
    await compactor.mergeAll(tables);
    // Where there was nothing to merge no file was waited for: whoever calls this in a loop must not starve the rest.
    await host.scheduler.yield();
    const after = tables.map((table) => infoOf(core, table));
    const sum = (infos: readonly TableInfo[], field: 'segments' | 'bytes' | 'rows'): number =>
      infos.reduce((total, info) => total + info[field], 0);
    return {
      tables: tables.length,
      segmentsBefore: sum(before, 'segments'),
      segmentsAfter: sum(after, 'segments'),
      bytesBefore: sum(before, 'bytes'),
      bytesAfter: sum(after, 'bytes'),
      rows: sum(after, 'rows'),
    };
  };

  compactor.poke();
  return {
    directory: core.directory,
    readOnly: false,
    seed: manifest.catalog.seed,
    tables: () => live.visible().map((table) => infoOf(core, table)),
    schema: (table) => live.get(table)?.schema,
    async append(batches, options = {}) {
      opened();
      await roomInMemory();
      written = true;
      const outcome = await appendOnce(core, pending, batches, options);
      flushWhenFull();
      settleLater();
      return outcome;
    },
    async importBatches(parts, positions) {
      opened();
      written = true;
      await imports.run(parts, positions, async () => {
        await roomInMemory();
        for (const { table } of parts) await compactor.room(table);
      });
      flushWhenFull();
      compactor.poke();
    },
    importPositions: () => positionsOf(core),
    snapshot: () => snapshotOf(core),
    async define(name, text) {
      opened();
      written = true;
      await manifest.commit(
        () => ({ definitions: [[name, text]] }),
        () => undefined,
      );
    },
    compact,
    check: () => checkStore(core),
    refresh: () => Promise.resolve(),
    close() {
      closing ??= close();
      return closing;
    },
  };
}
