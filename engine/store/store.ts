import { errorFromUnknown, VarveError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import type { Host } from '../host/host.ts';
import type { Lock, ReaderPin } from '../host/lock.ts';
import { appendOnce, type PendingKeys } from './append-once.ts';
import { BulkImports } from './bulk-import.ts';
import { joinChunks } from './chunk-joiner.ts';
import { Compactor } from './compactor.ts';
import { flushMemtable } from './flush.ts';
import type { LiveTable } from './live-tables.ts';
import { encodeFrame } from './log-frame.ts';
import { ObsoleteFiles } from './obsolete-files.ts';
import { missingStore, openToRead, openToWrite, type OpenStoreOptions } from './open-store.ts';
import { checkStore } from './store-check.ts';
import { describeSegment, type StoreCore } from './store-core.ts';
import type { CompactReport, ImportPosition, Snapshot, Store, TableInfo } from './store-types.ts';

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
      const version = core?.manifest.catalog.edit ?? 0;
      obsolete.pin(version);
      return version;
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

/** A handle that reads; `refresh` moves it on. */
async function openReader(host: Host, directory: string): Promise<Store> {
  const openPinned = async (): Promise<{ core: StoreCore; pin: ReaderPin | null }> => {
    const pin = await host.lock.pin(directory);
    try {
      return { core: await openToRead(host, directory), pin };
    } catch (error) {
      pin?.release();
      throw error;
    }
  };
  let open = await openPinned();
  const refused = (): Promise<never> =>
    Promise.reject(new VarveError('usage', 'The store is open read-only.', { hint: 'Open it without readOnly.' }));
  return {
    directory,
    readOnly: true,
    seed: open.core.manifest.catalog.seed,
    tables: () => open.core.live.visible().map((table) => infoOf(open.core, table)),
    schema: (table) => open.core.live.get(table)?.schema,
    append: refused,
    importBatches: refused,
    importPositions: () => positionsOf(open.core),
    snapshot: () => snapshotOf(open.core),
    compact: refused,
    check: () => checkStore(open.core),
    async refresh() {
      const before = open;
      open = await openPinned();
      before.pin?.release();
    },
    close() {
      open.pin?.release();
      return Promise.resolve();
    },
  };
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
    if (closing !== null) throw new VarveError('usage', 'The store was closed.', { hint: 'Open it again.' });
  };

  const close = async (): Promise<void> => {
    callOffJoin?.();
    callOffMark?.();
    await imports.settled();
    await compactor.close();
    try {
      await flushing;
      if (live.rows > sizes.closeRowsMax && core.log!.failed === null && manifest.failed === null) await flush();
      const healthy = core.log!.failed === null && manifest.failed === null;
      // The last frame bears the number of the last durable one, so that a tail cut off later is known as a loss.
      if (healthy && written) await core.log!.append(encodeFrame({ kind: 'close', tables: [] }, []), () => undefined);
    } finally {
      await core.log!.close();
      await manifest.close();
      await core.obsolete.settled();
      await lock.release();
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
    if (live.rows > 0) await flush();
    const before = tables.map((table) => infoOf(core, table));
    await compactor.mergeAll(tables);
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
      while (isFull(2)) await flush();
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
        for (const { table } of parts) await compactor.room(table);
      });
      flushWhenFull();
      compactor.poke();
    },
    importPositions: () => positionsOf(core),
    snapshot: () => snapshotOf(core),
    compact,
    check: () => checkStore(core),
    refresh: () => Promise.resolve(),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function positionsOf({ positions }: StoreCore): Map<string, ImportPosition> {
  return new Map([...positions].map(([source, { position }]) => [source, position]));
}

function snapshotOf(core: StoreCore): Snapshot {
  const { catalog } = core.manifest;
  core.obsolete.pin(catalog.edit);
  let released = false;
  const tables = core.live.visible().map((table) => {
    const { schema, chunks } = table;
    const segments = catalog.tables.get(schema.name)?.segments ?? [];
    const sources = [
      ...segments.map((meta) => ({ commit: meta.commitMin, source: describeSegment(core, schema, meta) })),
      ...chunks.map(({ descriptor, commitMin }) => ({ commit: commitMin, source: descriptor })),
    ].sort((a, b) => a.commit - b.commit);
    return [schema.name, { schema, sources: sources.map(({ source }) => source) }] as const;
  });
  return {
    id: `${catalog.edit}.${core.counters.commit}`,
    tables: new Map(tables),
    release() {
      if (released) return;
      released = true;
      core.obsolete.unpin(catalog.edit);
    },
  };
}

function infoOf(core: StoreCore, { schema, chunks }: LiveTable): TableInfo {
  const segments = core.manifest.catalog.tables.get(schema.name)?.segments ?? [];
  const parts = [
    ...segments.map(({ rows, bytes, timeMin, timeMax }) => ({ rows, bytes, timeMin, timeMax })),
    ...chunks.map(({ descriptor: { rowCount, bytes, timeMin, timeMax } }) => ({
      rows: rowCount,
      bytes: bytes.length,
      timeMin,
      timeMax,
    })),
  ];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return {
    name: schema.name,
    schema,
    rows,
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    segments: segments.length,
    timeMin: rows === 0 ? null : parts.reduce((least, part) => Math.min(least, part.timeMin), Infinity),
    timeMax: rows === 0 ? null : parts.reduce((most, part) => Math.max(most, part.timeMax), -Infinity),
  };
}
