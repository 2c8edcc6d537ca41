import type { DecodeKernels } from './decode-kernels.ts';

/** A byte offset in the shared memory, 0 … 2^32 − 1. Arrays begin at a multiple of their element's size. */
export type Pointer = number;

/** How a filter compares a row's value (left) with the constant (right). */
export const comparisons = { equal: 0, notEqual: 1, less: 2, lessOrEqual: 3, greater: 4, greaterOrEqual: 5 } as const;

export type Comparison = (typeof comparisons)[keyof typeof comparisons];

/**
 * Loops over narrow arrays in the shared memory, as WebAssembly with SIMD or as TypeScript that gives the same bytes.
 * Every length is in elements unless its name says bytes. Pointers are not checked: the caller owns what it names.
 * Outputs never overlap inputs, unless a kernel says that they may be the same. All integers are unsigned and little-endian.
 */
export interface Kernels extends DecodeKernels {
  readonly kind: 'wasm' | 'scalar';

  /**
   * Compares each value with `constant`, which the element's type holds.
   * @param bitmap receives (count + 7) >> 3 bytes: bit `row & 7` of byte `row >> 3`, 1 = true; bits past the end are 0.
   * @returns how many rows are true.
   */
  filterU8(comparison: Comparison, values: Pointer, count: number, constant: number, bitmap: Pointer): number;
  filterU16(comparison: Comparison, values: Pointer, count: number, constant: number, bitmap: Pointer): number;
  filterU32(comparison: Comparison, values: Pointer, count: number, constant: number, bitmap: Pointer): number;

  /** As filterU8, in the language's order of floats: NaN equals NaN and is greater than all numbers, 0 equals -0. */
  filterF64(comparison: Comparison, values: Pointer, count: number, constant: number, bitmap: Pointer): number;

  /**
   * Tells of each code whether it belongs to a set, as a predicate does that was run once a dictionary entry.
   * @param table a byte a code, not 0 = belongs to the set: 256 bytes, also where fewer codes occur.
   * @param bitmap as for filterU8.
   * @returns how many rows are true.
   */
  filterSetU8(codes: Pointer, count: number, table: Pointer, bitmap: Pointer): number;
  /** The same for wider codes; `table` has a byte for every code that occurs. */
  filterSetU16(codes: Pointer, count: number, table: Pointer, bitmap: Pointer): number;
  filterSetU32(codes: Pointer, count: number, table: Pointer, bitmap: Pointer): number;

  /**
   * Joins two bitmaps of `count` rows; `out` may be one of them. What stands past the end counts for nothing, and is 0
   * in `out`.
   * @returns how many rows are true.
   */
  andBitmaps(a: Pointer, b: Pointer, count: number, out: Pointer): number;
  orBitmaps(a: Pointer, b: Pointer, count: number, out: Pointer): number;
  /** Rows that are true in `a` and not in `b`. */
  andNotBitmaps(a: Pointer, b: Pointer, count: number, out: Pointer): number;
  notBitmap(bitmap: Pointer, count: number, out: Pointer): number;
  /** @returns how many rows are true. */
  countBitmap(bitmap: Pointer, count: number): number;
  /**
   * Lists the rows that are true, ascending, as u32.
   * @param rows room for as many as there are (`countBitmap`).
   * @returns how many were written.
   */
  bitmapToRows(bitmap: Pointer, count: number, rows: Pointer): number;

  /**
   * Sums four lanes, row by row modulo 4, then (0 + 2) + (1 + 3), then the rest of count % 4 in order. 0 of no values.
   */
  sumF64(values: Pointer, count: number): number;
  /** The least value that is not NaN; Infinity of none. */
  minF64(values: Pointer, count: number): number;
  /** The greatest value that is not NaN; -Infinity of none. */
  maxF64(values: Pointer, count: number): number;
  /** Exact up to 2^53. */
  sumU32(values: Pointer, count: number): number;
  /** 2^32 − 1 of no values. */
  minU32(values: Pointer, count: number): number;
  /** 0 of no values. */
  maxU32(values: Pointer, count: number): number;

  /** `out[i] = from[rows[i]]`; `rows` are u32. */
  gatherU8(from: Pointer, rows: Pointer, count: number, out: Pointer): void;
  gatherU16(from: Pointer, rows: Pointer, count: number, out: Pointer): void;
  gatherU32(from: Pointer, rows: Pointer, count: number, out: Pointer): void;
  gatherF64(from: Pointer, rows: Pointer, count: number, out: Pointer): void;

  /**
   * Widens bit-packed values: value i is bits [i · bits, (i + 1) · bits) of the bytes, the least significant first.
   * @param bits 1 … 32 and at most the width of the output. Exactly (count · bits + 7) >> 3 bytes are read.
   */
  unpackU8(packed: Pointer, bits: number, count: number, out: Pointer): void;
  unpackU16(packed: Pointer, bits: number, count: number, out: Pointer): void;
  unpackU32(packed: Pointer, bits: number, count: number, out: Pointer): void;

  /**
   * hash64 (XXH64) of texts that lie one after another: text i is bytes[offsets[i] … offsets[i + 1]).
   * @param offsets count + 1 of u32.
   * @param seed a whole number from 0 to 2^53 − 1.
   * @param out receives 8 bytes a text: the low word, then the high.
   */
  hashTexts(bytes: Pointer, offsets: Pointer, count: number, seed: number, out: Pointer): void;

  /** Adds 1 to `counts[codes[i]]` for each row; `counts` are 256 of u32 that the caller has set. */
  groupCountU8(codes: Pointer, count: number, counts: Pointer): void;
  /** The same for 16-bit codes; `counts` has an entry for every code there is. */
  groupCountU16(codes: Pointer, count: number, counts: Pointer): void;
  /** The same for groups as u32. */
  groupCountU32(groups: Pointer, count: number, counts: Pointer): void;
  /**
   * Adds each value to its group's sum, row by row: `sums[groups[i]] += values[i]`.
   * @param groups u32; @param sums f64, an entry for every group there is, which the caller has set. An int vector's
   * base is the caller's: base · (rows of the group).
   */
  groupSumU8(groups: Pointer, values: Pointer, count: number, sums: Pointer): void;
  groupSumU16(groups: Pointer, values: Pointer, count: number, sums: Pointer): void;
  groupSumU32(groups: Pointer, values: Pointer, count: number, sums: Pointer): void;
  groupSumF64(groups: Pointer, values: Pointer, count: number, sums: Pointer): void;

  /**
   * Inflates one LZ4 block (without size prefix or frame). Never reads or writes beyond the bytes named.
   * Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
   * @returns the bytes written, or -1 when the block is malformed or does not fit into `targetBytes`; what the room holds
   * beyond them is anything.
   */
  decodeLz4(source: Pointer, sourceBytes: number, target: Pointer, targetBytes: number): number;
}
