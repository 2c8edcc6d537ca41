/** A byte offset in the shared memory, 0 … 2^32 − 1. Arrays begin at a multiple of their element's size. */
export type Pointer = number;
/** How a filter compares a row's value (left) with the constant (right). */
export declare const comparisons: {
    readonly equal: 0;
    readonly notEqual: 1;
    readonly less: 2;
    readonly lessOrEqual: 3;
    readonly greater: 4;
    readonly greaterOrEqual: 5;
};
export type Comparison = (typeof comparisons)[keyof typeof comparisons];
/**
 * Loops over narrow arrays in the shared memory, as WebAssembly with SIMD or as TypeScript that gives the same bytes.
 * Every length is in elements unless its name says bytes. Pointers are not checked: the caller owns what it names.
 * Outputs never overlap inputs. All integers are unsigned and little-endian.
 */
export interface Kernels {
    readonly kind: 'wasm' | 'scalar';
    /**
     * Compares each value with `constant`, which the element's type holds.
     * @param bitmap receives (count + 7) >> 3 bytes: bit `row & 7` of byte `row >> 3`, 1 = true; bits past the end are 0.
     * @returns how many rows are true.
     */
    filterU8(comparison: Comparison, values: Pointer, count: number, constant: number, bitmap: Pointer): number;
    filterU16(comparison: Comparison, values: Pointer, count: number, constant: number, bitmap: Pointer): number;
    filterU32(comparison: Comparison, values: Pointer, count: number, constant: number, bitmap: Pointer): number;
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
    countGroupsU8(codes: Pointer, count: number, counts: Pointer): void;
    /** The same for 16-bit codes; `counts` has an entry for every code there is. */
    countGroupsU16(codes: Pointer, count: number, counts: Pointer): void;
    /**
     * Inflates one LZ4 block (without size prefix or frame). Never reads or writes beyond the bytes named.
     * Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
     * @returns the bytes written, or -1 when the block is malformed or does not fit into `targetBytes`.
     */
    decodeLz4(source: Pointer, sourceBytes: number, target: Pointer, targetBytes: number): number;
}
