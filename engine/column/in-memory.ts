import type { Kernels, Pointer } from '../kernels/kernels.ts';

/**
 * Kernels over the memory in which the bytes that are read lie. Arrays made of them lie there too, or on the heap where
 * there is no room; scratch and heap are told apart by their buffers, since of shared memory there is this one only.
 */
export type DecodeWith = Kernels | null;

/** @returns whether kernels can reach an array: it is no array of the heap. */
export function inMemory(array: ArrayBufferView): boolean {
  return array.buffer instanceof SharedArrayBuffer;
}

/** @returns where an array lies in the shared memory. */
export function pointerOf(array: ArrayBufferView): Pointer {
  return array.byteOffset;
}
