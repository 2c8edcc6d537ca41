import type { DirectoryEntries } from './actor-directory.ts';
import type { DirectoryPart } from './footer.ts';
import type { ActorEntries } from './row-source.ts';

/**
 * Reads the directory for a few rows.
 * @param rows ascending within the segment.
 * @param read reads a part of the directory.
 * @returns only the entries that hold one of the rows; `firstRows` leaves gaps between them.
 */
export function entriesHolding(
  directory: readonly DirectoryPart[],
  rows: Uint32Array,
  read: (part: number) => DirectoryEntries,
): ActorEntries {
  const found: { readonly own: DirectoryEntries; readonly entry: number }[] = [];
  let firstEntry = 0;
  let end = 0;
  let part = rows.length === 0 ? 0 : partAt(directory, rows[0]);
  let own: DirectoryEntries | null = null;
  let textBytes = 0;
  for (const row of rows) {
    // Several rows of one actor.
    if (row < end) continue;
    for (; directory[part].firstRow + directory[part].rows <= row; part++) own = null;
    own ??= read(part);
    const entry = entryAt(own.firstRows, row);
    if (found.length === 0) firstEntry = directory[part].first + entry;
    end = own.firstRows[entry + 1];
    textBytes += own.textOffsets[entry + 1] - own.textOffsets[entry];
    found.push({ own, entry });
  }
  const count = found.length;
  const firstRows = new Uint32Array(count + 1);
  const hashes = new Uint32Array(2 * count);
  const nobody = new Uint8Array(count);
  const offsets = new Uint32Array(count + 1);
  const bytes = new Uint8Array(textBytes);
  for (const [at, { own: entries, entry }] of found.entries()) {
    firstRows[at] = entries.firstRows[entry];
    hashes[2 * at] = entries.hashes[2 * entry];
    hashes[2 * at + 1] = entries.hashes[2 * entry + 1];
    nobody[at] = entries.nobody[entry];
    const text = entries.textBytes.subarray(entries.textOffsets[entry], entries.textOffsets[entry + 1]);
    bytes.set(text, offsets[at]);
    offsets[at + 1] = offsets[at] + text.length;
  }
  firstRows[count] = end;
  const [firstRow, endRow] = [firstRows[0], end];
  return {
    firstEntry,
    count,
    firstRow,
    endRow,
    firstRows,
    hashes,
    nobody,
    texts: { count, offsets, bytes, hashes: null },
  };
}

/** Binary search of the part that holds a row. */
function partAt(directory: readonly DirectoryPart[], row: number): number {
  let low = 0;
  let high = directory.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (directory[middle].firstRow <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Binary search of the entry that holds a row. */
function entryAt(firstRows: Uint32Array, row: number): number {
  let low = 0;
  let high = firstRows.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (firstRows[middle] <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
