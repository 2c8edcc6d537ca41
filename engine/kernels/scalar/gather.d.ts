/** The twin of gatherU8, gatherU16 and gatherU32; positions are indexes into views of the whole memory. */
export declare function gather<T extends Uint8Array | Uint16Array | Uint32Array>(values: T, from: number, rows: Uint32Array, rowsFrom: number, count: number, to: number): void;
