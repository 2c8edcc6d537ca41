/** The twin of sumF64: `values[from … from + count)` in four lanes, so that both round alike. */
export declare function sumFloats(values: Float64Array, from: number, count: number): number;
/** The twin of minF64, in two lanes: of 0 and -0 both give the same one. */
export declare function minFloat(values: Float64Array, from: number, count: number): number;
/** The twin of maxF64. */
export declare function maxFloat(values: Float64Array, from: number, count: number): number;
/** The twin of sumU32; exact up to 2^53. */
export declare function sumWords(values: Uint32Array, from: number, count: number): number;
/** The twin of minU32. */
export declare function minWord(values: Uint32Array, from: number, count: number): number;
/** The twin of maxU32. */
export declare function maxWord(values: Uint32Array, from: number, count: number): number;
