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

/** Numbers in a view of the whole memory: `array[from + i]`. */
export interface NumbersAt {
  readonly array: Uint8Array | Uint16Array | Uint32Array | Float64Array;
  readonly from: number;
}

/** @returns the numbers at a byte offset: of 1, 2 or 4 bytes unsigned, of 8 floats. */
export function numbersAt(views: Views, at: number, bytes: number): NumbersAt {
  const array = bytes === 1 ? views.u8 : bytes === 2 ? views.u16 : bytes === 4 ? views.u32 : views.f64;
  return { array, from: at / bytes };
}
