import { type SharedMemory } from './webassembly.ts';
/** The first bytes belong to the compiled kernels; whoever divides the memory begins after them. */
export declare const reservedBytes = 65536;
export interface SharedMemoryOptions {
    readonly initialBytes: number;
    readonly maximumBytes: number;
}
/**
 * Makes the memory that holds decoded blocks and that every thread's kernels work in. Sizes are rounded up to pages of
 * 64 KiB and lie between 1 MiB and 4 GiB. `memory.buffer` is another object after `grow`; views of the old one remain
 * valid for the bytes they cover.
 */
export declare function createSharedMemory({ initialBytes, maximumBytes }: SharedMemoryOptions): SharedMemory;
