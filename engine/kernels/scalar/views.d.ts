import type { SharedMemory } from '../webassembly.ts';
/** Typed views of the whole memory, as it was when they were made. */
export interface Views {
    readonly u8: Uint8Array;
    readonly u16: Uint16Array;
    readonly u32: Uint32Array;
    readonly f64: Float64Array;
}
/** @returns a function that gives views of the memory, made again when it has grown. */
export declare function viewsOf(memory: SharedMemory): () => Views;
