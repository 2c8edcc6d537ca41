import type { Arena } from './arena.ts';
import { entryAt } from './block-view.ts';
import { countMarkedWindows, countMarks, markRows, markRuns, spreadMarks } from '../kernels/scalar/mark.ts';
import type { Pointer } from '../kernels/kernels.ts';
import type { EvenTimes, LocalCodes } from './dense/local-codes.ts';
import type { RunCodes } from './dense/key-runs.ts';

/** Consecutive runs of rows: where each begins, and where the last ends; and the slot of each. */
export interface MarkedEntries {
  readonly firstRows: Uint32Array;
  readonly slots: Uint32Array;
}

/** How codes are marked. */
export interface CodeTable {
  /** The bit of each code. */
  readonly bitOf: ArrayLike<number>;
  readonly words: number;
  /** The row of marks of runs without a slot. */
  readonly others: number;
}

/** Where marks lie: kernels reach them in the memory of the block cache; without one, their twins do on the heap. */
export interface MarkRoom {
  readonly marks: Uint32Array;
  /** Marks rows of consecutive runs, as the kernel markRuns does. */
  runs(firstRows: Uint32Array, slots: Uint32Array, from: number, to: number, groups: Uint32Array, words: number): void;
  /** Marks rows that are listed, as the kernel markRows does. */
  rows(firstRows: Uint32Array, slots: Uint32Array, rows: Uint32Array, groups: Uint32Array, words: number): void;
  /**
   * Marks rows of consecutive runs by their codes, as the kernel markCodes does.
   * @returns false where no kernel reaches the marks: nothing is done.
   */
  codes(entries: MarkedEntries, from: number, to: number, codes: LocalCodes, table: CodeTable): boolean;
  /** The same by runs of codes, as the kernel markCodeRuns does. @param shift the row that these are counted from. */
  codeRuns(entries: MarkedEntries, shift: number, runs: RunCodes, table: CodeTable): boolean;
  /** The same by times, as the kernel markTimes does: false too where the bits of buckets are many or do not follow each other. */
  times(entries: MarkedEntries, from: number, to: number, times: EvenTimes, table: CodeTable): boolean;
  /** @returns how many slots each bit is set of, 32 · words long. */
  count(slots: number, words: number): Uint32Array;
  /** Spreads the marks of all slots, as the kernel spreadMarks does. */
  spread(slots: number, words: number, mask: Uint32Array, span: number): void;
  /** @returns the changes that countMarkedWindows adds, of all series. */
  windows(rows: number, words: number, series: number, cells: MarkedCells): Uint32Array;
  close(): void;
}

/** The windows that each bit lies in, and how many windows there are. */
export interface MarkedCells {
  readonly firsts: Int32Array;
  readonly lasts: Int32Array;
  readonly windows: number;
  /** Where windows slide from cell to cell: a bit g of the mask lies in those from g - `behind` on, `span` of them, that there are. */
  readonly sliding: { readonly mask: Uint32Array; readonly behind: number; readonly span: number } | null;
}

/** @returns how windows slide, null where they do not. @param firsts as of `MarkedCells`; bits without a window have none. */
export function slidingOf(firsts: Int32Array, lasts: Int32Array, windows: number): MarkedCells['sliding'] {
  const first = firsts.findIndex((from, bit) => from <= lasts[bit]);
  if (first < 0) return null;
  const mask = new Uint32Array(firsts.length / 32);
  firsts.forEach((from, bit) => {
    if (from <= lasts[bit]) mask[bit >>> 5] |= 1 << (bit & 31);
  });
  let span = 1;
  for (let bit = first; bit < lasts.length; bit++) span = Math.max(span, lasts[bit] - firsts[bit] + 1);
  // Windows that began before the first are cut off there: the first bits tell where the last window of each is.
  const behind = first - lasts[first] + span - 1;
  const slides = firsts.every((from, bit) => {
    if (from > lasts[bit]) return true;
    return from === Math.max(0, bit - behind) && lasts[bit] === Math.min(windows - 1, bit - behind + span - 1);
  });
  return slides && windows + behind <= firsts.length ? { mask, behind, span } : null;
}

/** Takes room for so many u32. What they hold at first is anything. */
export function openMarkRoom(arena: Arena | null, length: number): MarkRoom {
  const region = arena?.beside(4 * length) ?? null;
  if (arena === null || region === null) return plainRoom(new Uint32Array(length), () => undefined);
  const marks = new Uint32Array(arena.memory.buffer, region.at, length);
  return compiledRoom(arena, region.at, plainRoom(marks, region.free));
}

function plainRoom(marks: Uint32Array, close: () => void): MarkRoom {
  return {
    marks,
    runs: (firstRows, slots, from, to, groups, words) =>
      markRuns(firstRows, 0, slots, 0, from, to, groups, 0, marks, 0, words),
    rows: (firstRows, slots, rows, groups, words) =>
      markRows(firstRows, 0, slots, 0, rows, 0, rows.length, groups, 0, marks, 0, words),
    codes: () => false,
    codeRuns: () => false,
    times: () => false,
    count(slots, words) {
      const counts = new Uint32Array(32 * words);
      countMarks(marks, 0, slots, words, counts, 0);
      return counts;
    },
    spread: (slots, words, mask, span) => spreadMarks(marks, 0, slots, words, mask.length, mask, 0, span),
    windows(rows, words, series, { firsts, lasts, windows }) {
      const changes = new Uint32Array(series * (windows + 1));
      const [first, last] = [unsigned(firsts), unsigned(lasts)];
      countMarkedWindows(marks, 0, rows, words, series, first, 0, last, 0, windows, changes, 0);
      return changes;
    },
    close,
  };
}

/** @param plain stands in where the arena has no room for what a kernel needs beside the marks. */
function compiledRoom(arena: Arena, at: Pointer, plain: MarkRoom): MarkRoom {
  const { kernels, memory } = arena;
  /** Lets a kernel have `bytes` of the arena, and arrays of its own, as long as the action takes. */
  const within = <T>(bytes: number, action: () => T, otherwise: () => T): T => {
    if (bytes > arena.room) return otherwise();
    const before = arena.used;
    try {
      return action();
    } finally {
      arena.release(before);
    }
  };
  // A kernel is given what it reads, no more, where that has to be copied.
  const entriesAt = ({ firstRows, slots }: MarkedEntries, from: number, to: number): Entries | null => {
    if (isPlaced(firstRows) && isPlaced(slots)) {
      const before = 4 * (kernels.countUpTo(firstRows.byteOffset, slots.length, from) - 1);
      return { firstRows: firstRows.byteOffset + before, slots: slots.byteOffset + before };
    }
    const entry = entryAt(firstRows, from);
    const last = entryAt(firstRows, to - 1) + 1;
    const [runs, own] = [firstRows.subarray(entry, last + 1), slots.subarray(entry, last)];
    return bytesOf(runs, own) > arena.room ? null : { firstRows: arena.place(runs), slots: arena.place(own) };
  };
  const isPlaced = ({ buffer }: Uint32Array): boolean => buffer === (memory.buffer as ArrayBufferLike);
  // Views that have the same codes come one after another: what these mark is laid out once.
  let laid: LaidTable | null = null;
  const tableOf = ({ bitOf, words }: CodeTable): LaidTable | null => {
    if (laid?.bitOf === bitOf && laid.words === words) return laid;
    laid?.free();
    const length = bitOf.length * (words <= 4 ? words : 1);
    const region = arena.beside(4 * length);
    laid = region === null ? null : { ...region, bitOf, words, isNear: isNear(bitOf) };
    if (laid !== null) layTable(new Uint32Array(memory.buffer, laid.at, length), bitOf, words);
    return laid;
  };
  const taken = (length: number, action: (out: Pointer) => void): Uint32Array => {
    const out = arena.take(4 * length);
    const own = new Uint32Array(memory.buffer, out, length).fill(0);
    action(out);
    return own.slice();
  };
  return {
    ...plain,
    runs(firstRows, slots, from, to, groups, words) {
      const bytes = bytesOf(firstRows, slots, groups);
      const { place } = arena;
      within(
        bytes,
        () => kernels.markRuns(place(firstRows), place(slots), from, to, place(groups), at, words),
        () => plain.runs(firstRows, slots, from, to, groups, words),
      );
    },
    rows(firstRows, slots, rows, groups, words) {
      const bytes = bytesOf(firstRows, slots, groups, rows);
      const { place } = arena;
      within(
        bytes,
        () => kernels.markRows(place(firstRows), place(slots), place(rows), rows.length, place(groups), at, words),
        () => plain.rows(firstRows, slots, rows, groups, words),
      );
    },
    codes(entries, from, to, codes, own) {
      const table = tableOf(own);
      const before = arena.used;
      const placed = table === null ? null : entriesAt(entries, from, to);
      if (placed === null) return false;
      const { firstRows, slots } = placed;
      kernels.markCodes(firstRows, slots, from, to, codes.at, codes.bytes, table!.at, at, own.words, own.others);
      arena.release(before);
      return true;
    },
    codeRuns(entries, shift, { ends, codes, bytes, from, to }, { bitOf, words, others }) {
      const [first, end] = [shift + from, shift + to];
      const table = tableOf({ bitOf, words, others });
      const before = arena.used;
      const placed = table === null ? null : entriesAt(entries, first, end);
      if (placed === null) return false;
      const { firstRows, slots } = placed;
      kernels.markCodeRuns(firstRows, slots, first, end, ends, codes, bytes, shift, table!.at, at, words, others);
      arena.release(before);
      return true;
    },
    times(entries, from, to, { offsets, offsetBytes, origin, width }, own) {
      const { bitOf, words, others } = own;
      if (tableOf(own)?.isNear !== true) return false;
      const before = arena.used;
      const placed = entriesAt(entries, from, to);
      if (placed === null) return false;
      const { firstRows, slots } = placed;
      const { length } = bitOf;
      kernels.markTimes(
        firstRows,
        slots,
        from,
        to,
        offsets,
        offsetBytes,
        origin,
        width,
        length,
        bitOf[0],
        at,
        words,
        others,
      );
      arena.release(before);
      return true;
    },
    count: (slots, words) =>
      within(
        128 * words + 16,
        () => taken(32 * words, (out) => kernels.countMarks(at, slots, words, out)),
        () => plain.count(slots, words),
      ),
    spread: (slots, words, mask, span) =>
      within(
        bytesOf(mask),
        () => kernels.spreadMarks(at, slots, words, mask.length, arena.place(mask), span),
        () => plain.spread(slots, words, mask, span),
      ),
    windows(rows, words, series, cells) {
      const { firsts, lasts, windows } = cells;
      const length = series * (windows + 1);
      return within(
        4 * length + bytesOf(firsts, lasts),
        () => {
          const [first, last] = [arena.place(firsts), arena.place(lasts)];
          return taken(length, (out) => kernels.countMarkedWindows(at, rows, words, series, first, last, windows, out));
        },
        () => plain.windows(rows, words, series, cells),
      );
    },
    close() {
      laid?.free();
      laid = null;
      plain.close();
    },
  };
}

/** Where a kernel finds the entries of a view. */
interface Entries {
  readonly firstRows: Pointer;
  readonly slots: Pointer;
}

/** What codes mark, as the kernel markCodes takes it. */
interface LaidTable {
  readonly at: Pointer;
  readonly bitOf: CodeTable['bitOf'];
  readonly words: number;
  /** Whether the kernel markTimes can do without it. */
  readonly isNear: boolean;
  readonly free: () => void;
}

/** Lays out what each code marks, as the kernel markCodes takes it. */
function layTable(table: Uint32Array, bitOf: ArrayLike<number>, words: number): void {
  for (let code = 0; code < bitOf.length; code++) {
    const bit = bitOf[code];
    if (words > 4) table[code] = bit;
    else for (let word = 0; word < words; word++) table[code * words + word] = bit >>> 5 === word ? 1 << (bit & 31) : 0;
  }
}

/** @returns whether codes are below 64 and stand for bits that follow each other. */
function isNear(bitOf: ArrayLike<number>): boolean {
  for (let code = 1; code < bitOf.length; code++) if (bitOf[code] !== bitOf[0] + code) return false;
  return bitOf.length > 0 && bitOf.length <= 64;
}

function unsigned(numbers: Int32Array): Uint32Array {
  return new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
}

/** What the arrays take at most, each begun at a multiple of 16. */
function bytesOf(...arrays: readonly ArrayBufferView[]): number {
  return arrays.reduce((sum, { byteLength }) => sum + byteLength + 16, 32);
}
