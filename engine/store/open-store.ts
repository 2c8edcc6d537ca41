import { errorFromUnknown, VarveError } from '../base/errors.ts';
import type { Host } from '../host/host.ts';
import type { DurableState } from '../host/lock.ts';
import { emptyCatalog, type Catalog } from './catalog.ts';
import { fileNames, numberOfFile, temporarySuffix } from './file-names.ts';
import { flushMemtable } from './flush.ts';
import { KeyIndex } from './idempotency.ts';
import { LiveTables } from './live-tables.ts';
import { Log } from './log.ts';
import { Manifest, readManifest } from './manifest.ts';
import { ObsoleteFiles } from './obsolete-files.ts';
import { removeOrphans } from './orphans.ts';
import { replayLog, type ReplayedLog } from './replay.ts';
import { defaultSizes, type StoreSizes } from './sizes.ts';
import { applyFrame, editWith, type StoreCore } from './store-core.ts';
import { guardSyncs } from './sync-guard.ts';

/** Logs that a clean close left are replayed as they are, until there are this many. */
const closedLogsMax = 4;

/** How a store is opened. */
export interface OpenStoreOptions {
  readonly readOnly: boolean;
  /** Makes the store where there is none. */
  readonly create: boolean;
  /** Seed of the actor hash of a store that is made now; default 0. */
  readonly seed?: number | undefined;
  /** Tests make stores that write out and merge early. */
  readonly sizes?: Partial<StoreSizes> | undefined;
}

/** What is read of a store before anything is written. */
interface Found {
  readonly catalog: Catalog;
  readonly manifest: number;
  readonly log: ReplayedLog;
}

/**
 * Opens a store to write: takes the manifest and the log in, and where the last writer did not end well, writes what
 * the log holds to segments and publishes them before anything is answered. Doing so again after a crash changes
 * nothing.
 * @param obsolete keeps what readers have pinned.
 * @throws VarveError `not_found`, `data_corrupted` (nothing is changed), `unsupported_version`, `storage_full`, `storage_failed`.
 */
export async function openToWrite(
  machine: Host,
  directory: string,
  options: OpenStoreOptions,
  obsolete: ObsoleteFiles,
): Promise<StoreCore> {
  const failing = { log: null as Log | null, manifest: null as Manifest | null };
  const giveUp = (cause: VarveError): void => {
    failing.log?.fail(cause);
    failing.manifest?.fail(cause);
  };
  const host: Host = { ...machine, vfs: guardSyncs(machine.vfs, giveUp) };
  const { vfs } = host;
  const found = await readStore(host, directory, false);
  const sizes = { ...defaultSizes, ...options.sizes };
  const catalog = found?.catalog ?? emptyCatalog(options.seed ?? 0);
  const manifest = new Manifest(vfs, directory, found?.manifest ?? 0, catalog, {
    bytesMax: sizes.manifestBytesMax,
    onReplaced: (path, edit) => obsolete.add([path], edit),
  });
  const base = await stateOf(host, directory, sizes, catalog, obsolete, found?.log ?? null, Infinity);
  const number = found === null ? await firstLogNumber(host, directory) : found.log.lastNumber + 1;
  const log = new Log(host, {
    directory: `${directory}/${fileNames.logs}`,
    number,
    sequence: found?.log.sequence ?? 0,
    nextCommit(frames) {
      const first = base.counters.commit + 1;
      base.counters.commit += frames;
      return first;
    },
    lastEdit: () => manifest.catalog.edit,
  });
  failing.log = log;
  failing.manifest = manifest;
  const core: StoreCore = { ...base, manifest, log, giveUp };
  try {
    await recover(core, found);
  } catch (error) {
    // What went wrong first is what is told.
    await closeCore(core).catch(() => undefined);
    throw error;
  }
  return core;
}

/** Makes the store, or writes out what a last writer that did not end well left in the log. */
async function recover(core: StoreCore, found: Found | null): Promise<void> {
  const { host, directory, manifest } = core;
  if (found === null) await createStore(core);
  else if (!found.log.closed || found.log.files.length >= closedLogsMax) {
    host.log(found.log.bytesCut > 0 ? 'torn_tail' : 'unclean_end', {
      frames: found.log.files.reduce((sum, file) => sum + file.frames.length, 0),
      bytesCut: found.log.bytesCut,
    });
    await flushMemtable(core);
    await core.obsolete.settled();
  }
  await removeOrphans(host, directory, manifest.catalog, manifest.number);
}

/**
 * Closes the files of a store and waits for removals; does all of it whatever fails.
 * @throws the first failure.
 */
export async function closeCore({ log, manifest, obsolete }: StoreCore): Promise<void> {
  try {
    await log?.close();
  } finally {
    try {
      await manifest.close();
    } finally {
      await obsolete.settled();
    }
  }
}

/**
 * Takes a store in to read it: what is durable now. A writer beside must have been asked first to keep its version, and
 * so all later ones.
 * @param moment what a live writer says is durable: what it has written since it may take back. null = no writer.
 */
export async function openToRead(host: Host, directory: string, moment: DurableState | null): Promise<StoreCore> {
  const obsolete = new ObsoleteFiles(host);
  const found = await readStore(host, directory, true, moment);
  if (found === null) throw missingStore(directory);
  const base = await stateOf(
    host,
    directory,
    defaultSizes,
    found.catalog,
    obsolete,
    found.log,
    moment?.frame ?? Infinity,
  );
  return {
    ...base,
    manifest: new Manifest(host.vfs, directory, found.manifest, found.catalog),
    log: null,
    giveUp: () => undefined,
  };
}

/** @returns the error for a folder that is no store. */
export function missingStore(directory: string): VarveError {
  return new VarveError('not_found', `There is no store at "${directory}".`, {
    hint: 'varve import FILE makes one; --data names another folder.',
  });
}

/** @param shared a writer may be at work: the log is read after the manifest, and may know later edits of it. */
async function readStore(
  host: Host,
  directory: string,
  shared: boolean,
  moment: DurableState | null = null,
): Promise<Found | null> {
  const { vfs } = host;
  const manifest = await readManifest(vfs, directory, moment);
  if (manifest === null) {
    await expectNothing(host, directory);
    return null;
  }
  const { catalog, number } = manifest;
  for (const { segments } of catalog.tables.values())
    for (const { file } of segments)
      if (!(await vfs.exists(`${directory}/${file}`)))
        throw new VarveError('data_corrupted', `Segment "${directory}/${file}" is missing.`, {
          hint: 'Nothing was changed. Restore the file from a copy.',
        });
  const start = { firstLog: catalog.firstLog, frame: catalog.frame, edit: shared ? Infinity : catalog.edit };
  const log = await replayLog(vfs, `${directory}/${fileNames.logs}`, start);
  return { catalog, manifest: number, log: shared ? upToEdit(log, catalog.edit) : log };
}

/** What a writer appended after an edit that came after the manifest was read: shown without it, it would be a gap. */
function upToEdit(log: ReplayedLog, edit: number): ReplayedLog {
  let later = false;
  const files = log.files.map((file) => ({
    ...file,
    frames: file.frames.filter((frame) => !(later ||= frame.edit > edit)),
  }));
  return { ...log, files };
}

/** Without CURRENT there is no store, and a folder with rows in it has lost it. */
async function expectNothing({ vfs }: Host, directory: string): Promise<void> {
  const logs = await vfs.list(`${directory}/${fileNames.logs}`);
  for (const name of logs) {
    const file = await vfs.openRead(`${directory}/${fileNames.logs}/${name}`);
    const bytes = await file.size().finally(() => file.close());
    if (bytes > 16) throw lostCurrent(directory);
  }
  if ((await vfs.list(`${directory}/${fileNames.tables}`)).length > 0) throw lostCurrent(directory);
}

function lostCurrent(directory: string): VarveError {
  return new VarveError(
    'data_corrupted',
    `"${directory}/${fileNames.current}" is missing, though the store has rows.`,
    {
      hint: 'Nothing was changed. Restore the file from a copy.',
    },
  );
}

async function stateOf(
  host: Host,
  directory: string,
  sizes: StoreSizes,
  catalog: Catalog,
  obsolete: ObsoleteFiles,
  log: ReplayedLog | null,
  lastFrame: number,
): Promise<Omit<StoreCore, 'manifest' | 'log' | 'giveUp'>> {
  const keys = new KeyIndex();
  await keys.load(host.vfs, directory, catalog.keyFiles);
  const base = {
    host,
    directory,
    sizes,
    live: new LiveTables(catalog),
    positions: new Map(catalog.positions),
    keys,
    obsolete,
    counters: { commit: catalog.commit, segment: catalog.nextSegment, keyFile: catalog.nextKeyFile },
  };
  for (const { frames } of log?.files ?? []) {
    for (const frame of frames) {
      if (frame.sequence > lastFrame) break;
      applyFrame(base, frame, frame.commit);
      base.counters.commit = Math.max(base.counters.commit, frame.commit);
    }
  }
  base.live.restoreBarriers(catalog);
  return base;
}

/** A store whose making was cut off may have left log files without a row. */
async function firstLogNumber({ vfs }: Host, directory: string): Promise<number> {
  const numbers = (await vfs.list(`${directory}/${fileNames.logs}`)).map((name) => numberOfFile(name, '.log') ?? 0);
  return Math.max(0, ...numbers) + 1;
}

/** The store's own name, and those of the folders that lead to it, may have been made a moment ago. */
async function syncAncestors({ vfs }: Host, directory: string): Promise<void> {
  for (let end = directory.lastIndexOf('/'); end >= 0; end = directory.lastIndexOf('/', end - 1)) {
    try {
      await vfs.syncDirectory(directory.slice(0, end) || '/');
    } catch (error) {
      // A folder that this user may not open was not made by this user.
      if (errorFromUnknown(error).code !== 'forbidden') throw error;
    }
    if (end === 0) return;
  }
}

async function createStore(core: StoreCore): Promise<void> {
  const { host, directory, manifest, log } = core;
  await host.vfs.makeDirectory(`${directory}/${fileNames.logs}`);
  await host.vfs.makeDirectory(`${directory}/${fileNames.tables}`);
  await host.vfs.syncDirectory(directory);
  await syncAncestors(host, directory);
  let firstLog = 0;
  await log!.rotate((rotated) => {
    firstLog = rotated.firstLog;
  });
  await manifest.commit(
    (catalog) => editWith(core, catalog, { firstLog }),
    () => undefined,
  );
  const temporary = (await host.vfs.list(directory)).filter((name) => name.endsWith(temporarySuffix));
  for (const name of temporary) await host.vfs.unlink(`${directory}/${name}`);
}
