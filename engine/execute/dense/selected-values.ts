import type { Pointer } from '../../kernels/kernels.ts';
import { readOwn } from './own-vector.ts';
import { isRange } from '../block-view.ts';
import { elementsAt, gatherBytes, rowsAt, type DenseView, type LocalCodes } from './local-codes.ts';

/** Values that count, beside their groups. */
export interface SelectedValues {
  readonly count: number;
  readonly groups: LocalCodes;
  readonly values: Pointer;
  /** 1, 2 or 4: unsigned offsets from `base`; 8: floats. */
  readonly valueBytes: number;
  readonly base: number;
  /** Whether every row of the view counts. */
  readonly all: boolean;
  /** What no value is beyond, on either side of 0; Infinity where that is not known. */
  readonly most: number;
}

/** Rows as u32, beside their places in the view. */
interface RowList {
  readonly count: number;
  readonly rows: Pointer;
  /** What the rows are counted from: row r is the array's element r + `first`. */
  readonly first: number;
  readonly places: Pointer;
  /** What places are counted from. */
  readonly firstPlace: number;
}

/**
 * Picks the values of a column that count, with the groups of their rows.
 * @param places in the view of the rows that a filter leaves; null = all.
 * @returns null where the column's block is of another form than kernels read.
 */
export function selectValues(
  dense: DenseView,
  column: { readonly name: string; readonly type: string },
  places: Uint32Array | null,
  groups: LocalCodes,
): SelectedValues | null {
  const { view } = dense;
  const ranked = places === null && groups.bytes === 0 ? selectRanked(dense, column, groups) : null;
  if (ranked !== null) return ranked;
  const vector = readOwn(view, column.name, column.type);
  if (vector === null) return null;
  if (vector.kind === 'null') return { count: 0, groups, values: 0, valueBytes: 1, base: 0, all: false, most: 0 };
  const { values, base, validity, most } = vector;
  const valueBytes = values.BYTES_PER_ELEMENT;
  if (places === null && (validity === null || isFull(validity, view.from, isRange(view) ? view.length : -1))) {
    const at = elementsAt(dense, values, valueBytes);
    return { count: view.length, groups, values: at, valueBytes, base, all: true, most };
  }
  const list = listRows(dense, places, validity);
  const { arena } = dense;
  const present = places === null && isRange(view) ? presentAt(dense, column.name, values, validity) : null;
  const picked = present ?? arena.take(list.count * valueBytes);
  const from = arena.place(values) + list.first * valueBytes;
  if (present === null) gatherBytes(arena, valueBytes, from, list.rows, list.count, picked);
  let own = groups;
  if (groups.bytes > 0) {
    const at = arena.take(list.count * groups.bytes);
    const fromGroups = groups.at + list.firstPlace * groups.bytes;
    gatherBytes(arena, groups.bytes, fromGroups, list.places, list.count, at);
    own = { at, bytes: groups.bytes };
  }
  return { count: list.count, groups: own, values: picked, valueBytes, base, all: false, most };
}

/**
 * Picks the floats that rows of one group have, where most rows have none, by how many come before: their block need not
 * be read, nor any row listed.
 */
function selectRanked(
  { view, arena }: DenseView,
  { name, type }: { readonly name: string; readonly type: string },
  groups: LocalCodes,
): SelectedValues | null {
  const { mask, scratch } = view;
  const { source } = view.open;
  if (mask === null || scratch.masks?.memory !== arena.memory) return null;
  if (type !== 'float' || source.columnType(name) !== type) return null;
  const present = source.readPresent?.(name, view.block) ?? null;
  if (present === null) return null;
  const { kernels } = arena;
  const { first, end } = mask;
  const bits = arena.place(present.validity);
  const before = first === 0 ? 0 : kernels.countBitmap(bits, first);
  const values = arena.place(present.values) + present.values.BYTES_PER_ELEMENT * before;
  const picked = arena.take(8 * Math.min(view.length, present.values.length));
  const count = kernels.pickRankedF64(values, bits + (first >> 3), mask.at, end - first, picked);
  return { count, groups, values: picked, valueBytes: 8, base: 0, all: false, most: Infinity };
}

/** @returns where those values of a range that there are lie one after another; null where they do not. */
export function presentAt(
  { view, arena }: DenseView,
  name: string,
  values: ArrayBufferView,
  validity: Uint8Array | null,
): Pointer | null {
  if (validity === null || !(values instanceof Float64Array)) return null;
  const present = view.open.source.readPresent?.(name, view.block) ?? null;
  if (present === null) return null;
  const before = view.from === 0 ? 0 : arena.kernels.countBitmap(arena.place(validity), view.from);
  return arena.place(present.values) + present.values.BYTES_PER_ELEMENT * before;
}

/** Picks the groups of rows that a filter leaves. */
export function selectGroups(
  { arena, view }: DenseView,
  places: Uint32Array | null,
  groups: LocalCodes,
): SelectedValues {
  const all = places === null;
  const count = all ? view.length : places.length;
  let own = groups;
  if (!all && groups.bytes > 0) {
    const at = arena.take(count * groups.bytes);
    gatherBytes(arena, groups.bytes, groups.at, arena.place(places), count, at);
    own = { at, bytes: groups.bytes };
  }
  return { count, groups: own, values: 0, valueBytes: 1, base: 0, all, most: 0 };
}

/** @returns whether all rows of a range have a value, as far as whole bytes of the bitmap tell. */
export function isFull(validity: Uint8Array, from: number, length: number): boolean {
  if (length <= 0) return false;
  const last = (from + length - 1) >> 3;
  for (let at = from >> 3; at <= last; at++) if (validity[at] !== 0xff) return false;
  return true;
}

function listRows(dense: DenseView, places: Uint32Array | null, validity: Uint8Array | null): RowList {
  const { view, arena } = dense;
  const { kernels, memory } = arena;
  const rows = rowsAt(dense);
  if (places === null && rows === null) {
    // Bits are read from the byte that the range begins in.
    const lead = view.from & 7;
    const bits = arena.place(validity!) + (view.from >> 3);
    const list = arena.take(4 * (lead + view.length));
    const found = kernels.bitmapToRows(bits, lead + view.length, list, 0);
    const own = new Uint32Array(memory.buffer, list, Math.min(found, lead));
    let before = 0;
    while (before < own.length && own[before] < lead) before++;
    const at = list + 4 * before;
    return { count: found - before, rows: at, first: view.from - lead, places: at, firstPlace: -lead };
  }
  const length = places?.length ?? view.length;
  const placesAt = places === null ? null : arena.place(places);
  let listAt = rows;
  let first = 0;
  if (rows === null) {
    listAt = placesAt;
    first = view.from;
  } else if (placesAt !== null) {
    listAt = arena.take(4 * length);
    kernels.gatherU32(rows, placesAt, length, listAt);
  }
  if (validity === null) return { count: length, rows: listAt!, first, places: placesAt!, firstPlace: 0 };
  return validOf(dense, listAt!, first, placesAt, length, validity);
}

function validOf(
  { arena, view }: DenseView,
  rows: Pointer,
  first: number,
  places: Pointer | null,
  length: number,
  validity: Uint8Array,
): RowList {
  const { kernels } = arena;
  let own = rows;
  if (first !== 0) {
    // Places in a range become rows: the bitmap is read by these.
    own = arena.take(4 * length);
    kernels.shiftCodes(rows, 4, length, view.from, own, 4);
  }
  const outRows = arena.take(4 * length);
  const outPlaces = arena.take(4 * length);
  const count = kernels.validRows(own, length, arena.place(validity), outRows, outPlaces);
  if (places === null) return { count, rows: outRows, first: 0, places: outPlaces, firstPlace: 0 };
  const picked = arena.take(4 * count);
  kernels.gatherU32(places, outPlaces, count, picked);
  return { count, rows: outRows, first: 0, places: picked, firstPlace: 0 };
}
