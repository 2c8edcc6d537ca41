import type { Pointer } from './kernels.ts';

/** Kernels over entries of actor directories, which lie in the order of the actors' hashes, and over the rows of each. */
export interface SlotKernels {
  /**
   * Gives the entries of one part of a directory slots: an actor that has one keeps it, others get the next in turn.
   * @param hashes u64 an entry. @param empty a byte an entry: 1 = of nobody, who gets 0xffffffff.
   * @param offsets u32: where each entry's text begins, counted from `texts`, and where the last one ends.
   * @param low and `high`: words of the least hash there is. @param scale times how far a hash lies above that is its place
   * in the table, which is walked from its begin to its end where parts come in the order of their hashes.
   * @param table `places` of u32, a power of two above the count of slots: slot + 1, 0 = free.
   * @param stray the most places that an entry may lie behind its own.
   * @param known 16 bytes a slot: u64 hash, u32 where the text lies, u32 its bytes. @param slots how many there are.
   * @param out receives a u32 an entry.
   * @returns how many slots there are now; −1 where an entry would lie too far from its place: then the hashes are not spread.
   */
  assignSlots(
    hashes: Pointer,
    empty: Pointer,
    offsets: Pointer,
    texts: Pointer,
    count: number,
    low: number,
    high: number,
    scale: number,
    table: Pointer,
    places: number,
    stray: number,
    known: Pointer,
    slots: number,
    out: Pointer,
  ): number;

  /**
   * Adds to `counts[slot]`, u32, how many of the rows from `from` to `to` each slot has.
   * @param firstRows u32: where the run of rows that holds `from` begins, where the next one does, and so on beyond `to`.
   * @param slots u32: of each of these runs, the slot; 0xffffffff = none, whose rows are left out.
   * @param bits in whole words of 64 rows, the first of which is row `first`: 1 = it counts; 0 instead = all rows do.
   */
  countSlotRows(
    firstRows: Pointer,
    slots: Pointer,
    from: number,
    to: number,
    bits: Pointer,
    first: number,
    counts: Pointer,
  ): void;
}
