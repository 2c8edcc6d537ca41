import { limits } from '../base/limits.ts';
import { comparisons, type Comparison, type Pointer } from '../kernels/kernels.ts';
import type { Arena } from './arena.ts';

type Narrow = Uint8Array | Uint16Array | Uint32Array;

/** Entries of a set that is copied beside the codes for each block; a larger one would not stay in a core's cache. */
const setBytesMax = 16_384;
const bitmapBytes = limits.blockRowsMax >> 3;

/**
 * Finds the rows of [from, from + length) whose value lies in [low, high], or outside of it.
 * @param out receives their places in the block, ascending; nothing when they are all of them.
 * @returns how many, or -1 where the values do not lie in the arena's memory: then nothing was done.
 */
export function rowsInRange(
  arena: Arena | null,
  values: ArrayBufferView,
  from: number,
  length: number,
  low: number,
  high: number,
  outside: boolean,
  out: Uint32Array,
): number {
  if (arena === null || !isNarrow(values) || !(values.buffer === arena.memory.buffer)) return -1;
  const { kernels } = arena;
  const most = 2 ** (8 * values.BYTES_PER_ELEMENT) - 1;
  const least = Math.max(0, Math.ceil(low));
  const last = Math.min(most, Math.floor(high));
  if (least > last) return outside ? length : 0;
  if (least === 0 && last === most) return outside ? 0 : length;
  const mark = arena.used;
  const bitmap = arena.take(bitmapBytes);
  let count: number;
  if (least === 0) count = compare(arena, comparisons.lessOrEqual, values, from, length, last, bitmap);
  else {
    count = compare(arena, comparisons.greaterOrEqual, values, from, length, least, bitmap);
    if (last < most && count > 0) {
      const other = arena.take(bitmapBytes);
      compare(arena, comparisons.lessOrEqual, values, from, length, last, other);
      count = kernels.andBitmaps(bitmap, other, length, bitmap);
    }
  }
  if (outside) count = kernels.notBitmap(bitmap, length, bitmap);
  listFound(arena, bitmap, from, length, count, out);
  arena.release(mark);
  return count;
}

/**
 * Finds the rows of [from, from + length) whose code belongs to a set.
 * @param set a byte a code, 1 = belongs to it.
 * @returns as rowsInRange.
 */
export function rowsInSet(
  arena: Arena | null,
  codes: Narrow,
  from: number,
  length: number,
  set: Uint8Array,
  out: Uint32Array,
): number {
  if (arena === null || !(codes.buffer === arena.memory.buffer) || set.length > setBytesMax) return -1;
  const { kernels, memory } = arena;
  const mark = arena.used;
  const bitmap = arena.take(bitmapBytes);
  const table = arena.take(setBytesMax);
  new Uint8Array(memory.buffer, table, setBytesMax).set(set);
  const first = codes.byteOffset + from * codes.BYTES_PER_ELEMENT;
  const filter =
    codes instanceof Uint8Array
      ? kernels.filterSetU8
      : codes instanceof Uint16Array
        ? kernels.filterSetU16
        : kernels.filterSetU32;
  const count = filter(first, length, table, bitmap);
  listFound(arena, bitmap, from, length, count, out);
  arena.release(mark);
  return count;
}

function isNarrow(values: ArrayBufferView): values is Narrow {
  return values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Uint32Array;
}

function compare(
  { kernels }: Arena,
  comparison: Comparison,
  values: Narrow,
  from: number,
  length: number,
  constant: number,
  bitmap: Pointer,
): number {
  const first = values.byteOffset + from * values.BYTES_PER_ELEMENT;
  if (values instanceof Uint8Array) return kernels.filterU8(comparison, first, length, constant, bitmap);
  if (values instanceof Uint16Array) return kernels.filterU16(comparison, first, length, constant, bitmap);
  return kernels.filterU32(comparison, first, length, constant, bitmap);
}

/** Writes the rows of a bitmap; of all rows or none it is not asked. */
function listFound(arena: Arena, bitmap: Pointer, from: number, length: number, count: number, out: Uint32Array): void {
  if (count === 0 || count === length) return;
  const at = arena.take(4 * count);
  arena.kernels.bitmapToRows(bitmap, length, at);
  const rows = new Uint32Array(arena.memory.buffer, at, count);
  for (let i = 0; i < count; i++) out[i] = rows[i] + from;
}
