type SharedArray = Uint8Array | Uint16Array | Uint32Array | Float64Array | BigInt64Array;

/** @returns bytes of their own in shared memory, all 0. */
export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** @returns words of their own in shared memory, all 0. */
export function sharedWords(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * length));
}

/** @returns floats of their own in shared memory, all 0. */
export function sharedFloats(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}

/** @returns 64-bit ints of their own in shared memory, all 0. */
export function sharedBigints(length: number): BigInt64Array {
  return new BigInt64Array(new SharedArrayBuffer(8 * length));
}

/** @returns the array in shared memory: a copy, unless it lies there already. */
export function shared<T extends SharedArray>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const make = array.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new make(new SharedArrayBuffer(array.byteLength));
  copy.set(array as never);
  return copy;
}
