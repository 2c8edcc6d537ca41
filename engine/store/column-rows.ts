import { elementType, isListType, type ColumnType } from '../column/types.ts';
import type { ListVector, Validity, Vector } from '../column/vector.ts';

/** What the rows of a column are held as while segments are built: `wide` = ints beyond ±2^53. */
export type RowsKind = 'bool' | 'int' | 'wide' | 'float' | 'text';

type RowValues = Uint8Array | Uint32Array | Float64Array | BigInt64Array;

/** Values of consecutive rows, in arrays that grow; `valid` has one byte a row and counts only once `hasNulls`. */
export class ScalarRows {
  readonly kind: RowsKind;
  values: RowValues;
  valid: Uint8Array = new Uint8Array(0);
  hasNulls = false;
  length = 0;

  constructor(kind: RowsKind) {
    this.kind = kind;
    this.values = newValues(kind, 0);
  }

  /** Makes it `length` rows long, whose values are then to be set. Rows that are not have a value of any kind. */
  resize(length: number): void {
    if (length > this.values.length) {
      const grown = newValues(this.kind, Math.max(length, 2 * this.values.length, 1024));
      grown.set(this.values.subarray(0, this.length) as never);
      this.values = grown;
      if (this.hasNulls) this.#growValid();
    }
    this.length = length;
  }

  #growValid(): void {
    const grown = new Uint8Array(this.values.length).fill(1);
    grown.set(this.valid.subarray(0, this.length));
    this.valid = grown;
  }

  /** Makes `valid` count: rows so far have values, and so will those to come, unless it is set to 0. */
  mayHaveNulls(): void {
    if (this.hasNulls) return;
    this.hasNulls = true;
    this.valid = new Uint8Array(this.values.length).fill(1);
  }

  /** Forgets all rows. */
  clear(): void {
    this.length = 0;
    if (this.hasNulls) this.valid.fill(1);
    this.hasNulls = false;
  }

  append(from: ScalarRows, start: number, end: number): void {
    const at = this.length;
    if (from.hasNulls) this.mayHaveNulls();
    this.resize(at + end - start);
    this.values.set(from.values.subarray(start, end) as never, at);
    if (from.hasNulls) this.valid.set(from.valid.subarray(start, end), at);
    else if (this.hasNulls) this.valid.fill(1, at, this.length);
  }

  /** Removes the first rows. */
  drop(rows: number): void {
    this.values.copyWithin(0, rows, this.length);
    if (this.hasNulls) {
      this.valid.copyWithin(0, rows, this.length);
      this.hasNulls = this.valid.subarray(0, this.length - rows).includes(0);
    }
    this.length -= rows;
  }

  /** @returns a view of the first rows. */
  vector(rows: number): Exclude<Vector, ListVector> {
    const validity = this.hasNulls ? bitmapOf(this.valid, rows) : null;
    const values = this.values.subarray(0, rows);
    switch (this.kind) {
      case 'bool':
        return { kind: 'bool', length: rows, values: values as Uint8Array, validity };
      case 'float':
        return { kind: 'float', length: rows, values: values as Float64Array, validity };
      case 'text':
        return { kind: 'text', length: rows, codes: values as Uint32Array, validity };
      case 'int':
      case 'wide':
        return { kind: 'int', length: rows, base: 0, values: values as Float64Array | BigInt64Array, validity };
    }
  }
}

function newValues(kind: RowsKind, length: number): RowValues {
  switch (kind) {
    case 'bool':
      return new Uint8Array(length);
    case 'text':
      return new Uint32Array(length);
    case 'wide':
      return new BigInt64Array(length);
    default:
      return new Float64Array(length);
  }
}

function bitmapOf(valid: Uint8Array, rows: number): Validity {
  const bitmap = new Uint8Array((rows + 7) >> 3);
  let nulls = 0;
  for (let row = 0; row < rows; row++) {
    bitmap[row >> 3] |= valid[row] << (row & 7);
    nulls += 1 - valid[row];
  }
  return nulls === 0 ? null : bitmap;
}

/** A column's consecutive rows: its values, or for a list the lengths (as `text`, since those are u32) and the items. */
export interface ColumnRows {
  readonly rows: ScalarRows;
  readonly items: ScalarRows | null;
}

/** @returns an empty column of a type. */
export function createColumnRows(type: ColumnType, wide: boolean): ColumnRows {
  const element = elementType(type);
  const kind = element === 'null' || element === 'time' ? 'int' : element;
  const scalar = new ScalarRows(kind === 'int' && wide ? 'wide' : kind);
  return isListType(type) ? { rows: new ScalarRows('text'), items: scalar } : { rows: scalar, items: null };
}

/** Appends rows of one column to another of the same type. @param itemsBefore items of the rows before `start`. */
export function appendRows(to: ColumnRows, from: ColumnRows, start: number, end: number, itemsBefore: number): void {
  to.rows.append(from.rows, start, end);
  to.items?.append(from.items!, itemsBefore, itemsBefore + itemsOf(from, start, end));
}

/** @returns the items of some rows of a list column; 0 of any other. */
export function itemsOf(column: ColumnRows, start: number, end: number): number {
  if (column.items === null) return 0;
  const lengths = column.rows.values as Uint32Array;
  let items = 0;
  for (let row = start; row < end; row++) items += lengths[row];
  return items;
}

/** Removes the first rows. */
export function dropRows(column: ColumnRows, rows: number): void {
  const items = itemsOf(column, 0, rows);
  column.rows.drop(rows);
  column.items?.drop(items);
}

/** @returns the first rows as a vector: a view, but for bitmaps and offsets. */
export function vectorOfRows({ rows, items }: ColumnRows, count: number): Vector {
  if (items === null) return rows.vector(count);
  const lengths = rows.values as Uint32Array;
  const offsets = new Uint32Array(count + 1);
  for (let row = 0; row < count; row++) offsets[row + 1] = offsets[row] + lengths[row];
  const validity = rows.hasNulls ? bitmapOf(rows.valid, count) : null;
  return { kind: 'list', length: count, offsets, items: items.vector(offsets[count]), validity };
}
