import { comparisons } from '../kernels/kernels.ts';
import type { Arena } from './arena.ts';

const none: readonly number[] = [];

/**
 * @param ends as `stretchesOf` gives them. @param descending keys are values turned around.
 * @param from the first stretch that is asked about. @param to the one behind the last.
 * @param arena null = not by kernels.
 * @returns the stretches that can hold a key that is not above the bound, ascending.
 */
export function stretchesWithin(
  ends: Float64Array,
  descending: boolean,
  bound: number,
  from: number,
  to: number,
  arena: Arena | null,
): readonly number[] {
  const count = ends.length / 2;
  // Of each stretch, the value whose key is the least.
  const first = descending ? count : 0;
  const value = descending ? -bound : bound;
  const found: number[] = [];
  if (arena === null || ends.buffer !== (arena.memory.buffer as ArrayBufferLike)) {
    for (let stretch = from; stretch < to; stretch++) {
      const end = ends[first + stretch];
      if (descending ? end >= value : end <= value) found.push(stretch);
    }
    return found;
  }
  const { kernels, memory } = arena;
  const mark = arena.used;
  const bytes = (count + 7) >> 3;
  const bitmap = arena.take(bytes);
  const comparison = descending ? comparisons.greaterOrEqual : comparisons.lessOrEqual;
  // Mostly none: all but the first few blocks have nothing within the bound, or little.
  if (kernels.filterF64(comparison, ends.byteOffset + 8 * first, count, value, bitmap) === 0) {
    arena.release(mark);
    return none;
  }
  const bits = new Uint8Array(memory.buffer, bitmap, bytes);
  for (let byte = from >> 3; byte < bytes; byte++)
    for (let left = bits[byte]; left !== 0; left &= left - 1) {
      const stretch = 8 * byte + 31 - Math.clz32(left & -left);
      if (stretch >= from && stretch < to) found.push(stretch);
    }
  arena.release(mark);
  return found;
}
