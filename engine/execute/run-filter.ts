import { entriesOfBlock } from './block-entries.ts';
import { masked, type BlockView } from './block-view.ts';
import { runAt } from './dense/key-runs.ts';
import { isInMasks, keepFound, placeOf, spanOf } from './kernel-filter.ts';
import type { EntryMask } from './text-mask.ts';

/** With fewer rows, runs that nobody has looked for so far are not worth the walk over their block. */
const viewRowsMin = 4096;
/** After so many blocks without runs a column's others are not asked for theirs. */
const blocksWithoutMax = 2;
/** A filter by runs reads a byte for so many rows or fewer. */
const rowBytes = 1 / 4;

/**
 * Keeps the view's rows whose code belongs to a set, where a block's codes lie in runs: each run is decided at once.
 * @param blocksWithout of the mask counts the blocks that have none.
 * @returns null where they do not, or kernels cannot tell: then nothing was done.
 */
export function keepByRuns(view: BlockView, column: string, mask: EntryMask): BlockView | null {
  const { source } = view.open;
  if (source.readRuns === undefined || view.scratch.masks === null) return null;
  if (mask.blocksWithout >= blocksWithoutMax || view.length < viewRowsMin) return null;
  const runs = source.readRuns(column, view.block);
  if (runs === null) {
    mask.blocksWithout++;
    return null;
  }
  const { ends, codes } = runs;
  if (!isInMasks(view, ends) || !isInMasks(view, codes)) return null;
  const span = spanOf(view, rowBytes);
  if (span === null) return null;
  const { arena, first, count, bitmap } = span;
  const table = placeOf(arena, mask.entries);
  if (table === null) return null;
  const run = first === 0 ? 0 : runAt(ends, first);
  const width = codes.BYTES_PER_ELEMENT;
  const found = arena.kernels.filterCodeRuns(
    ends.byteOffset + 4 * run,
    codes.byteOffset + width * run,
    width,
    ends.length - run,
    first,
    first + count,
    table,
    bitmap,
  );
  return keepFound(span, found, null);
}

const oneOfTwo = new Uint8Array([0, 1]);

/**
 * Keeps the view's rows whose directory entry a mask has: rows of one entry lie together.
 * @param mask a byte an entry of the slice's, 1 = it is kept.
 * @returns as keepByRuns.
 */
export function keepByEntries(view: BlockView, mask: Uint8Array): BlockView | null {
  const { firstRows } = view.part.entries;
  const span = spanOf(view, rowBytes);
  if (span === null) return null;
  const { arena, first, count, bitmap } = span;
  const table = placeOf(arena, oneOfTwo);
  if (table === null) return null;
  const begin = view.open.source.blocks[view.block].firstRow + first;
  // Rows before those of the slice count to its first entry, and are no rows of the view.
  const { from: entry, to: end } = entriesOfBlock(view.part, firstRows, view.block, begin, begin + count);
  const before = arena.used;
  const found = arena.kernels.filterCodeRuns(
    arena.place(firstRows.subarray(entry + 1, end + 1)),
    arena.place(mask.subarray(entry, end)),
    1,
    end - entry,
    begin,
    begin + count,
    table,
    bitmap,
  );
  arena.release(before);
  const kept = keepFound(span, found, null);
  const { mask: rows } = kept;
  return view.mask !== null || rows === null ? kept : masked(kept, { ...rows, inRuns: true }, kept.length);
}
