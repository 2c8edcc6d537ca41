import type { Kernels } from './kernels.ts';
import { type SharedMemory } from './webassembly.ts';
/**
 * Makes the kernels that work in `memory`: the compiled ones, or their TypeScript twins where the module cannot run.
 * Synchronous; the first call of a thread compiles some kilobytes.
 */
export declare function loadKernels(memory: SharedMemory): Kernels;
