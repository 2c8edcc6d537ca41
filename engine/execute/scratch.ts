import type { Arena } from './arena.ts';

const bytesPerWord = 4;
const bytesPerFloat = 8;

/** Arrays that live until the next block, used again instead of made anew. What they hold at first is anything. */
export interface Scratch {
  /** @returns `length` floats. */
  floats(length: number): Float64Array;
  /** @returns `length` unsigned 32-bit words. */
  words(length: number): Uint32Array;
  /** Where kernels work while a task runs, or null. */
  arena: Arena | null;
  /** Where filters keep which rows they found, until the next block; or null. */
  masks: Arena | null;
  /** Takes all arrays back: whoever holds one must not use it any more. */
  reset(): void;
  /** Takes all arrays back, for whichever query comes next in this thread. */
  rest(): void;
}

/** Buffers that no query holds, of this thread: to make one costs a fault for each of its pages, and counts as garbage. */
const spare: ArrayBuffer[] = [];
const spareBytesMax = 8 * 1024 * 1024;
let spareBytes = 0;

function putAside(buffer: ArrayBuffer): void {
  if (spareBytes + buffer.byteLength > spareBytesMax) return;
  spareBytes += buffer.byteLength;
  spare.push(buffer);
}

/** @returns a buffer of so many bytes at least, which hold anything. */
function bufferOf(bytes: number): ArrayBuffer {
  let best = -1;
  for (let at = 0; at < spare.length; at++) {
    const size = spare[at].byteLength;
    if (size >= bytes && (best < 0 || size < spare[best].byteLength)) best = at;
  }
  if (best < 0) return new ArrayBuffer(bytes);
  const found = spare[best];
  spare[best] = spare[spare.length - 1];
  spare.pop();
  spareBytes -= found.byteLength;
  return found;
}

/** Makes scratch arrays of one query in one thread. */
export function createScratch(): Scratch {
  const buffers: ArrayBuffer[] = [];
  let used = 0;
  const take = (bytes: number): ArrayBuffer => {
    const buffer = buffers[used];
    if (buffer === undefined || buffer.byteLength < bytes) {
      let size = 65_536;
      while (size < bytes) size *= 2;
      buffers[used] = bufferOf(size);
      if (buffer !== undefined) putAside(buffer);
    }
    return buffers[used++];
  };
  const scratch: Scratch = {
    arena: null,
    masks: null,
    floats: (length) => new Float64Array(take(length * bytesPerFloat), 0, length),
    words: (length) => new Uint32Array(take(length * bytesPerWord), 0, length),
    reset: () => {
      used = 0;
      scratch.masks?.release(0);
    },
    rest: () => {
      buffers.forEach(putAside);
      buffers.length = 0;
      used = 0;
    },
  };
  return scratch;
}
