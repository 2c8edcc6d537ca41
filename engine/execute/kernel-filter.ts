import { limits } from '../base/limits.ts';
import { comparisons, type Pointer } from '../kernels/kernels.ts';
import type { Arena } from './arena.ts';
import { masked, narrowed, type BlockView } from './block-view.ts';
import { gatherBytes } from './dense/local-codes.ts';

type Narrow = Uint8Array | Uint16Array | Uint32Array;

/** A larger set would take the room of what is found. */
const setBytesMax = 1024 * 1024;
const bitmapBytes = limits.blockRowsMax >> 3;
/** Bitmaps that one filter takes, with room for the longest list left beside them. */
const roomMin = 6 * bitmapBytes + 8 * limits.blockRowsMax;
/** A row of a list takes as long as so many bytes of a block: where fewer rows are left, a filter goes by their list. */
const bytesPerListed = 32;

/** Values from low to high, or with `outside` all others, NaN among them. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly outside: boolean;
}

/** A filter over consecutive rows of a block, those that the view spans: what its kernels work on. */
export interface Span {
  readonly arena: Arena;
  readonly view: BlockView;
  /** A multiple of 8. */
  readonly first: number;
  readonly count: number;
  /** Receives what is found; behind it lies as much room for kernels to work in. */
  readonly bitmap: Pointer;
}

/**
 * Keeps the view's rows that have a value within bounds.
 * @param values as a block of the cache has them. @param validity null = every row has a value.
 * @returns null where kernels cannot tell, or a list of rows is less work: then nothing was done.
 */
export function keepInRange(
  view: BlockView,
  values: ArrayBufferView,
  validity: Uint8Array | null,
  bounds: Bounds,
): BlockView | null {
  const inMasks = isInMasks(view, values) && isInMasks(view, validity);
  if (!inMasks || !(isNarrow(values) || values instanceof Float64Array)) return null;
  // Of values that kernels read within a mask alone, a list of few rows is never less work.
  const isRead = view.mask === null || !isNarrow(values);
  const span = spanOf(view, isRead ? values.BYTES_PER_ELEMENT : 0);
  if (span === null) return isNarrow(values) && validity === null ? keepListed(view, values, bounds) : null;
  if (values instanceof Float64Array) return keepFound(span, floatsInRange(span, values, bounds), validity);
  return keepFound(span, narrowInRange(span, values, bounds), validity, true);
}

/**
 * Keeps the view's rows whose code belongs to a set.
 * @param set a byte a code, 1 = belongs to it; its last place is that of rows without a value.
 * @param within the codes of the set, where these are all codes within bounds.
 * @returns as keepInRange.
 */
export function keepInSet(
  view: BlockView,
  codes: Narrow,
  validity: Uint8Array | null,
  set: Uint8Array,
  within: Bounds | null,
): BlockView | null {
  const inMasks = isInMasks(view, codes) && isInMasks(view, validity);
  const span = inMasks ? spanOf(view, codes.BYTES_PER_ELEMENT) : null;
  if (span === null) return null;
  const { arena, bitmap, count } = span;
  const { kernels } = arena;
  let found: number;
  if (within !== null) found = narrowInRange(span, codes, within);
  else {
    const table = placeOf(arena, set);
    if (table === null) return null;
    const at = placeIn(span, codes);
    if (codes instanceof Uint8Array) found = kernels.filterSetU8(at, count, table, bitmap);
    else if (codes instanceof Uint16Array) found = kernels.filterSetU16(at, count, table, bitmap);
    else found = kernels.filterSetU32(at, count, table, bitmap);
  }
  if (validity === null || set[set.length - 1] === 0) return keepFound(span, found, validity, within !== null);
  // Those without a value belong to the set: all but those that have one that does not.
  kernels.andNotBitmaps(bitsIn(span, validity), bitmap, count, bitmap);
  return keepFound(span, kernels.notBitmap(bitmap, count, bitmap), null);
}

/** Keeps the view's rows that have a value. @returns as keepInRange. */
export function keepValid(view: BlockView, validity: Uint8Array): BlockView | null {
  const span = isInMasks(view, validity) ? spanOf(view, 1 / 8) : null;
  if (span === null) return null;
  const bits = bitsIn(span, validity);
  return keepFound(span, span.arena.kernels.andBitmaps(bits, bits, span.count, span.bitmap), null);
}

/** Kernels work on what lies in their own memory. */
export function isInMasks({ scratch }: BlockView, array: ArrayBufferView | null): boolean {
  return (
    scratch.masks !== null && (array === null || array.buffer === (scratch.masks.memory.buffer as ArrayBufferLike))
  );
}

/** @param rowBytes that a filter reads of each row. @returns null where kernels cannot do it, or a list is less work. */
export function spanOf(view: BlockView, rowBytes: number): Span | null {
  const { mask, from, length } = view;
  const arena = view.scratch.masks;
  if (arena === null || arena.room < roomMin) return null;
  if (mask === null) {
    if (view.rows !== null) return null;
    const first = from & ~7;
    return { arena, view, first, count: from + length - first, bitmap: arena.take(2 * bitmapBytes) };
  }
  const count = mask.end - mask.first;
  if (length * bytesPerListed < count * rowBytes) return null;
  return { arena, view, first: mask.first, count, bitmap: arena.take(2 * bitmapBytes) };
}

/**
 * @param found rows of the span's bitmap. @param validity is joined with them.
 * @param isWithin whether they were found among those of the view's mask, if it has one.
 * @returns the view's rows among them.
 */
export function keepFound(span: Span, found: number, validity: Uint8Array | null, isWithin = false): BlockView {
  const { arena, view, first, count, bitmap } = span;
  const { andBitmaps } = arena.kernels;
  let left = found;
  if (validity !== null && left > 0) left = andBitmaps(bitmap, bitsIn(span, validity), count, bitmap);
  if (view.mask !== null) {
    if (!isWithin && left > 0) left = andBitmaps(bitmap, view.mask.at, count, bitmap);
  } else if (view.from > first && left > 0) left -= clearFirst(arena, bitmap, view.from - first);
  return left === view.length ? view : masked(view, { at: bitmap, first, end: first + count }, left);
}

/** Takes up to seven rows out of a bitmap. @returns how many were true. */
function clearFirst({ memory, kernels }: Arena, bitmap: Pointer, rows: number): number {
  const cleared = kernels.countBitmap(bitmap, rows);
  new Uint8Array(memory.buffer, bitmap, 1)[0] &= 0xff << rows;
  return cleared;
}

function isNarrow(values: ArrayBufferView): values is Narrow {
  return values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Uint32Array;
}

/** @returns where the value of the span's first row lies. */
function placeIn({ first }: Span, values: Narrow | Float64Array): Pointer {
  return values.byteOffset + first * values.BYTES_PER_ELEMENT;
}

/** The same of a bitmap. */
function bitsIn({ first }: Span, bitmap: Uint8Array): Pointer {
  return bitmap.byteOffset + (first >> 3);
}

/** Keeps rows of a list: their values are picked first. @returns null where the list or what comes of it has no room. */
function keepListed(view: BlockView, values: Narrow, bounds: Bounds): BlockView | null {
  const arena = view.scratch.masks!;
  const { rows } = view;
  if (rows === null || !isInMasks(view, rows) || arena.room < 12 * rows.length + 2 * bitmapBytes) return null;
  const { kernels, memory } = arena;
  const bytes = values.BYTES_PER_ELEMENT;
  const count = rows.length;
  const picked = arena.take(bytes * count);
  gatherBytes(arena, bytes, values.byteOffset, rows.byteOffset, count, picked);
  const bitmap = arena.take(bitmapBytes);
  const found = bytesInRange(arena, picked, bytes, count, bounds, null, bitmap);
  if (found === count) return view;
  const places = arena.take(4 * found);
  kernels.bitmapToRows(bitmap, count, places, 0);
  const kept = arena.take(4 * found);
  kernels.gatherU32(rows.byteOffset, places, found, kept);
  return narrowed(view, new Uint32Array(memory.buffer, kept, found));
}

/** @returns how many of the span's rows, among those of the view's mask if it has one, are within bounds. */
function narrowInRange(span: Span, values: Narrow, bounds: Bounds): number {
  const within = span.view.mask?.at ?? null;
  const bytes = values.BYTES_PER_ELEMENT;
  return bytesInRange(span.arena, placeIn(span, values), bytes, span.count, bounds, within, span.bitmap);
}

/**
 * @param bytes of each value, which are as many as `count`. @param within where the bitmap of those that count lies;
 * null = all. @returns how many are within bounds.
 */
function bytesInRange(
  { kernels, memory }: Arena,
  at: Pointer,
  bytes: number,
  count: number,
  { low, high, outside }: Bounds,
  within: Pointer | null,
  bitmap: Pointer,
): number {
  const least = Math.max(0, Math.ceil(low));
  const last = Math.min(2 ** (8 * bytes) - 1, Math.floor(high));
  let found: number;
  if (least > last) {
    new Uint8Array(memory.buffer, bitmap, bitmapBytes).fill(0);
    found = 0;
  } else if (within !== null) {
    if (bytes === 1) found = kernels.filterRangeWithinU8(at, count, least, last, within, bitmap + bitmapBytes, bitmap);
    else if (bytes === 2)
      found = kernels.filterRangeWithinU16(at, count, least, last, within, bitmap + bitmapBytes, bitmap);
    else found = kernels.filterRangeWithinU32(at, count, least, last, within, bitmap + bitmapBytes, bitmap);
  } else if (bytes === 1) found = kernels.filterRangeU8(at, count, least, last, bitmap);
  else if (bytes === 2) found = kernels.filterRangeU16(at, count, least, last, bitmap);
  else found = kernels.filterRangeU32(at, count, least, last, bitmap);
  if (!outside) return found;
  return within === null
    ? kernels.notBitmap(bitmap, count, bitmap)
    : kernels.andNotBitmaps(within, bitmap, count, bitmap);
}

function floatsInRange(span: Span, values: Float64Array, { low, high, outside }: Bounds): number {
  const { arena, bitmap, count } = span;
  const { kernels } = arena;
  const at = placeIn(span, values);
  let found: number;
  if (low === high) found = kernels.filterF64(comparisons.equal, at, count, low, bitmap);
  else {
    found = kernels.filterF64(comparisons.lessOrEqual, at, count, high, bitmap);
    if (low > -Infinity) {
      const above = arena.take(bitmapBytes);
      kernels.filterF64(comparisons.greaterOrEqual, at, count, low, above);
      found = kernels.andBitmaps(bitmap, above, count, bitmap);
    }
  }
  return outside ? kernels.notBitmap(bitmap, count, bitmap) : found;
}

const placed = new WeakMap<Arena, Map<Uint8Array, Pointer>>();

/** @returns where a set of codes lies in the arena, copied there once; 256 bytes at least. Null where there is no room. */
export function placeOf(arena: Arena, set: Uint8Array): Pointer | null {
  let places = placed.get(arena);
  if (places === undefined) placed.set(arena, (places = new Map()));
  const known = places.get(set);
  if (known !== undefined) return known;
  const bytes = Math.max(256, set.length);
  const room = bytes <= setBytesMax && arena.room >= bytes + roomMin;
  const at = room ? arena.keep(bytes) : null;
  if (at === null) return null;
  const table = new Uint8Array(arena.memory.buffer, at, bytes);
  table.fill(0, set.length);
  table.set(set);
  places.set(set, at);
  return at;
}
