import type { Kernels, Pointer } from './kernels.ts';
import { loadKernels } from './load.ts';
import { createSharedMemory, reservedBytes } from './memory.ts';

/**
 * Kernels over a small memory of a thread's own, for bytes that do not lie in the shared one: they are copied in, worked
 * on, and copied out before anything else runs.
 */
export interface Workbench {
  readonly kernels: Kernels;
  /** The memory's bytes. */
  readonly bytes: Uint8Array;
  /** Two rooms of `roomBytes` each. */
  readonly first: Pointer;
  readonly second: Pointer;
}

/** What either room holds: a page, inflated or not; packed or unpacked values are worked on piece by piece. */
export const roomBytes = 1024 * 1024;

let workbench: Workbench | undefined;

/** @returns this thread's workbench, made by the first call. */
export function threadWorkbench(): Workbench {
  workbench ??= makeWorkbench();
  return workbench;
}

function makeWorkbench(): Workbench {
  const size = reservedBytes + 2 * roomBytes;
  const memory = createSharedMemory({ initialBytes: size, maximumBytes: size });
  const bytes = new Uint8Array(memory.buffer);
  return { kernels: loadKernels(memory), bytes, first: reservedBytes, second: reservedBytes + roomBytes };
}
