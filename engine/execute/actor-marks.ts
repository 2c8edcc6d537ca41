import { NumberTable } from '../column/number-table.ts';
import { noSlot } from '../store/actor-slots.ts';
import type { Arena } from './arena.ts';
import { entryAt, isRange, type BlockView, type SliceSource } from './block-view.ts';
import { enlarged } from './enlarged.ts';
import type { DenseRows } from './dense/dense-groups.ts';
import { openMarkRoom, type MarkedCells, type MarkedEntries, type MarkRoom } from './mark-room.ts';

/** Marks of one slice: 8 MiB. */
const wordsMax = 2_097_152;
const roomMin = 16_384;
/** The kernel countMarks counts so many words by lanes. */
const wordsOfLanes = 8;

/** Codes that rows are marked by. */
export type MarkedCodes = Pick<DenseRows, 'codes' | 'runs' | 'times'>;

/**
 * Which actors of a slice one measure has met in which groups: a row of bits an actor, so that the rows of one, which
 * lie together, go to the same few bytes. Where the bits would be too many, the pairs that occur are kept instead.
 */
export interface ActorMarks {
  /** Begins a slice. @param bits how many groups are known. */
  start(slotCount: number, bits: number): void;
  /**
   * Marks rows of a view.
   * @param groups of each row by its place in the view, below `bits`; null = all rows in group 0.
   * @param rows places in the view of the rows that count, ascending; null = all.
   */
  add(view: BlockView, groups: Uint32Array | Float64Array | null, rows: Uint32Array | null, bits: number): void;
  /**
   * Marks all rows of a view that is a range by their codes, rows of nobody too; run by run where the codes have runs.
   * @param bitOf the group of each code, below `bits`.
   * @returns false where that cannot be done: nothing is.
   */
  addCodes(view: BlockView, codes: MarkedCodes, bitOf: Uint32Array | Float64Array, bits: number): boolean;
  /** @returns how many actors of the slice each group has; groups behind the last one with an actor are left out. */
  count(): Uint32Array;
  /** Tells of each group that rows of nobody were added to by `addCodes`. */
  eachOfNobody(take: (group: number) => void): void;
  /**
   * Counts by window, where bit s · span + c is cell c of series s. The marks are good for nothing else afterwards.
   * @param take gets how many actors a series has in a window; windows without an actor are passed over.
   */
  countWindows(cells: MarkedCells, take: (series: number, window: number, actors: number) => void): void;
  readonly bytes: number;
  close(): void;
}

/** @param unit u32 that the groups of one series take: an even number. */
export function createActorMarks(arena: Arena | null, unit = 2): ActorMarks {
  let room: MarkRoom | null = null;
  let slotCount = 1;
  let words = unit;
  let pairs: ActorPairs | null = null;
  // The marks of nobody, once there are pairs.
  let nobodys: Uint32Array | null = null;
  const roomFor = (length: number): MarkRoom => {
    if (room === null || room.marks.length < length) {
      room?.close();
      let size = roomMin;
      while (size < length) size *= 2;
      room = openMarkRoom(arena, size);
    }
    return room;
  };
  const wordsOf = (bits: number): number => unit * Math.max(1, Math.ceil(bits / (32 * unit)));
  const widen = (bits: number): void => {
    if (pairs !== null || bits <= 32 * words) return;
    const before = words;
    // More groups are met until all have been.
    words = Math.max(wordsOf(bits), wordsOf(32 * 1.5 * words));
    // The row behind those of the slots is that of nobody.
    const known = room!.marks.slice(0, before * (slotCount + 1));
    if (words * slotCount > wordsMax) {
      pairs = pairsOf(known.subarray(0, before * slotCount), before, slotCount);
      nobodys = known.slice(before * slotCount);
    } else layOut(known, before, roomFor(words * (slotCount + 1)).marks, words, slotCount + 1);
  };
  return {
    start(slots, bits) {
      slotCount = Math.max(1, slots);
      words = wordsOf(bits);
      pairs = words * slotCount > wordsMax ? newPairs(slotCount) : null;
      nobodys = null;
      if (pairs === null) roomFor(words * (slotCount + 1)).marks.fill(0, 0, words * (slotCount + 1));
    },
    add(view, groups, rows, bits) {
      if (view.length === 0) return;
      widen(bits);
      if (pairs !== null) addPairs(pairs, view, groups, rows);
      else if (groups === null) markAll(room!.marks, words, view, rows);
      else markGroups(room!, words, view, groups as Uint32Array, rows);
    },
    addCodes(view, codes, bitOf, bits) {
      if (!isRange(view)) return false;
      if (codes.runs === null && codes.times === null && codes.codes().bytes === 0) return false;
      widen(bits);
      return pairs === null && markCodes(room!, words, slotCount, view, codes, bitOf);
    },
    eachOfNobody(take) {
      const own = nobodys ?? (pairs === null ? room!.marks.subarray(words * slotCount, words * (slotCount + 1)) : null);
      own?.forEach((bits, word) => {
        for (let left = bits; left !== 0; left &= left - 1) take(32 * word + 31 - Math.clz32(left & -left));
      });
    },
    count() {
      return pairs === null ? room!.count(slotCount, words) : countPairs(pairs);
    },
    countWindows(cells, take) {
      if (pairs !== null) {
        countPairsByWindow(pairs, 32 * unit, cells, take);
        return;
      }
      const { windows, sliding } = cells;
      // More words are counted bit by bit, of which spread marks have many.
      if (sliding !== null && words <= wordsOfLanes) {
        room!.spread(slotCount, words, sliding.mask, sliding.span);
        const counts = room!.count(slotCount, words);
        for (let series = 0; series < words / unit; series++)
          for (let window = 0; window < windows; window++) {
            const actors = counts[32 * unit * series + window + sliding.behind];
            if (actors > 0) take(series, window, actors);
          }
        return;
      }
      const changes = room!.windows(slotCount, unit, words / unit, cells);
      for (let at = 0, actors = 0; at < changes.length; at++) {
        // Modulo 2^32, as the kernel counts; each series ends with what takes it back to 0.
        actors = (actors + changes[at]) | 0;
        if (actors > 0) take(Math.floor(at / (windows + 1)), at % (windows + 1), actors);
      }
    },
    get bytes() {
      return (room?.marks.byteLength ?? 0) + (pairs === null ? 0 : pairs.table.bytes + pairs.values.byteLength);
    },
    close() {
      room?.close();
      room = null;
    },
  };
}

function layOut(known: Uint32Array, before: number, marks: Uint32Array, words: number, slotCount: number): void {
  marks.fill(0, 0, words * slotCount);
  for (let slot = 0; slot < slotCount; slot++)
    for (let word = 0; word < before; word++) marks[slot * words + word] = known[slot * before + word];
}

function entriesOfPart(part: SliceSource): MarkedEntries {
  const { slots, firstRows } = part.slots();
  return { firstRows: firstRows[part.part], slots: slots[part.part] };
}

function markGroups(
  room: MarkRoom,
  words: number,
  view: BlockView,
  groups: Uint32Array,
  rows: Uint32Array | null,
): void {
  const { part, from, length, rows: listedRows } = view;
  const { firstRow } = view.open.source.blocks[view.block];
  const { slots, firstRows } = entriesOfPart(part);
  if (listedRows === null && rows === null) {
    const first = firstRow + from;
    const entry = entryAt(firstRows, first);
    // A kernel is given what it reads, no more: it may have to be copied.
    const last = entryAt(firstRows, first + length - 1) + 1;
    const [runs, own] = [firstRows.subarray(entry, last + 1), slots.subarray(entry, last)];
    room.runs(runs, own, first, first + length, groups, words);
    return;
  }
  const count = rows === null ? length : rows.length;
  if (count === 0) return;
  const listed = view.scratch.words(count);
  const own = rows === null ? groups : view.scratch.words(count);
  for (let i = 0; i < count; i++) {
    const place = rows === null ? i : rows[i];
    listed[i] = firstRow + (listedRows === null ? from + place : listedRows[place]);
    own[i] = groups[place];
  }
  const entry = entryAt(firstRows, listed[0]);
  const last = entryAt(firstRows, listed[count - 1]) + 1;
  room.rows(firstRows.subarray(entry, last + 1), slots.subarray(entry, last), listed, own, words);
}

function markCodes(
  room: MarkRoom,
  words: number,
  others: number,
  { part, open, block, from, length }: BlockView,
  marked: MarkedCodes,
  bitOf: Uint32Array | Float64Array,
): boolean {
  const entries = entriesOfPart(part);
  const first = open.source.blocks[block].firstRow + from;
  const table = { bitOf, words, others };
  const { runs, times } = marked;
  if (runs !== null) return room.codeRuns(entries, first - from, runs, table);
  if (times !== null && room.times(entries, first, first + length, times, table)) return true;
  return room.codes(entries, first, first + length, marked.codes(), table);
}

/** Marks bit 0 alone: the rows of a run say no more than that there are some. */
function markAll(marks: Uint32Array, words: number, view: BlockView, rows: Uint32Array | null): void {
  const { part, from, length, rows: listedRows } = view;
  const { firstRow } = view.open.source.blocks[view.block];
  const { slots, firstRows } = entriesOfPart(part);
  const all = listedRows === null && rows === null;
  const count = rows === null ? length : rows.length;
  let entry = 0;
  for (let i = 0; i < count;) {
    const place = rows === null ? i : rows[i];
    const row = firstRow + (listedRows === null ? from + place : listedRows[place]);
    if (i === 0) entry = entryAt(firstRows, row);
    while (firstRows[entry + 1] <= row) entry++;
    if (slots[entry] !== noSlot) marks[slots[entry] * words] |= 1;
    i = all ? firstRows[entry + 1] - firstRow - from : i + 1;
  }
}

/** Pairs (group, slot) of a slice, each once, as group · slotCount + slot. */
interface ActorPairs {
  readonly slotCount: number;
  readonly table: NumberTable;
  values: Float64Array;
}

function newPairs(slotCount: number): ActorPairs {
  return { slotCount, table: new NumberTable(), values: new Float64Array(1024) };
}

function addPair(pairs: ActorPairs, group: number, slot: number): void {
  const { table, slotCount } = pairs;
  const before = table.count;
  const value = group * slotCount + slot;
  if (table.numberOf(value) < before) return;
  if (before === pairs.values.length) pairs.values = enlarged(pairs.values, new Float64Array(2 * before));
  pairs.values[before] = value;
}

function pairsOf(marks: Uint32Array, words: number, slotCount: number): ActorPairs {
  const pairs = newPairs(slotCount);
  for (let at = 0; at < marks.length; at++) {
    for (let left = marks[at]; left !== 0; left &= left - 1)
      addPair(pairs, 32 * (at % words) + 31 - Math.clz32(left & -left), Math.floor(at / words));
  }
  return pairs;
}

function addPairs(
  pairs: ActorPairs,
  view: BlockView,
  groups: Uint32Array | Float64Array | null,
  rows: Uint32Array | null,
): void {
  const { part, from, length, rows: listedRows } = view;
  const { firstRow } = view.open.source.blocks[view.block];
  const { slots, firstRows } = entriesOfPart(part);
  const count = rows === null ? length : rows.length;
  let entry = 0;
  for (let i = 0; i < count; i++) {
    const place = rows === null ? i : rows[i];
    const row = firstRow + (listedRows === null ? from + place : listedRows[place]);
    if (i === 0) entry = entryAt(firstRows, row);
    while (firstRows[entry + 1] <= row) entry++;
    if (slots[entry] !== noSlot) addPair(pairs, groups === null ? 0 : groups[place], slots[entry]);
  }
}

function countPairs({ slotCount, table, values }: ActorPairs): Uint32Array {
  let groups = 0;
  for (let at = 0; at < table.count; at++) groups = Math.max(groups, Math.floor(values[at] / slotCount) + 1);
  const counts = new Uint32Array(groups);
  for (let at = 0; at < table.count; at++) counts[Math.floor(values[at] / slotCount)]++;
  return counts;
}

/** The same by window: the pairs of one series and slot are put together, their cells ascending. */
function countPairsByWindow(
  { slotCount, table, values }: ActorPairs,
  span: number,
  { firsts, lasts, windows }: MarkedCells,
  take: (series: number, window: number, actors: number) => void,
): void {
  const order = new Float64Array(table.count);
  for (let at = 0; at < order.length; at++) {
    const group = Math.floor(values[at] / slotCount);
    const series = Math.floor(group / span);
    order[at] = (series * slotCount + (values[at] % slotCount)) * span + (group % span);
  }
  order.sort();
  const changes = new Int32Array(windows + 1);
  for (let at = 0; at < order.length;) {
    const series = Math.floor(order[at] / span / slotCount);
    changes.fill(0);
    let row = -1;
    let next = 0;
    for (; at < order.length && Math.floor(order[at] / span / slotCount) === series; at++) {
      if (Math.floor(order[at] / span) !== row) {
        row = Math.floor(order[at] / span);
        next = 0;
      }
      const cell = order[at] % span;
      const first = Math.max(firsts[cell], next);
      if (first > lasts[cell]) continue;
      changes[first]++;
      changes[lasts[cell] + 1]--;
      next = lasts[cell] + 1;
    }
    for (let window = 0, actors = 0; window < windows; window++) {
      actors += changes[window];
      if (actors > 0) take(series, window, actors);
    }
  }
}
