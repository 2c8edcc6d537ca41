import type { Pointer } from './kernels.ts';

/** Kernels that mark which slots were met in which groups. */
export interface MarkKernels {
  /**
   * Marks for consecutive rows which slot was met in which group. A row of marks is `words` u32 (an even number) for each
   * slot: bit g & 31 of word g >> 5 stands for group g.
   * @param firstRows u32: where the run of rows that holds `from` begins, where the next one does, and so on beyond `to`.
   * @param slots u32: of each of these runs, the slot; 0xffffffff = none, whose rows are left out.
   * @param groups u32: of each row from `from` to `to`, the group, below 32 · words.
   */
  markRuns(
    firstRows: Pointer,
    slots: Pointer,
    from: number,
    to: number,
    groups: Pointer,
    marks: Pointer,
    words: number,
  ): void;
  /**
   * The same for groups that stand as codes of `codeBytes` (1, 2 or 4).
   * @param table what each code stands for: where `words` is 2 or 4 the row of marks with its bits, else its group, u32.
   * @param others the row of marks of runs without a slot.
   */
  markCodes(
    firstRows: Pointer,
    slots: Pointer,
    from: number,
    to: number,
    codes: Pointer,
    codeBytes: number,
    table: Pointer,
    marks: Pointer,
    words: number,
    others: number,
  ): void;
  /**
   * The same for times, in buckets of one length: a row whose time is t = origin + its offset is of group
   * `firstGroup` + floor(t / width).
   * @param offsets of the rows from `from` on, unsigned, of `offsetBytes` each (1, 2 or 4). @param origin as
   * evenBucketCodes takes it. @param width a whole number. @param groups how many buckets there are, at most 64: every
   * t is within these. @param others as of markCodes.
   */
  markTimes(
    firstRows: Pointer,
    slots: Pointer,
    from: number,
    to: number,
    offsets: Pointer,
    offsetBytes: number,
    origin: number,
    width: number,
    groups: number,
    firstGroup: number,
    marks: Pointer,
    words: number,
    others: number,
  ): void;
  /** The same for rows that are listed, ascending, from the first run on: `groups[i]` is that of `rows[i]`. */
  markRows(
    firstRows: Pointer,
    slots: Pointer,
    rows: Pointer,
    count: number,
    groups: Pointer,
    marks: Pointer,
    words: number,
  ): void;
  /** Adds to `counts[g]`, 32 · words of u32, in how many rows of marks bit g is set. */
  countMarks(marks: Pointer, slots: number, words: number, counts: Pointer): void;
  /**
   * Sets of each bit g of a series that the mask has also the bits g + 1 … g + span - 1 that the series has; other bits
   * of it are cleared first.
   * @param unit u32 of each series and of the mask, an even number that divides `words`.
   */
  spreadMarks(marks: Pointer, rows: number, words: number, unit: number, mask: Pointer, span: number): void;

  /**
   * Counts in which windows each row of marks was met, once a window, whose bits are cells of time: bit c lies in the
   * windows from `firsts[c]` to `lasts[c]`, i32, none where first > last; both ascend with c.
   * @param rows times `series` rows of marks, of `words` u32 each; row r · series + s counts for series s.
   * @param changes u32: windows + 1 a series; how many more rows than its neighbour before each window is met by is added.
   */
  countMarkedWindows(
    marks: Pointer,
    rows: number,
    words: number,
    series: number,
    firsts: Pointer,
    lasts: Pointer,
    windows: number,
    changes: Pointer,
  ): void;
}
