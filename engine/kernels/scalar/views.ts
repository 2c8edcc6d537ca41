import type { SharedMemory } from '../webassembly.ts';

/** Typed views of the whole memory, as it was when they were made. */
export interface Views {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
}

/** @returns a function that gives views of the memory, made again when it has grown. */
export function viewsOf(memory: SharedMemory): () => Views {
  let buffer: SharedArrayBuffer | null = null;
  let views: Views | null = null;
  return () => {
    if (views === null || buffer !== memory.buffer) {
      buffer = memory.buffer;
      views = {
        u8: new Uint8Array(buffer),
        u16: new Uint16Array(buffer),
        u32: new Uint32Array(buffer),
        f64: new Float64Array(buffer),
      };
    }
    return views;
  };
}
