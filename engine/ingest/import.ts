import { errorFromUnknown } from '../base/errors.ts';
import { isTimeZone } from '../base/time-zone.ts';
import type { Host } from '../host/host.ts';
import type { Store } from '../store/store-types.ts';
import { createImportPipeline } from './import-pipeline.ts';
import { unknownTimeZone, type ImportRun } from './import-run.ts';
import type { ImportSummary, ImportOptions } from './import-types.ts';
import { importFile, importStream } from './import-source.ts';
import { createKnownSources } from './known-sources.ts';
import { createPieceBuffers } from './pieces.ts';
import { rejectedTable } from './quarantine.ts';
import { filesOf } from './source-files.ts';
import { checkTableName } from './table-name.ts';

/** A file, a folder, a glob; several of them are one import; or the bytes themselves. */
export type ImportSource = string | readonly string[] | AsyncIterable<Uint8Array>;

/**
 * Imports files or a stream into a table: read here, parsed in threads, committed in the order of (file, byte). What is
 * in commits together with how far its source was read, so that an import that is cut off, or run again, adds only what
 * is not in yet. Memory is bounded, however large a source.
 * @throws VarveError `not_found`, `forbidden`, `usage`, `limit`, `data_corrupted`, `cancelled`, `storage_full`,
 * `storage_failed`; what was committed stays.
 */
export async function importSource(
  host: Host,
  store: Store,
  source: ImportSource,
  settings: ImportOptions,
): Promise<ImportSummary> {
  const run = createRun(host, store, settings);
  const storedBefore = bytesStored(run);
  let count = 1;
  try {
    if (isStream(source)) await importStream(run, 'standard input', source);
    else count = await importPaths(run, typeof source === 'string' ? [source] : source);
  } catch (error) {
    // What was read before goes in; a failure there tells more than what it caused.
    await run.pipeline.finish();
    throw error;
  }
  await run.pipeline.finish();
  if (run.reasons.size > 0) run.warnings.push(...[...run.reasons].map((reason) => `rejected: ${reason}`));
  return {
    table: run.table,
    files: count,
    skipped: run.skipped,
    resumed: run.resumed,
    rows: run.rows,
    bytesIn: run.bytesIn,
    bytesStored: Math.max(0, bytesStored(run) - storedBefore),
    rejected: run.rejected,
    duplicates: 0,
    timezone: run.timezone,
    elapsedMs: host.clock.monotonic() - run.started,
    detected: run.detected,
    warnings: run.warnings,
  };
}

function createRun(host: Host, store: Store, settings: ImportOptions): ImportRun {
  const timezone = settings.timezone ?? 'UTC';
  if (!isTimeZone(timezone)) throw unknownTimeZone(timezone);
  const table = settings.table ?? 'events';
  checkTableName(table);
  const schema = store.schema(table);
  const actors = settings.actor === undefined ? [] : [settings.actor].flat();
  const run: ImportRun = {
    host,
    store,
    table,
    settings,
    timezone,
    wanted: {
      tableTime: schema?.timeName ?? null,
      tableActor: schema?.actor ?? null,
      time: settings.time ?? null,
      actor: actors[0] ?? null,
    },
    known: createKnownSources(store, table),
    buffers: createPieceBuffers(),
    pipeline: createImportPipeline(
      host,
      store,
      table,
      () => ({ timeName: run.choice?.time ?? 'time', actor: run.choice?.actor ?? null, actors: actors.slice(1) }),
      settings.signal,
    ),
    started: host.clock.monotonic(),
    skipped: [],
    warnings: [],
    pendingHeads: new Map(),
    columns: new Set(),
    reasons: new Set(),
    choice: null,
    format: null,
    detected: null,
    rows: 0,
    rejected: 0,
    resumed: 0,
    bytesIn: 0,
    bytesRead: 0,
    bytesTotal: null,
  };
  const actor = schema?.actor ?? null;
  if (actor !== null && actors[0] !== undefined && actors[0] !== actor)
    run.warnings.push(`the table "${table}" has the actor "${actor}" already: --actor ${actors[0]} is not used`);
  return run;
}

function isStream(source: ImportSource): source is AsyncIterable<Uint8Array> {
  return typeof source === 'object' && Symbol.asyncIterator in source;
}

/** @returns how many files there were. */
async function importPaths(run: ImportRun, paths: readonly string[]): Promise<number> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await filesOf(run.host.vfs, path);
    files.push(...found.files);
    run.skipped.push(...found.skipped);
  }
  run.bytesTotal = await totalBytes(run, files);
  for (const file of files) {
    try {
      await importFile(run, file);
    } catch (error) {
      // One file of many that is of another kind is listed; the only one is the answer.
      const known = errorFromUnknown(error);
      const ofThisFile = ['usage', 'data_corrupted', 'forbidden', 'not_found'].includes(known.code);
      if (files.length === 1 || !ofThisFile || run.pipeline.failed()) throw known;
      run.skipped.push({ file, reason: known.message });
    }
  }
  return files.length;
}

async function totalBytes(run: ImportRun, files: readonly string[]): Promise<number> {
  let total = 0;
  for (const path of files) {
    try {
      const file = await run.host.vfs.openRead(path);
      total += await file.size().finally(() => file.close());
    } catch {
      // It is told when its turn comes.
    }
  }
  return total;
}

/** What is stored of the table and of the quarantine. */
function bytesStored(run: ImportRun): number {
  return run.store
    .tables()
    .filter(({ name }) => name === run.table || name === rejectedTable)
    .reduce((sum, { bytes }) => sum + bytes, 0);
}
