import { assert } from '../base/assert.ts';
import { wireFromError, type WireError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Vfs } from '../host/vfs.ts';
import type { BuildColumn } from './build-column.ts';
import { createMergeColumn } from './merge-columns.ts';
import { mergeDictionaries } from './merge-dictionaries.ts';
import { commonType, inputFromChunk, inputFromSegment, openInputColumn, type MergeInput } from './merge-input.ts';
import { mergeRows } from './merge-rows.ts';
import { createNoCache } from './no-cache.ts';
import { OutputFile, removeFiles } from './output-file.ts';
import { planOutputs } from './plan-outputs.ts';
import type { SegmentMeta } from './row-source.ts';
import { closeSegments } from './open-segments.ts';
import type { BuildRequest, BuildResult } from './segment-tasks.ts';
import type { SourceEnvironment } from './source-environment.ts';
import { guardSyncs } from './sync-guard.ts';

/** What the blocks at hand of all the segments that are written at once may take. */
const passBytesMax = 384 * 1024 * 1024;
const passOutputsMax = 128;

/**
 * Merges sorted runs into segments: one, or cut by partition and hash range. Each is written beside its place, synced,
 * read back from the device, renamed, and its folder synced. What cannot be written at once (too many segments) is
 * merged in several passes over the inputs.
 *
 * Memory: the dictionaries, a block of each column of each input, and of each segment of a pass.
 * @throws VarveError `data_corrupted` for a damaged input, `storage_full`, `storage_failed`. No file of it is left then.
 */
export async function buildSegments(machine: Vfs, request: BuildRequest): Promise<BuildResult> {
  let failedSync: WireError | null = null;
  const vfs = guardSyncs(machine, (error) => {
    failedSync ??= wireFromError(error);
  });
  const environment: SourceEnvironment = { vfs, cache: createNoCache() };
  const made: string[] = [];
  const files: OutputFile[] = [];
  try {
    const inputs = openInputs(environment, request);
    if (inputs.length === 0) return { segments: [], failedSync };
    const columns = openColumns(inputs, request);
    const { plan, outputs } = planOutputs(request.cut, inputs, columns);
    const perPass = outputsPerPass(columns);
    const segments: SegmentMeta[] = [];
    for (let first = 0; first < outputs.length; first += perPass) {
      const own = outputs.slice(first, first + perPass);
      for (const output of own) {
        files.push(await OutputFile.create(vfs, request, columns, output, request.firstId + files.length, made));
      }
      const opened = files.slice(first);
      await mergeRows(
        inputs,
        columns,
        plan,
        own,
        opened.map(({ writer }) => writer),
      );
      await completeAll(opened);
      for (const file of opened) segments.push(await file.publish());
    }
    return { segments, failedSync };
  } catch (error) {
    // A file that cannot even be closed is no reason to hide what went wrong.
    for (const file of files) await file.close().catch(() => undefined);
    await removeFiles(vfs, made);
    // Told apart from other failures: it concerns more than this build.
    if (failedSync !== null) return { segments: [], failedSync };
    throw error;
  } finally {
    closeSegments(environment);
  }
}

/** Syncs at once, so that the device may join them; throws only when all are done, since files are removed then. */
async function completeAll(files: readonly OutputFile[]): Promise<void> {
  const results = await Promise.allSettled(files.map((file) => file.complete()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function openInputs(environment: SourceEnvironment, { inputs, seed, actor }: BuildRequest): MergeInput[] {
  assert(inputs.length < 65_536, `${inputs.length} runs are merged at once`);
  return inputs
    .filter((descriptor) => (descriptor.kind === 'chunk' ? descriptor.rowCount : descriptor.meta.rows) > 0)
    .map((descriptor) =>
      descriptor.kind === 'chunk'
        ? inputFromChunk({ ...descriptor, actor }, seed)
        : inputFromSegment(environment, descriptor, seed),
    );
}

/** Opens every column that some input has values in, at the type that holds them all. */
function openColumns(inputs: readonly MergeInput[], { columns, actor }: BuildRequest): BuildColumn[] {
  return columns.flatMap(({ id, name }): BuildColumn[] => {
    const common = commonType(inputs, name);
    if (common === null) return [];
    if (name === actor && common.type === 'text') return [{ id, name, merged: null, rows: null }];
    const opened = inputs.map((input) => openInputColumn(input, name, common.type));
    const hasTexts = common.type.endsWith('text');
    const merged = hasTexts ? mergeDictionaries(opened.map((column) => column?.dictionary ?? null)) : null;
    return [{ id, name, merged, rows: createMergeColumn(common.type, common.wide, opened, merged?.maps ?? null) }];
  });
}

function outputsPerPass(columns: readonly BuildColumn[]): number {
  const widths = { bool: 1, int: 8, wide: 8, float: 8, text: 4 } as const;
  const rowBytes = columns.reduce((sum, { rows }) => sum + (rows === null ? 0 : widths[rows.rows.rows.kind] + 1), 8);
  return Math.min(passOutputsMax, Math.max(1, Math.floor(passBytesMax / (rowBytes * limits.blockRowsMax))));
}
