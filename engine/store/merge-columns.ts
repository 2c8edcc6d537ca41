import { isValid, type Vector } from '../column/vector.ts';
import { blockAt } from './block-at.ts';
import { createColumnRows, type ColumnRows, type ScalarRows } from './column-rows.ts';
import type { InputBlock, InputColumn } from './merge-input.ts';
import type { ColumnType } from '../column/types.ts';

/** Where the rows of a window come from: of input i the rows from `first[i]` on, to the places `places[starts[i] … starts[i + 1])`. */
export interface WindowRows {
  readonly count: number;
  readonly first: Float64Array;
  readonly starts: Uint32Array;
  readonly places: Uint32Array;
}

/** One column of all inputs: null = that input has no value in it. */
export interface MergeColumn {
  readonly type: ColumnType;
  readonly wide: boolean;
  readonly inputs: readonly (InputColumn | null)[];
  /** Of text and lists of text: codes of the merged dictionary by code of each input's. */
  readonly maps: readonly (Uint32Array | null)[] | null;
  /** The window's rows, used again for each window. */
  readonly rows: ColumnRows;
}

/** @returns a column to gather windows of. */
export function createMergeColumn(
  type: ColumnType,
  wide: boolean,
  inputs: readonly (InputColumn | null)[],
  maps: MergeColumn['maps'],
): MergeColumn {
  return { type, wide, inputs, maps, rows: createColumnRows(type, wide) };
}

type ScalarVector = Exclude<Vector, { kind: 'list' }>;

/** Gathers the window's rows of one column into `column.rows`. */
export function gatherWindow(
  column: MergeColumn,
  blocks: readonly (readonly InputBlock[])[],
  window: WindowRows,
): void {
  const { rows, items } = column.rows;
  rows.clear();
  rows.resize(window.count);
  if (items !== null) return gatherLists(column, blocks, window);
  forEachRun(column, blocks, window, (vector, from, count, places, at, map) => {
    if (vector === null) fillNulls(rows, places, at, count);
    else scatter(vector as ScalarVector, from, count, places, at, map, rows);
  });
}

/** A stretch of an input's rows that lies within one block; null = no row has a value. */
type TakeRun = (
  vector: Vector | null,
  from: number,
  count: number,
  places: Uint32Array,
  at: number,
  map: Uint32Array | null,
) => void;

function forEachRun(
  column: MergeColumn,
  blocks: readonly (readonly InputBlock[])[],
  { first, starts, places }: WindowRows,
  take: TakeRun,
): void {
  for (let input = 0; input < column.inputs.length; input++) {
    const end = starts[input + 1];
    let at = starts[input];
    if (at === end) continue;
    const own = column.inputs[input];
    if (own === null) {
      take(null, 0, end - at, places, at, null);
      continue;
    }
    const map = column.maps?.[input] ?? null;
    let row = first[input];
    let block = blockAt(blocks[input], row);
    while (at < end) {
      const { firstRow, rowCount } = blocks[input][block];
      const count = Math.min(end - at, firstRow + rowCount - row);
      take(own.block(block), row - firstRow, count, places, at, map);
      at += count;
      row += count;
      block++;
    }
  }
}

function fillNulls(rows: ScalarRows, places: Uint32Array, at: number, count: number): void {
  rows.mayHaveNulls();
  const { valid, values } = rows;
  const zero = rows.kind === 'wide' ? 0n : 0;
  for (let i = at; i < at + count; i++) {
    valid[places[i]] = 0;
    values[places[i]] = zero as never;
  }
}

function scatter(
  vector: ScalarVector,
  from: number,
  count: number,
  places: Uint32Array,
  at: number,
  map: Uint32Array | null,
  rows: ScalarRows,
): void {
  if (vector.kind === 'null') return fillNulls(rows, places, at, count);
  if (vector.validity !== null) scatterValidity(vector.validity, from, count, places, at, rows);
  switch (vector.kind) {
    case 'text':
      return scatterCodes(vector.codes, from, count, places, at, map, rows.values as Uint32Array);
    case 'bool':
      return scatterBytes(vector.values, from, count, places, at, rows.values as Uint8Array);
    case 'float':
      return scatterFloats(vector.values, from, count, places, at, rows.values as Float64Array);
    case 'int':
      if (rows.values instanceof BigInt64Array)
        return scatterWide(vector.values, vector.base, from, count, places, at, rows.values);
      return scatterInts(vector.values, vector.base, from, count, places, at, rows.values as Float64Array);
  }
}

function scatterValidity(
  validity: Uint8Array,
  from: number,
  count: number,
  places: Uint32Array,
  at: number,
  rows: ScalarRows,
): void {
  rows.mayHaveNulls();
  const { valid } = rows;
  for (let i = 0; i < count; i++) valid[places[at + i]] = (validity[(from + i) >> 3] >> ((from + i) & 7)) & 1;
}

function scatterCodes(
  codes: Uint8Array | Uint16Array | Uint32Array,
  from: number,
  count: number,
  places: Uint32Array,
  at: number,
  map: Uint32Array | null,
  out: Uint32Array,
): void {
  // Without a dictionary there are no texts, and without texts no row has a value.
  if (map === null || map.length === 0) for (let i = 0; i < count; i++) out[places[at + i]] = 0;
  else for (let i = 0; i < count; i++) out[places[at + i]] = map[codes[from + i]];
}

function scatterBytes(
  values: Uint8Array,
  from: number,
  count: number,
  places: Uint32Array,
  at: number,
  out: Uint8Array,
) {
  for (let i = 0; i < count; i++) out[places[at + i]] = values[from + i];
}

function scatterFloats(
  values: Float64Array,
  from: number,
  count: number,
  places: Uint32Array,
  at: number,
  out: Float64Array,
): void {
  for (let i = 0; i < count; i++) out[places[at + i]] = values[from + i];
}

function scatterInts(
  values: Uint8Array | Uint16Array | Uint32Array | Float64Array | BigInt64Array,
  base: number,
  from: number,
  count: number,
  places: Uint32Array,
  at: number,
  out: Float64Array,
): void {
  if (values instanceof BigInt64Array) {
    for (let i = 0; i < count; i++) out[places[at + i]] = Number(values[from + i]);
  } else {
    for (let i = 0; i < count; i++) out[places[at + i]] = base + values[from + i];
  }
}

function scatterWide(
  values: Uint8Array | Uint16Array | Uint32Array | Float64Array | BigInt64Array,
  base: number,
  from: number,
  count: number,
  places: Uint32Array,
  at: number,
  out: BigInt64Array,
): void {
  if (values instanceof BigInt64Array) {
    for (let i = 0; i < count; i++) out[places[at + i]] = values[from + i];
  } else {
    for (let i = 0; i < count; i++) out[places[at + i]] = BigInt(base + values[from + i]);
  }
}

/** Lengths first, since they say where the items of each row go; then the items. */
function gatherLists(column: MergeColumn, blocks: readonly (readonly InputBlock[])[], window: WindowRows): void {
  const { rows } = column.rows;
  const items = column.rows.items!;
  const lengths = rows.values as Uint32Array;
  forEachRun(column, blocks, window, (vector, from, count, places, at) => {
    if (vector === null || vector.kind !== 'list') return fillNulls(rows, places, at, count);
    if (vector.validity !== null) scatterValidity(vector.validity, from, count, places, at, rows);
    for (let i = 0; i < count; i++) {
      const has = isValid(vector.validity, from + i);
      lengths[places[at + i]] = has ? vector.offsets[from + i + 1] - vector.offsets[from + i] : 0;
    }
  });
  const starts = new Uint32Array(window.count + 1);
  for (let row = 0; row < window.count; row++) starts[row + 1] = starts[row] + lengths[row];
  items.clear();
  items.resize(starts[window.count]);
  forEachRun(column, blocks, window, (vector, from, count, places, at, map) => {
    if (vector === null || vector.kind !== 'list') return;
    for (let i = 0; i < count; i++) {
      const place = places[at + i];
      const length = lengths[place];
      if (length === 0) continue;
      const itemPlaces = new Uint32Array(length);
      for (let item = 0; item < length; item++) itemPlaces[item] = starts[place] + item;
      scatter(vector.items, vector.offsets[from + i], length, itemPlaces, 0, map, items);
    }
  });
}
