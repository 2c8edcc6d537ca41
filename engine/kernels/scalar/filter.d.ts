import { type Comparison } from '../kernels.ts';
/**
 * The twin of filterU8, filterU16 and filterU32.
 * @param values the whole memory as that width; @param from the first value's index in it.
 * @param bitmap the whole memory as bytes; @param at where the bitmap begins.
 * @returns how many rows are true.
 */
export declare function filter(comparison: Comparison, values: Uint8Array | Uint16Array | Uint32Array, from: number, count: number, constant: number, bitmap: Uint8Array, at: number): number;
