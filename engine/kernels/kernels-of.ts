import type { Kernels } from './kernels.ts';
import { loadKernels } from './load.ts';
import type { SharedMemory } from './webassembly.ts';

const known = new WeakMap<SharedMemory, Kernels>();

/** @returns the kernels over a memory, made once a thread. */
export function kernelsOf(memory: SharedMemory): Kernels {
  let kernels = known.get(memory);
  if (kernels === undefined) known.set(memory, (kernels = loadKernels(memory)));
  return kernels;
}
