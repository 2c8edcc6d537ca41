import type { Pointer } from './kernels.ts';

/** Rows of one view, which kernels turn into events of their actors. */
export interface EventKernels {
  /** Adds to `counts[slot]`, u32, how many rows the runs of each slot have; those of nobody (0xffffffff) are left out. */
  countRunRows(firstRows: Pointer, slots: Pointer, runs: number, counts: Pointer): void;
  /**
   * Turns counts of slots into where the places of each begin.
   * @param counts u32; each receives the same as `starts` has of it, for whoever fills the places. @param starts
   * receives `slots` + 1 of u32.
   * @returns how many there are.
   */
  layOutSlots(counts: Pointer, slots: number, starts: Pointer): number;
  /**
   * Puts the times of rows behind those that their slots have already, and a note of each beside it.
   * @param firstRows where runs of rows begin, u32, from the run that the first row is in; and beyond the last row.
   * @param slots of these runs. @param rows u32, ascending: what `from` is added to; 0 = the rows from `from` on.
   * @param bits a bit for each of the `count` rows, and 8 bytes more: 1 = it is put; 0 = all are.
   * @param codes of `codeBytes` (1, 2 or 4) a row; of 0: no notes are put. @param table u32: the note of each code; 0 = the code is the note.
   * @param offsets of `offsetBytes` a row, unsigned, or floats (8).
   * @param starts of slots; 0 = all that is put already is known to be earlier. @param next u32 a slot: where its next event is put; moved on.
   * @param unsorted a byte a slot, set to 1 where an event is put behind a later one.
   * @returns how many runs made that so.
   */
  placeEvents(
    firstRows: Pointer,
    slots: Pointer,
    rows: Pointer,
    bits: Pointer,
    from: number,
    count: number,
    codes: Pointer,
    codeBytes: number,
    table: Pointer,
    offsets: Pointer,
    offsetBytes: number,
    origin: number,
    starts: Pointer,
    next: Pointer,
    unsorted: Pointer,
    times: Pointer,
    notes: Pointer,
  ): number;
  /**
   * Puts another note of each row where `placeEvents`, called behind it for the same rows, will put their times.
   */
  placeNotes(
    firstRows: Pointer,
    slots: Pointer,
    rows: Pointer,
    bits: Pointer,
    from: number,
    count: number,
    codes: Pointer,
    codeBytes: number,
    table: Pointer,
    next: Pointer,
    notes: Pointer,
  ): void;
}
