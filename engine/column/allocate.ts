/**
 * Gives room for `bytes` bytes, begun at a multiple of 8; what lies there may be anything. Decoders take theirs from
 * one, so that arrays can be put into the shared memory without a copy.
 */
export type Allocate = (bytes: number) => { readonly buffer: ArrayBufferLike; readonly byteOffset: number };

/** Room of its own on the heap. */
export const allocateOnHeap: Allocate = (bytes) => ({ buffer: new ArrayBuffer(bytes), byteOffset: 0 });

/** @returns `count` bytes, whose content is not set. */
export function allocateBytes(allocate: Allocate, count: number): Uint8Array {
  const { buffer, byteOffset } = allocate(count);
  return new Uint8Array(buffer, byteOffset, count);
}

/** @returns unsigned integers of 1, 2 or 4 bytes, whose content is not set. */
export function allocateUnsigned(
  allocate: Allocate,
  width: 1 | 2 | 4,
  count: number,
): Uint8Array | Uint16Array | Uint32Array {
  const { buffer, byteOffset } = allocate(count * width);
  if (width === 1) return new Uint8Array(buffer, byteOffset, count);
  return width === 2 ? new Uint16Array(buffer, byteOffset, count) : new Uint32Array(buffer, byteOffset, count);
}

/** @returns floats, whose content is not set. */
export function allocateFloats(allocate: Allocate, count: number): Float64Array {
  const { buffer, byteOffset } = allocate(count * 8);
  return new Float64Array(buffer, byteOffset, count);
}

/** @returns 64-bit integers, whose content is not set. */
export function allocateBigints(allocate: Allocate, count: number): BigInt64Array {
  const { buffer, byteOffset } = allocate(count * 8);
  return new BigInt64Array(buffer, byteOffset, count);
}
