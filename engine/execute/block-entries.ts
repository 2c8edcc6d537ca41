import { entryAt, type SliceSource } from './block-view.ts';

/** Directory entries of a slice, counted from its first. */
export interface EntryRange {
  readonly from: number;
  /** The first beyond. */
  readonly to: number;
}

/** By part: of each block, and of the end of the last, 1 + the entry that its first row within the slice is in; 0 = unknown. */
const known = new WeakMap<SliceSource, Uint32Array>();

/**
 * Finds the entries that rows of a block lie in. Where these are all of the block's within the slice, a part remembers what was found:
 * several things are asked of a block, one after another, and a directory is too large for a core's cache.
 * @param firstRows of the part's entries. @param first the first row, and @param end the one behind the last, counted in
 * the source; those around the slice's count to its first and last entry.
 */
export function entriesOfBlock(
  part: SliceSource,
  firstRows: Uint32Array,
  block: number,
  first: number,
  end: number,
): EntryRange {
  const { blocks } = part.open.source;
  const { firstRow, rowCount } = blocks[block];
  const count = firstRows.length - 1;
  const isWhole = first <= Math.max(firstRow, firstRows[0]) && end >= Math.min(firstRow + rowCount, firstRows[count]);
  if (!isWhole) return { from: entryAt(firstRows, first), to: entryAt(firstRows, end - 1) + 1 };
  let entries = known.get(part);
  if (entries === undefined) known.set(part, (entries = new Uint32Array(blocks.length + 1)));
  const last = firstRow + rowCount;
  const to = entryFrom(entries, block + 1, firstRows, last);
  // An entry may go on in the next block.
  const isCut = to < count && firstRows[to] < last;
  return { from: entryFrom(entries, block, firstRows, firstRow), to: isCut ? to + 1 : to };
}

function entryFrom(entries: Uint32Array, block: number, firstRows: Uint32Array, row: number): number {
  if (entries[block] === 0) {
    const count = firstRows.length - 1;
    const beyond = row >= firstRows[count];
    entries[block] = 1 + (beyond ? count : row <= firstRows[0] ? 0 : entryAt(firstRows, row));
  }
  return entries[block] - 1;
}
