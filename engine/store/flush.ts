import { fileNames, keyFileName } from './file-names.ts';
import type { LiveTable, MemtableChunk } from './live-tables.ts';
import {
  buildSegmentsOf,
  discardSegments,
  levelZeroWish,
  publishSegments,
  type BuildWish,
} from './publish-segments.ts';
import { editWith, logOf, logPaths, type StoreCore } from './store-core.ts';

/**
 * Writes the memtable out: a new log file, a segment of level 0 a table (several where imports came between), the new
 * idempotency keys, and one edit that names them and lets the old log go. Appends go on meanwhile.
 * @throws VarveError `storage_full` (the rows stay in memory and in the log), `storage_failed`.
 */
export async function flushMemtable(core: StoreCore): Promise<void> {
  const { manifest, live, keys, counters, obsolete, directory, host } = core;
  let mark = { firstLog: 0, frame: 0, commit: 0 };
  await logOf(core).rotate(({ firstLog, frame }) => {
    mark = { firstLog, frame, commit: counters.commit };
    live.frozen = mark.commit;
  });
  const runs = live.visible().flatMap((table) => live.runs(table, mark.commit).map((chunks) => ({ table, chunks })));
  const segments = await buildSegmentsOf(core, runs, ({ table, chunks }) => wishFor(core, table, chunks));
  const before = manifest.catalog.keyFiles;
  let files = before;
  try {
    files = await keys.store(host.vfs, directory, before, counters.keyFile++, host.clock.now());
  } catch (error) {
    discardSegments(core, segments);
    throw error;
  }
  let oldLog = 0;
  try {
    await publishSegments(
      core,
      segments,
      (catalog) => {
        oldLog = catalog.firstLog;
        return editWith(core, catalog, {
          ...(segments.length === 0 ? {} : { add: segments }),
          keyFiles: files,
          firstLog: mark.firstLog,
          frame: mark.frame,
        });
      },
      () => live.drop(mark.commit),
    );
  } catch (error) {
    keys.unstore(before);
    throw error;
  }
  const gone = before.filter((file) => !files.includes(file));
  obsolete.add(
    [
      ...logPaths(directory, oldLog, mark.firstLog),
      ...gone.map(({ number }) => `${directory}/${fileNames.keys}/${keyFileName(number)}`),
    ],
    manifest.catalog.edit,
  );
}

function wishFor(core: StoreCore, { schema }: LiveTable, chunks: readonly MemtableChunk[]): BuildWish {
  const inputs = chunks.map(({ descriptor }) => descriptor);
  const commits = { commitMin: chunks[0].commitMin, commitMax: chunks.at(-1)!.commitMax };
  return levelZeroWish(core, schema, schema.columns, inputs, commits);
}
