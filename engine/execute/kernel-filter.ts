import { limits } from '../base/limits.ts';
import { comparisons, type Comparison, type Kernels, type Pointer } from '../kernels/kernels.ts';
import { loadKernels } from '../kernels/load.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import type { BlockCache } from '../store/block-cache.ts';

type Narrow = Uint8Array | Uint16Array | Uint32Array;

/** Room beside the decoded blocks, in which compiled filters leave what they find. */
export interface FilterArena {
  readonly kernels: Kernels;
  readonly memory: SharedMemory;
  readonly at: Pointer;
}

/** Entries of a set that is copied beside the codes for each block; a larger one would not stay in a core's cache. */
const setBytesMax = 16_384;
const bitmapBytes = limits.blockRowsMax >> 3;
const setAt = 2 * bitmapBytes;
const rowsAt = setAt + setBytesMax;
const arenaBytes = rowsAt + 4 * limits.blockRowsMax;

const known = new WeakMap<SharedMemory, Kernels>();

/** Takes an arena of the cache's memory. @returns null where there is no room, or no compiled kernel. */
export function openFilterArena(cache: BlockCache): FilterArena | null {
  const { memory } = cache;
  let kernels = known.get(memory);
  if (kernels === undefined) known.set(memory, (kernels = loadKernels(memory)));
  if (kernels.kind !== 'wasm') return null;
  const at = cache.allocate(arenaBytes);
  return at === null ? null : { kernels, memory, at };
}

/**
 * Finds the rows of [from, from + length) whose value lies in [low, high], or outside of it.
 * @param out receives their places in the block, ascending; nothing when they are all of them.
 * @returns how many, or -1 where the values do not lie in the arena's memory: then nothing was done.
 */
export function rowsInRange(
  arena: FilterArena | null,
  values: ArrayBufferView,
  from: number,
  length: number,
  low: number,
  high: number,
  outside: boolean,
  out: Uint32Array,
): number {
  if (arena === null || !isNarrow(values) || !(values.buffer === arena.memory.buffer)) return -1;
  const { kernels, at: bitmap } = arena;
  const most = 2 ** (8 * values.BYTES_PER_ELEMENT) - 1;
  const least = Math.max(0, Math.ceil(low));
  const last = Math.min(most, Math.floor(high));
  if (least > last) return outside ? length : 0;
  if (least === 0 && last === most) return outside ? 0 : length;
  let count: number;
  if (least === 0) count = compare(arena, comparisons.lessOrEqual, values, from, length, last, bitmap);
  else {
    count = compare(arena, comparisons.greaterOrEqual, values, from, length, least, bitmap);
    if (last < most && count > 0) {
      compare(arena, comparisons.lessOrEqual, values, from, length, last, bitmap + bitmapBytes);
      count = kernels.andBitmaps(bitmap, bitmap + bitmapBytes, length, bitmap);
    }
  }
  if (outside) count = kernels.notBitmap(bitmap, length, bitmap);
  return listFound(arena, from, length, count, out);
}

/**
 * Finds the rows of [from, from + length) whose code belongs to a set.
 * @param set a byte a code, 1 = belongs to it.
 * @returns as rowsInRange.
 */
export function rowsInSet(
  arena: FilterArena | null,
  codes: Narrow,
  from: number,
  length: number,
  set: Uint8Array,
  out: Uint32Array,
): number {
  if (arena === null || !(codes.buffer === arena.memory.buffer) || set.length > setBytesMax) return -1;
  const { kernels, memory, at: bitmap } = arena;
  new Uint8Array(memory.buffer, bitmap + setAt, setBytesMax).set(set);
  const first = codes.byteOffset + from * codes.BYTES_PER_ELEMENT;
  const filter =
    codes instanceof Uint8Array
      ? kernels.filterSetU8
      : codes instanceof Uint16Array
        ? kernels.filterSetU16
        : kernels.filterSetU32;
  return listFound(arena, from, length, filter(first, length, bitmap + setAt, bitmap), out);
}

function isNarrow(values: ArrayBufferView): values is Narrow {
  return values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Uint32Array;
}

function compare(
  { kernels }: FilterArena,
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

/** Writes the rows of the arena's bitmap; of all rows or none it is not asked. */
function listFound(arena: FilterArena, from: number, length: number, count: number, out: Uint32Array): number {
  if (count === 0) return 0;
  if (count === length) return length;
  const { kernels, memory, at } = arena;
  kernels.bitmapToRows(at, length, at + rowsAt);
  const rows = new Uint32Array(memory.buffer, at + rowsAt, count);
  for (let i = 0; i < count; i++) out[i] = rows[i] + from;
  return count;
}
