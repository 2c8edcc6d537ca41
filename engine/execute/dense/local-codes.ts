import type { Pointer } from '../../kernels/kernels.ts';
import type { Arena } from '../arena.ts';
import type { BlockView } from '../block-view.ts';
import type { Room } from './room.ts';

/** Codes of a view's rows within one source: `bytes` each (1, 2 or 4), good until the view's room is given back. */
export interface LocalCodes {
  readonly at: Pointer;
  /** 0 = there are none: all rows have code 0. */
  readonly bytes: number;
}

/** A group key within one source: codes 0 … size − 1 that kernels find, and what they stand for. */
export interface LocalKey {
  readonly size: number;
  /** @returns the code of each of the view's rows, or null where its block does not give them. */
  read(view: DenseView): LocalCodes | null;
  /** Turns local codes into codes of the key's store. */
  translate(locals: Uint32Array, out: Uint32Array): void;
}

/** Makes a key's local codes for the source of a view. @returns null where they would be too many or cannot be told. */
export type LocalKeyOf = (view: BlockView, most: number, room: Room, arena: Arena) => LocalKey | null;

/** A view while kernels work on it. */
export interface DenseView {
  readonly view: BlockView;
  readonly arena: Arena;
  /** Where the view's rows lie, as u32; null = all of a range. */
  readonly rows: Pointer | null;
}

/** @returns the bytes that codes below `size` take. */
export function bytesFor(size: number): number {
  if (size <= 256) return 1;
  return size <= 65_536 ? 2 : 4;
}

/** Picks elements of any width by their places, as u32. */
export function gatherBytes(
  { kernels }: Arena,
  bytes: number,
  from: Pointer,
  rows: Pointer,
  count: number,
  out: Pointer,
): void {
  if (bytes === 1) kernels.gatherU8(from, rows, count, out);
  else if (bytes === 2) kernels.gatherU16(from, rows, count, out);
  else if (bytes === 4) kernels.gatherU32(from, rows, count, out);
  else kernels.gatherF64(from, rows, count, out);
}

/** @returns where the elements of a block's array at the view's rows lie: in place where these are a range. */
export function elementsAt({ view, arena, rows }: DenseView, array: ArrayBufferView, bytes: number): Pointer {
  const at = arena.place(array);
  if (rows === null) return at + view.from * bytes;
  const out = arena.take(view.length * bytes);
  gatherBytes(arena, bytes, at, rows, view.length, out);
  return out;
}

/** @returns the same code for each of the view's rows. */
export function sameCode({ view, arena }: DenseView, code: number, size: number): LocalCodes {
  const bytes = bytesFor(size);
  const at = arena.take(view.length * bytes);
  const { buffer } = arena.memory;
  if (bytes === 1) new Uint8Array(buffer, at, view.length).fill(code);
  else if (bytes === 2) new Uint16Array(buffer, at, view.length).fill(code);
  else new Uint32Array(buffer, at, view.length).fill(code);
  return { at, bytes };
}

/**
 * Gives rows without a value a code of their own.
 * @param codes of all rows from the view's first to its last.
 * @returns the codes of the view's rows.
 */
function withNulls(dense: DenseView, validity: Uint8Array, codes: LocalCodes, code: number, size: number): LocalCodes {
  const { view, arena, rows } = dense;
  const { first, count } = spanOf(view);
  const bytes = Math.max(bytesFor(size), codes.bytes);
  const marked = arena.take(count * bytes);
  const bits = arena.place(validity);
  arena.kernels.markNulls(codes.at, codes.bytes, bits, first, count, code, marked, bytes);
  if (rows === null) return { at: marked, bytes };
  const at = arena.take(view.length * bytes);
  gatherBytes(arena, bytes, marked - first * bytes, rows, view.length, at);
  return { at, bytes };
}

/** @returns the rows of a block from the view's first to its last. */
function spanOf({ rows, from, length }: BlockView): { readonly first: number; readonly count: number } {
  if (rows === null) return { first: from, count: length };
  return { first: rows[0], count: rows[length - 1] - rows[0] + 1 };
}

/**
 * Codes that lie in a block as they are, or shifted: entries of a dictionary, small ints.
 * @param shift is added to each.
 * @param nullCode stands for no value; `size` is beyond all codes.
 */
export function storedCodes(
  dense: DenseView,
  values: Uint8Array | Uint16Array | Uint32Array,
  validity: Uint8Array | null,
  shift: number,
  nullCode: number,
  size: number,
): LocalCodes {
  const bytes = values.BYTES_PER_ELEMENT;
  if (validity === null && shift === 0) return { at: elementsAt(dense, values, bytes), bytes };
  const { view, arena } = dense;
  if (validity === null) {
    const own = bytesFor(size);
    const out = arena.take(view.length * own);
    arena.kernels.shiftCodes(elementsAt(dense, values, bytes), bytes, view.length, shift, out, own);
    return { at: out, bytes: own };
  }
  const { first, count } = spanOf(view);
  let codes: LocalCodes = { at: arena.place(values) + first * bytes, bytes };
  if (shift !== 0) {
    const own = bytesFor(size);
    const out = arena.take(count * own);
    arena.kernels.shiftCodes(codes.at, bytes, count, shift, out, own);
    codes = { at: out, bytes: own };
  }
  return withNulls(dense, validity, codes, nullCode, size);
}
