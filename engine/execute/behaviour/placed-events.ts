import type { Pointer } from '../../kernels/kernels.ts';
import type { Arena } from '../arena.ts';
import { entryAt, readColumn, type BlockView, type SliceSource } from '../block-view.ts';
import { denseViewOf, elementsAt, rowsAt, type DenseView, type LocalCodes } from '../dense/local-codes.ts';
import { openGrowingRegion } from '../growing-region.ts';
import { leavesOf } from '../leaves.ts';
import { mergeRuns } from '../sort-runs.ts';
import { withActorAndTime } from '../with-actor-and-time.ts';
import type { ActorEvents, EventPointers } from './actor-events.ts';
import type { EventNote } from './event-notes.ts';

/** Puts the events of a slice in order by kernels: rows of each source lie in the order of their actors already. */
export interface PlacedEvents {
  readonly bytes: number;
  /** Begins with a slice. @returns false where there is no room for its events: they are put in order elsewhere. */
  start(parts: readonly SliceSource[]): boolean;
  add(view: BlockView, dropping: boolean): void;
  ordered(): ActorEvents | null;
  close(): void;
}

/** What a block's rows take of the arena at most: a list of them, codes of two notes, times and entries. */
const viewBytesMax = 4 * 1024 * 1024;

const noCodes: PlacedCodes = { at: 0, bytes: 0, table: 0, isNoted: null };

/** @returns the range of a view whose rows a mask in this memory tells; of others the view. */
function unmasked(view: BlockView, memory: Arena['memory']): BlockView {
  const { mask, open, part, block, scratch } = view;
  if (mask === null || scratch.masks?.memory !== memory) return view;
  // Rows before those of the slice are not put, and lie before its first run; behind its last one lies nothing.
  const end = Math.min(mask.end, part.entries.endRow - open.source.blocks[block].firstRow);
  return { open, part, block, from: mask.first, length: end - mask.first, rows: null, mask: null, scratch };
}

/** Where the arrays of a slice lie in the region. */
interface Laid extends Omit<EventPointers, 'kernels' | 'arena'> {
  readonly slotCount: number;
  readonly capacity: number;
  /** A byte a slot: 1 = its events are not in the order of time. */
  readonly unsorted: Pointer;
}

/** Where a kernel finds the rows of a view, and whose they are. */
interface PlacedRows {
  readonly firstRows: Pointer;
  readonly slots: Pointer;
  /** 0 = a range. */
  readonly rows: Pointer;
  readonly from: number;
}

/** A note's codes as the kernels take them. */
interface PlacedCodes extends LocalCodes {
  readonly table: Pointer;
  /** A byte a code: 1 = its note is not 0; null = the codes are u32 and notes themselves. */
  readonly isNoted: Pointer | null;
}

/** @param notes what is read of each event. */
export function openPlacedEvents(arena: Arena, notes: readonly EventNote[]): PlacedEvents {
  const { kernels, memory } = arena;
  const region = openGrowingRegion(arena);
  let laid: Laid | null = null;
  let late = 0;
  /** Whether each source begins where the one before ends, or later. */
  let isAscending = false;
  const words = (at: Pointer, length: number): Uint32Array => new Uint32Array(memory.buffer, at, length);
  const layOut = (slotCount: number, capacity: number): Laid | null => {
    const sizes = [8 * capacity, ...notes.map(() => 4 * capacity), 4 * (slotCount + 1), 4 * slotCount, slotCount];
    const places = sizes.map(() => 0);
    let end = 0;
    sizes.forEach((size, at) => {
      places[at] = end;
      end += 16 * Math.ceil(size / 16);
    });
    const base = region.take(end);
    if (base === null) return null;
    const [times, ...others] = places.map((place) => base + place);
    const [starts, ends, unsorted] = others.slice(notes.length);
    return { slotCount, capacity, times, notes: others.slice(0, notes.length), starts, ends, unsorted };
  };
  const eachPart = (
    parts: readonly SliceSource[],
    take: (firstRows: Pointer, slots: Pointer, runs: number) => void,
  ) => {
    for (const part of parts) {
      const { slots, firstRows } = part.slots();
      const own = slots[part.part];
      if (own.length === 0) continue;
      const before = arena.used;
      take(arena.place(firstRows[part.part]), arena.place(own), own.length);
      arena.release(before);
    }
  };
  const rowsOf = (dense: DenseView): PlacedRows => {
    const { view } = dense;
    const { slots, firstRows } = view.part.slots();
    const [runs, own] = [firstRows[view.part.part], slots[view.part.part]];
    const { firstRow } = view.open.source.blocks[view.block];
    const rows = rowsAt(dense);
    const first = firstRow + (rows === null ? view.from : words(rows, 1)[0]);
    const entry = entryAt(runs, first);
    const last = rows === null ? first + view.length - 1 : firstRow + words(rows, view.length)[view.length - 1];
    const end = entryAt(runs, last) + 1;
    return {
      firstRows: arena.place(runs.subarray(entry, end + 1)),
      slots: arena.place(own.subarray(entry, end)),
      rows: rows ?? 0,
      from: rows === null ? first : firstRow,
    };
  };
  const codesOf = (note: EventNote, dense: DenseView): PlacedCodes => {
    const local = note.local(dense.view, arena);
    const codes = local?.readCodes(dense) ?? null;
    if (codes !== null && codes.bytes > 0) return { ...codes, table: local!.table, isNoted: local!.isNoted };
    return { at: arena.place(note.read(dense.view, leavesOf(dense.view))), bytes: 4, table: 0, isNoted: null };
  };
  /** @returns a bit for each of the view's rows whose note is not 0; null where all are to be put: that is as fast. */
  const notedRows = (codes: PlacedCodes, length: number): { readonly bits: Pointer; readonly found: number } => {
    const bits = arena.take(((length + 7) >> 3) + 8);
    const { at, bytes: width, isNoted } = codes;
    if (isNoted === null) return { bits, found: kernels.filterRangeU32(at, length, 1, 0xffffffff, bits) };
    if (width === 1) return { bits, found: kernels.filterSetU8(at, length, isNoted, bits) };
    if (width === 2) return { bits, found: kernels.filterSetU16(at, length, isNoted, bits) };
    return { bits, found: kernels.filterSetU32(at, length, isNoted, bits) };
  };
  const addRows = (own: Laid, masked: BlockView, dropping: boolean): void => {
    // The rows of a mask need not be listed: its bits are those that are put.
    const view = unmasked(masked, memory);
    const dense = denseViewOf(view, arena);
    const { firstRows, slots, rows, from } = rowsOf(dense);
    const { length } = view;
    let bits = view === masked ? 0 : masked.mask!.at;
    const first = notes.length === 0 ? noCodes : codesOf(notes[0], dense);
    if (dropping) {
      const noted = notedRows(first, length);
      if (noted.found === 0) return;
      if (bits !== 0) kernels.andBitmaps(bits, noted.bits, length, noted.bits);
      bits = noted.bits;
    }
    for (let note = 1; note < notes.length; note++) {
      const mark = arena.used;
      const { at, bytes: width, table } = codesOf(notes[note], dense);
      const out = own.notes[note];
      kernels.placeNotes(firstRows, slots, rows, bits, from, length, at, width, table, own.ends, out);
      arena.release(mark);
    }
    const times = timesOf(dense);
    // What is picked out lies in the cache already.
    if (rows === 0) {
      kernels.prefetch(times.at, times.bytes * length);
      kernels.prefetch(first.at, first.bytes * length);
    }
    late += kernels.placeEvents(
      firstRows,
      slots,
      rows,
      bits,
      from,
      length,
      first.at,
      first.bytes,
      first.table,
      times.at,
      times.bytes,
      times.origin,
      isAscending ? 0 : own.starts,
      own.ends,
      own.unsorted,
      own.times,
      own.notes[0] ?? 0,
    );
  };
  return {
    get bytes() {
      return region.bytes;
    },
    start(parts) {
      laid = null;
      late = 0;
      if (arena.room < viewBytesMax) return false;
      const slotCount = parts[0]?.slots().count ?? 0;
      let rows = 0;
      let entries = 0;
      for (const { entries: own, part, slots } of parts) {
        rows += own.endRow - own.firstRow;
        entries = Math.max(entries, slots().slots[part].length);
      }
      if (8 * entries + 64 > arena.room) return false;
      const own = layOut(slotCount, rows);
      if (own === null) return false;
      words(own.ends, slotCount).fill(0);
      new Uint8Array(memory.buffer, own.unsorted, slotCount).fill(0);
      eachPart(parts, (firstRows, slots, runs) => kernels.countRunRows(firstRows, slots, runs, own.ends));
      kernels.layOutSlots(own.ends, slotCount, own.starts);
      laid = own;
      isAscending = followEachOther(parts);
      return true;
    },
    add(all, dropping) {
      const view = all.open.source.blocks[all.block].untimed === true ? withActorAndTime(all) : all;
      if (view.length === 0 || laid === null) return;
      const before = arena.used;
      addRows(laid, view, dropping);
      arena.release(before);
    },
    ordered() {
      if (laid === null) return null;
      const { slotCount, capacity, starts, ends, times, notes: lists, unsorted } = laid;
      const events: ActorEvents = {
        slotCount,
        starts: words(starts, slotCount + 1),
        ends: words(ends, slotCount),
        times: new Float64Array(memory.buffer, times, capacity),
        notes: lists.map((at) => words(at, capacity)),
        placed: { kernels, arena, starts, ends, times, notes: lists },
      };
      if (late > 0) sortSlots(events, new Uint8Array(memory.buffer, unsorted, slotCount));
      return events;
    },
    close() {
      region.close();
      laid = null;
    },
  };
}

function followEachOther(parts: readonly SliceSource[]): boolean {
  const sources = parts.filter(({ entries }) => entries.endRow > entries.firstRow).map(({ open }) => open.source);
  return sources.every(({ timeMin }, at) => at === 0 || timeMin >= sources[at - 1].timeMax);
}

interface PlacedTimes {
  readonly at: Pointer;
  readonly bytes: number;
  readonly origin: number;
}

function timesOf(dense: DenseView): PlacedTimes {
  const { view, arena } = dense;
  const vector = view.open.source.readBlock('time', view.block);
  if (vector.kind === 'int' && !(vector.values instanceof BigInt64Array)) {
    const { values, base } = vector;
    const bytes = values.BYTES_PER_ELEMENT;
    return { at: elementsAt(dense, values, bytes), bytes, origin: base };
  }
  const values = readColumn(view, 'time', 'time');
  const floats = values.kind === 'number' ? values.values : new Float64Array(view.length);
  return { at: arena.place(floats), bytes: 8, origin: 0 };
}

/** Sorts the events of slots that several sources have, where these overlap: stable, so equal times stay as stored. */
function sortSlots({ slotCount, starts, ends, times, notes }: ActorEvents, unsorted: Uint8Array): void {
  let order = new Uint32Array(256);
  let spare = new Uint32Array(256);
  for (let slot = 0; slot < slotCount; slot++) {
    if (unsorted[slot] === 0) continue;
    const from = starts[slot];
    const length = ends[slot] - from;
    if (length > order.length) {
      order = new Uint32Array(2 * length);
      spare = new Uint32Array(2 * length);
    }
    for (let at = 0; at < length; at++) order[at] = at;
    const own = times.slice(from, from + length);
    mergeRuns(order, 0, length, own, spare);
    for (let at = 0; at < length; at++) times[from + at] = own[order[at]];
    for (const note of notes) {
      const values = note.slice(from, from + length);
      for (let at = 0; at < length; at++) note[from + at] = values[order[at]];
    }
  }
}
