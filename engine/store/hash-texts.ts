import { hash64 } from '../base/hash64.ts';
import { limits } from '../base/limits.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { loadKernels } from '../kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../kernels/memory.ts';

/** Texts, their offsets and their hashes, where the compiled kernel can reach them; one a thread. */
interface Workbench {
  readonly kernels: Kernels;
  readonly buffer: SharedArrayBuffer;
}

/** Texts that are hashed together: at most so many, of so many bytes. */
const countMax = 16_384;
const textsAt = reservedBytes;
const offsetsAt = textsAt + limits.pageBytesMax;
const hashesAt = offsetsAt + 4 * (countMax + 4);
const endAt = hashesAt + 8 * countMax;

let workbench: Workbench | undefined;

function makeWorkbench(): Workbench {
  const memory = createSharedMemory({ initialBytes: endAt, maximumBytes: endAt });
  return { kernels: loadKernels(memory), buffer: memory.buffer };
}

/**
 * Hashes texts that lie one after another, some thousands at a time in compiled code.
 * @param offsets count + 1 long.
 * @returns hash64 of each, low word at 2i, high at 2i + 1.
 */
export function hashTexts(bytes: Uint8Array, offsets: Uint32Array, count: number, seed: number): Uint32Array {
  workbench ??= makeWorkbench();
  const { kernels, buffer } = workbench;
  const hashes = new Uint32Array(2 * count);
  for (let first = 0; first < count;) {
    const end = lastThatFits(offsets, first, count);
    if (end === first) {
      hash64(bytes, offsets[first], offsets[first + 1], seed, hashes, 2 * first++);
      continue;
    }
    const start = offsets[first];
    new Uint8Array(buffer, textsAt, limits.pageBytesMax).set(bytes.subarray(start, offsets[end]));
    const places = new Uint32Array(buffer, offsetsAt, end - first + 1);
    for (let text = first; text <= end; text++) places[text - first] = offsets[text] - start;
    kernels.hashTexts(textsAt, offsetsAt, end - first, seed, hashesAt);
    hashes.set(new Uint32Array(buffer, hashesAt, 2 * (end - first)), 2 * first);
    first = end;
  }
  return hashes;
}

/** @returns where the texts from `first` on end that fit into the workbench; `first` when that one does not. */
function lastThatFits(offsets: Uint32Array, first: number, count: number): number {
  let end = Math.min(count, first + countMax);
  while (end > first && offsets[end] - offsets[first] > limits.pageBytesMax) end = first + ((end - first) >> 1);
  return end;
}
