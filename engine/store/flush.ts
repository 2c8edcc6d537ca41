import { fileNames, keyFileName } from './file-names.ts';
import type { LiveTable, MemtableChunk } from './live-tables.ts';
import type { SegmentMeta } from './row-source.ts';
import { settleAll } from './settle-all.ts';
import type { BuildRequest, BuildResult } from './segment-tasks.ts';
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
  const segments = (await settleAll(runs.map(({ table, chunks }) => buildRun(core, table, chunks)))).flat();
  const before = manifest.catalog.keyFiles;
  const files = await keys.store(host.vfs, directory, before, counters.keyFile++, host.clock.now());
  let oldLog = 0;
  try {
    await manifest.commit(
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

async function buildRun(
  core: StoreCore,
  table: LiveTable,
  chunks: readonly MemtableChunk[],
): Promise<readonly SegmentMeta[]> {
  const { id, actor, columns } = table.schema;
  const request: BuildRequest = {
    directory: core.directory,
    table: id,
    seed: core.manifest.catalog.seed,
    actor,
    columns,
    inputs: chunks.map(({ descriptor }) => descriptor),
    firstId: core.counters.segment++,
    cut: null,
    commitMin: chunks[0].commitMin,
    commitMax: chunks.at(-1)!.commitMax,
  };
  return (await core.host.threads.run<BuildResult>('segment', 'build', request)).segments;
}
