import type { Pointer } from './kernels.ts';

/**
 * Loops that read what lies in a segment: bytes of any kind, so every one keeps within what is named. One that answers
 * with how many bytes it read answers -1 to bytes that no writer made; what it has written until then is anything.
 */
export interface DecodeKernels {
  /**
   * Running sums of varints: out[0] = start, out[i + 1] = out[i] + number i.
   * @param least the least that a number may be. @param most the most that a sum may be.
   * @param out count + 1 of u32.
   * @returns the bytes read, or -1.
   */
  sumVarints(
    source: Pointer,
    sourceBytes: number,
    count: number,
    least: number,
    start: number,
    most: number,
    out: Pointer,
  ): number;
  /**
   * The same from 0 on of lengths + 1, where 0 stands for an entry without text.
   * @param empty receives a byte an entry: 1 = without text.
   */
  sumTextLengths(
    source: Pointer,
    sourceBytes: number,
    count: number,
    most: number,
    out: Pointer,
    empty: Pointer,
  ): number;

  /**
   * Fills rows from runs: for each varint rows, varint value.
   * @param most the most that a value may be, within the width of the output.
   * @returns the bytes read, or -1.
   */
  decodeRunsU8(source: Pointer, sourceBytes: number, rows: number, most: number, out: Pointer): number;
  decodeRunsU16(source: Pointer, sourceBytes: number, rows: number, most: number, out: Pointer): number;
  decodeRunsU32(source: Pointer, sourceBytes: number, rows: number, most: number, out: Pointer): number;
  /** The same of varint rows, f64 value. */
  decodeRunsF64(source: Pointer, sourceBytes: number, rows: number, out: Pointer): number;

  /**
   * Lists the same runs instead, which take all of the bytes.
   * @param codeBytes width of `codes`, for which no value is beyond `most`: 1, 2 or 4.
   * @param ends receives a u32 a run, the row that it ends before. @param codes receives what each holds; both have room
   * for as many runs as the bytes can be, two each.
   * @returns how many runs there are, or -1.
   */
  listRuns(
    source: Pointer,
    sourceBytes: number,
    rows: number,
    most: number,
    codeBytes: number,
    ends: Pointer,
    codes: Pointer,
  ): number;
  /**
   * Of runs as decodeRunsF64 reads them, which take all of the bytes, writes one after another the values of those rows
   * alone whose bit is set. Bits past the last row count for nothing.
   * @returns how many values those are, or -1.
   */
  pickRunsF64(source: Pointer, sourceBytes: number, rows: number, validity: Pointer, out: Pointer): number;

  /**
   * Adds up differences that lie in groups of 128: u8 bits (0 … 32), f64 the least, the differences less that, packed.
   * @param rows at least 1. @param first the first row's offset; no offset may be below 0 or beyond the output's width.
   * @returns the bytes read, or -1.
   */
  decodeDeltaU8(source: Pointer, sourceBytes: number, rows: number, first: number, out: Pointer): number;
  decodeDeltaU16(source: Pointer, sourceBytes: number, rows: number, first: number, out: Pointer): number;
  decodeDeltaU32(source: Pointer, sourceBytes: number, rows: number, first: number, out: Pointer): number;
  /** The same to f64: each offset, at most `most` ≤ 2^53 − 1, and `add`. */
  decodeDeltaF64(
    source: Pointer,
    sourceBytes: number,
    rows: number,
    first: number,
    add: number,
    most: number,
    out: Pointer,
  ): number;

  /** Sets the values of rows whose bit is 0 to 0, in place. Bits past the last row count for nothing. */
  clearNullsU8(values: Pointer, validity: Pointer, count: number): void;
  clearNullsU16(values: Pointer, validity: Pointer, count: number): void;
  clearNullsU32(values: Pointer, validity: Pointer, count: number): void;
  /** Floats and ints of 64 bits. */
  clearNulls64(values: Pointer, validity: Pointer, count: number): void;

  /** `out[i] = (base + ints[i]) / power`, as f64. */
  divideU8(ints: Pointer, count: number, base: number, power: number, out: Pointer): void;
  divideU16(ints: Pointer, count: number, base: number, power: number, out: Pointer): void;
  divideU32(ints: Pointer, count: number, base: number, power: number, out: Pointer): void;
  divideF64(ints: Pointer, count: number, base: number, power: number, out: Pointer): void;

  /** 0 of no values. */
  maxU8(values: Pointer, count: number): number;
  maxU16(values: Pointer, count: number): number;
  /** @returns 1 when all are whole numbers within ±(2^53 − 1), else 0. */
  areSafeInts(values: Pointer, count: number): number;
}
