import type { Pointer } from '../../kernels/kernels.ts';
import type { CodeRuns } from '../../store/code-runs.ts';
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
  /** @returns the same as runs of the view's block, where its codes lie in such. @param onlyFresh as `RowSource.readRuns`. */
  readonly readRuns?: (view: BlockView, onlyFresh?: boolean) => CodeRuns | null;
  /** @returns the times that its codes are the buckets of, where these are of one length and the view is a range. */
  readonly readTimes?: (view: DenseView) => EvenTimes | null;
  /** Turns local codes into codes of the key's store. */
  translate(locals: Uint32Array, out: Uint32Array): void;
}

/** Times of a view's rows in even buckets, as kernels take them: code c is floor((origin + offset) / width). */
export interface EvenTimes {
  readonly offsets: Pointer;
  readonly offsetBytes: number;
  readonly origin: number;
  readonly width: number;
}

/** Makes a key's local codes for the source of a view. @returns null where they would be too many or cannot be told. */
export type LocalKeyOf = (view: BlockView, most: number, room: Room, arena: Arena) => LocalKey | 'no room' | null;

/** A view while kernels work on it. */
export interface DenseView {
  readonly view: BlockView;
  readonly arena: Arena;
  /** Where the view's list of rows lies, as u32; null = all of a range, or a mask tells them: `rowsAt` lists these. */
  readonly listed: Pointer | null;
}

/** @returns the view as kernels read it. */
export function denseViewOf(view: BlockView, arena: Arena): DenseView {
  return { view, arena, listed: view.mask === null && view.rows !== null ? arena.place(view.rows) : null };
}

/** @returns where the view's rows lie, as u32; null = all of a range. Rows of a mask are listed when first asked for. */
export function rowsAt({ view, arena, listed }: DenseView): Pointer | null {
  return view.mask === null ? listed : arena.place(view.rows!);
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
export function elementsAt(dense: DenseView, array: ArrayBufferView, bytes: number): Pointer {
  const { view, arena } = dense;
  const { mask, scratch } = view;
  if (mask?.inRuns === true && scratch.masks?.memory === arena.memory) {
    const values = arena.place(array) + mask.first * bytes;
    const picked = arena.take(view.length * bytes);
    arena.kernels.gatherRuns(values, bytes, mask.at, mask.end - mask.first, picked);
    return picked;
  }
  const rows = rowsAt(dense);
  const at = arena.place(array);
  if (rows === null) return at + view.from * bytes;
  const out = arena.take(view.length * bytes);
  gatherBytes(arena, bytes, at, rows, view.length, out);
  return out;
}

/** @returns the same code for each of the view's rows. */
export function sameCode({ view, arena }: DenseView, code: number, size: number): LocalCodes {
  const bytes = bytesFor(size);
  const codes = { at: arena.take(view.length * bytes), bytes };
  codesAt(arena, codes, view.length).fill(code);
  return codes;
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
  const { view, arena } = dense;
  const { kernels } = arena;
  let bytes = values.BYTES_PER_ELEMENT;
  let at = elementsAt(dense, values, bytes);
  const own = bytesFor(size);
  // Codes that are marked in place have to hold the one of no value.
  if (shift !== 0 || (validity !== null && rowsAt(dense) !== null && bytes < own)) {
    const out = arena.take(view.length * own);
    kernels.shiftCodes(at, bytes, view.length, shift, out, own);
    [at, bytes] = [out, own];
  }
  if (validity === null) return { at, bytes };
  if (view.rows !== null) {
    markRows(codesAt(arena, { at, bytes }, view.length), view.rows, validity, nullCode);
    return { at, bytes };
  }
  const wide = Math.max(own, bytes);
  const marked = arena.take(view.length * wide);
  kernels.markNulls(at, bytes, arena.place(validity), view.from, view.length, nullCode, marked, wide);
  return { at: marked, bytes: wide };
}

/** @returns codes as an array. */
export function codesAt(
  { memory }: Arena,
  { at, bytes }: LocalCodes,
  length: number,
): Uint8Array | Uint16Array | Uint32Array {
  if (bytes === 1) return new Uint8Array(memory.buffer, at, length);
  return bytes === 2 ? new Uint16Array(memory.buffer, at, length) : new Uint32Array(memory.buffer, at, length);
}

function markRows(
  codes: Uint8Array | Uint16Array | Uint32Array,
  rows: Uint32Array,
  validity: Uint8Array,
  code: number,
): void {
  for (let i = 0; i < codes.length; i++) if (((validity[rows[i] >> 3] >> (rows[i] & 7)) & 1) === 0) codes[i] = code;
}
