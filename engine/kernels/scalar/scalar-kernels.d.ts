import type { Kernels } from '../kernels.ts';
import type { SharedMemory } from '../webassembly.ts';
/** @returns the kernels in TypeScript over this memory: the reference, and what runs where WebAssembly SIMD does not. */
export declare function createScalarKernels(memory: SharedMemory): Kernels;
