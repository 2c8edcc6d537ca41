import type { BehaviourKernels, SessionKernels } from './behaviour-kernels.ts';
import type { CodeRunKernels } from './code-run-kernels.ts';
import type { DecodeKernels } from './decode-kernels.ts';
import type { EventKernels } from './event-kernels.ts';
import type { FunnelKernels } from './funnel-kernels.ts';
import type { MarkKernels } from './mark-kernels.ts';
import type { SlotKernels } from './slot-kernels.ts';

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
export interface Kernels
  extends
    DecodeKernels,
    CodeRunKernels,
    MarkKernels,
    SlotKernels,
    EventKernels,
    FunnelKernels,
    BehaviourKernels,
    SessionKernels {
  readonly kind: 'wasm' | 'scalar';

  /**
   * Finds the values in [low, high], both of the element's type; low is not above high.
   * @param bitmap receives (count + 7) >> 3 bytes: bit `row & 7` of byte `row >> 3`, 1 = true; bits past the end are 0.
   * @returns how many rows are true.
   */
  filterRangeU8(values: Pointer, count: number, low: number, high: number, bitmap: Pointer): number;
  filterRangeU16(values: Pointer, count: number, low: number, high: number, bitmap: Pointer): number;
  filterRangeU32(values: Pointer, count: number, low: number, high: number, bitmap: Pointer): number;

  /**
   * The same of those rows alone that a bitmap has: what of the values lies far from all of them is not read.
   * @param count up to 2^20. @param within a bitmap of as many rows, 0 past the end.
   * @param room as large as a bitmap, where work is kept: what it holds afterwards is anything.
   */
  filterRangeWithinU8(
    values: Pointer,
    count: number,
    low: number,
    high: number,
    within: Pointer,
    room: Pointer,
    bitmap: Pointer,
  ): number;
  filterRangeWithinU16(
    values: Pointer,
    count: number,
    low: number,
    high: number,
    within: Pointer,
    room: Pointer,
    bitmap: Pointer,
  ): number;
  filterRangeWithinU32(
    values: Pointer,
    count: number,
    low: number,
    high: number,
    within: Pointer,
    room: Pointer,
    bitmap: Pointer,
  ): number;

  /**
   * Compares each value with `constant` in the language's order of floats: NaN equals NaN and is greater than all
   * numbers, 0 equals -0. The rest as filterRangeU8.
   */
  filterF64(comparison: Comparison, values: Pointer, count: number, constant: number, bitmap: Pointer): number;

  /**
   * Tells of each code whether it belongs to a set, as a predicate does that was run once a dictionary entry.
   * @param table a byte a code, 1 = belongs to the set, else 0: 256 bytes, also where fewer codes occur.
   * @param bitmap as for filterRangeU8.
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
   * @param first what the bitmap's first row is counted as; default: 0.
   * @returns how many were written.
   */
  bitmapToRows(bitmap: Pointer, count: number, rows: Pointer, first?: number): number;

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

  /**
   * Reads a word of each line of 64 bytes that these bytes are in, so that they are in the core's cache: nothing is
   * computed meanwhile, so many reads are under way at once. For what a kernel with much to do a value reads next.
   * @returns the sum of these words, modulo 2^32 and signed: nobody wants it, but it keeps the reads in.
   */
  prefetch(from: Pointer, bytes: number): number;

  /** `out[i] = from[rows[i]]`; `rows` are u32. */
  gatherU8(from: Pointer, rows: Pointer, count: number, out: Pointer): void;
  gatherU16(from: Pointer, rows: Pointer, count: number, out: Pointer): void;
  gatherU32(from: Pointer, rows: Pointer, count: number, out: Pointer): void;
  gatherF64(from: Pointer, rows: Pointer, count: number, out: Pointer): void;
  /**
   * Picks the values, of 1, 2, 4 or 8 bytes, of rows whose bit is set: fast where these lie together.
   * @param bits in whole words of 64 rows, those past the end 0.
   * @returns how many there are.
   */
  gatherRuns(values: Pointer, valueBytes: number, bits: Pointer, count: number, out: Pointer): number;
  /**
   * Of the values that rows have, which lie one after another without those that have none, picks those of some rows.
   * @param bits which of the `count` rows have a value. @param wanted which rows' are picked, as many bits.
   * @param out room for as many 8-byte values as rows are in both.
   * @returns how many those are.
   */
  pickRankedF64(values: Pointer, bits: Pointer, wanted: Pointer, count: number, out: Pointer): number;

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

  /**
   * Adds 1 to the count of each row's group, for row i in `counts[(i & 3) · stride + group]` while four rows are left,
   * then in `counts[group]`: rows of one group that lie together wait for each other less in four tables than in one.
   * @param groups of `groupBytes` each, 1, 2 or 4; 0 = there are none: all rows are of group 0.
   * @param counts u32, an entry for every group there is, which the caller has set.
   * @param stride 0 = one table.
   */
  groupCount(groups: Pointer, groupBytes: number, count: number, counts: Pointer, stride: number): void;
  /**
   * Adds `base + values[i]` to the sum of each row's group, in tables as those of `groupCount`.
   * @param values of `valueBytes` each: 1, 2 or 4 unsigned, 8 = f64.
   * @param sums f64.
   */
  groupSum(
    groups: Pointer,
    groupBytes: number,
    values: Pointer,
    valueBytes: number,
    count: number,
    base: number,
    sums: Pointer,
    stride: number,
  ): void;
  /**
   * Keeps the least of each group in the language's order, in which NaN is greater than all numbers; of equal ones the
   * first.
   * @param extremes f64, NaN where no value was met.
   */
  groupLeast(
    groups: Pointer,
    groupBytes: number,
    values: Pointer,
    valueBytes: number,
    count: number,
    base: number,
    extremes: Pointer,
  ): void;
  /** The same of the greatest; `extremes` are -Infinity where no value was met. */
  groupGreatest(
    groups: Pointer,
    groupBytes: number,
    values: Pointer,
    valueBytes: number,
    count: number,
    base: number,
    extremes: Pointer,
  ): void;
  /**
   * Adds values to three f64 a group: count, mean and the sum of squared distances from the mean, after Welford.
   * @param spreads 0, 0, 0 where no value was met.
   */
  groupSpread(
    groups: Pointer,
    groupBytes: number,
    values: Pointer,
    valueBytes: number,
    count: number,
    base: number,
    spreads: Pointer,
  ): void;
  /**
   * Counts pairs of group and value: adds 1 to `counts[group · range + shift + values[i]]`.
   * @param valueBytes 1, 2 or 4.
   * @param counts u32.
   */
  groupPairs(
    groups: Pointer,
    groupBytes: number,
    values: Pointer,
    valueBytes: number,
    count: number,
    shift: number,
    range: number,
    counts: Pointer,
  ): void;

  /**
   * `out[i] = a[i] · span + b[i]`. Widths are 1, 2 or 4 bytes; `out` is as wide as `a` and `b` at least, and holds every
   * result.
   */
  mixCodes(
    a: Pointer,
    aBytes: number,
    b: Pointer,
    bBytes: number,
    count: number,
    span: number,
    out: Pointer,
    outBytes: number,
  ): void;
  /** `out[i] = values[i] + shift` modulo 2^32, cut to the width of `out`. */
  shiftCodes(values: Pointer, valueBytes: number, count: number, shift: number, out: Pointer, outBytes: number): void;
  /**
   * `out[i] = codes[i]`, or `code` where bit `first + i` of a bitmap is 0.
   * @param out holds every code that occurs, and `code`.
   */
  markNulls(
    codes: Pointer,
    codeBytes: number,
    validity: Pointer,
    first: number,
    count: number,
    code: number,
    out: Pointer,
    outBytes: number,
  ): void;
  /**
   * The bucket of each time t = origin + offsets[i]: b = firsts[t >> shift], and the next where t is not below ends[b].
   * @param origin whole; every t is from 0 on and below 2^53.
   * @param firsts u32: the bucket that each stretch of 2^shift begins in; at most one ends within it.
   * @param ends u64 a bucket.
   */
  bucketCodes(
    offsets: Pointer,
    offsetBytes: number,
    count: number,
    origin: number,
    shift: number,
    firsts: Pointer,
    ends: Pointer,
    out: Pointer,
    outBytes: number,
  ): void;
  /**
   * `out[i] = floor((origin + offsets[i]) / width)`: the bucket of each time, where all buckets are of one length.
   * @param origin whole; every sum is from 0 on and below 2^51.
   * @param width whole, below 2^51.
   * @param out holds every bucket that occurs, all of them below 2^31.
   */
  evenBucketCodes(
    offsets: Pointer,
    offsetBytes: number,
    count: number,
    origin: number,
    width: number,
    out: Pointer,
    outBytes: number,
  ): void;
  /** `out[i] = map[codes[i]] − 1`, both u32. @returns for how many the map says 0. */
  mapCodes(codes: Pointer, codeBytes: number, count: number, map: Pointer, out: Pointer): number;
  /**
   * Lists those of `rows` that have a value, and their places among them.
   * @param outRows and `outPlaces` have room for `count` of u32 each.
   * @returns how many there are.
   */
  validRows(rows: Pointer, count: number, validity: Pointer, outRows: Pointer, outPlaces: Pointer): number;

  /**
   * Finds the first place of a text, of one byte at least, in bytes.
   * @returns where it begins, counted from the first byte; -1 where it is nowhere.
   */
  findBytes(bytes: Pointer, count: number, text: Pointer, length: number): number;

  /** @returns how many of an ascending list of u32 are not above a value: a binary search. */
  countUpTo(list: Pointer, count: number, value: number): number;

  /**
   * Lays 64-bit keys out by 512 partitions of their hash, those of one in their order.
   * @param keys two u32 a key, low word first, at a multiple of 8; @param ids room for a u16 a key.
   * @param starts receives where each partition begins in `out`, and where the last one ends: room for 514 of u32.
   */
  spreadKeys(keys: Pointer, count: number, starts: Pointer, ids: Pointer, out: Pointer): void;
  /**
   * Moves the distinct ones of some 64-bit keys to the front, in the order of their first places.
   * @param table `places` of u32, a power of two above `count`: an entry below `base` is free, so that what earlier calls
   * with lower bases have left need not be cleared. @param base at least 1; base + count is below 2^32.
   * @returns how many are distinct.
   */
  distinctKeys(keys: Pointer, count: number, table: Pointer, places: number, base: number): number;

  /**
   * Inflates one LZ4 block (without size prefix or frame). Never reads or writes beyond the bytes named.
   * Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
   * @returns the bytes written, or -1 when the block is malformed or does not fit into `targetBytes`; what the room holds
   * beyond them is anything.
   */
  decodeLz4(source: Pointer, sourceBytes: number, target: Pointer, targetBytes: number): number;
}
