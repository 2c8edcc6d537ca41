import { concatColumns } from '../column/gather.ts';
import { decodeBatch, encodeBatch } from '../column/batch-codec.ts';
import type { Batch } from '../column/batch.ts';
import { widenColumns } from './catalog.ts';
import { describeChunk, type LiveTable, type LiveTables, type MemtableChunk } from './live-tables.ts';

/**
 * Joins small chunks of every table to larger ones, so that a query opens few of them: from the newest back, each as
 * long as it has at most twice the rows of those behind it, so that a row is copied a logarithmic number of times.
 * @param rowsMax of a joined chunk.
 */
export function joinChunks(live: LiveTables, rowsMax: number): void {
  for (const table of live.visible()) {
    const chosen = chooseChunks(live, table, rowsMax);
    if (chosen.length < 2) continue;
    const batch = joinBatches(chosen.map(({ descriptor }) => decodeBatch(descriptor.bytes)));
    const bytes = encodeBatch(batch);
    live.replace(table, chosen, {
      descriptor: describeChunk(batch, bytes, chosen[0].descriptor.sequence, table.schema.actor),
      commitMin: chosen[0].commitMin,
      commitMax: chosen.at(-1)!.commitMax,
    });
  }
}

function chooseChunks(live: LiveTables, table: LiveTable, rowsMax: number): MemtableChunk[] {
  const chosen: MemtableChunk[] = [];
  let rows = 0;
  for (const chunk of [...table.chunks].reverse()) {
    const { rowCount } = chunk.descriptor;
    const fits = rows + rowCount <= rowsMax && (chosen.length === 0 || rowCount <= 2 * rows);
    if (!fits || chunk.commitMin <= live.frozen || (chosen.length > 0 && live.isCut(table, chunk, chosen[0]))) break;
    chosen.unshift(chunk);
    rows += rowCount;
  }
  return chosen;
}

/** @returns the rows of the batches one after another, columns widened to what holds them all. */
function joinBatches(batches: readonly Batch[]): Batch {
  let columns: ReturnType<typeof widenColumns> = [];
  for (const batch of batches) columns = widenColumns(columns, batch.columns, () => 0);
  const lengths = batches.map(({ rowCount }) => rowCount);
  return {
    rowCount: lengths.reduce((sum, length) => sum + length, 0),
    columns: columns.map(({ name, type }) => ({
      name,
      ...concatColumns(
        batches.map((batch) => batch.columns.find((column) => column.name === name) ?? null),
        lengths,
        type,
      ),
    })),
  };
}
