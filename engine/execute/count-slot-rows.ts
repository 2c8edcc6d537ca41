import type { Pointer } from '../kernels/kernels.ts';
import { noSlot } from '../store/actor-slots.ts';
import { entriesOfBlock } from './block-entries.ts';
import { entryAt, isRange, type BlockView } from './block-view.ts';

/** How many rows each slot of a slice has. */
export interface SlotCounts {
  readonly list: Uint32Array;
  /** Where they lie in the memory of the scratch's arena; null = on the heap. */
  readonly at: Pointer | null;
}

/** Adds how many of a view's rows each slot has. What it takes of the arena stays taken. */
export function countRowsOfSlots(view: BlockView, counts: SlotCounts): void {
  const { arena, masks } = view.scratch;
  if (
    counts.at === null ||
    arena === null ||
    !(isRange(view) || (view.mask !== null && masks?.memory === arena.memory))
  )
    return countListed(view, counts.list);
  const { firstRows, slots } = view.part.slots();
  const [runs, own] = [firstRows[view.part.part], slots[view.part.part]];
  const { firstRow } = view.open.source.blocks[view.block];
  const { from, end, at } = rangeOf(view);
  // Rows around those of the slice have no bits, and no slots here.
  const first = Math.max(firstRow + from, runs[0]);
  const last = Math.min(firstRow + end, runs[runs.length - 1]);
  if (first >= last) return;
  const { from: entry, to } = entriesOfBlock(view.part, runs, view.block, first, last);
  arena.kernels.countSlotRows(
    arena.place(runs.subarray(entry, to + 1)),
    arena.place(own.subarray(entry, to)),
    first,
    last,
    at,
    firstRow + from,
    counts.at,
  );
}

/** @returns the rows of a view as a range, and where the bits of those that count lie; 0 = all count. */
function rangeOf({ mask, from, length }: BlockView): { from: number; end: number; at: Pointer } {
  return mask === null ? { from, end: from + length, at: 0 } : { from: mask.first, end: mask.end, at: mask.at };
}

function countListed(view: BlockView, counts: Uint32Array): void {
  const { firstRows, slots } = view.part.slots();
  const [runs, own] = [firstRows[view.part.part], slots[view.part.part]];
  const { rows, from, length } = view;
  const { firstRow } = view.open.source.blocks[view.block];
  if (length === 0) return;
  let entry = entryAt(runs, firstRow + (rows === null ? from : rows[0]));
  for (let i = 0; i < length; i++) {
    const row = firstRow + (rows === null ? from + i : rows[i]);
    while (runs[entry + 1] <= row) entry++;
    if (own[entry] !== noSlot) counts[own[entry]]++;
  }
}
