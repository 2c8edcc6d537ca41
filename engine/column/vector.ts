/**
 * One column of some rows, as it lies in memory: narrow typed arrays, never objects. The arrays may be views of the
 * shared memory, so a vector is read-only for whoever did not make it, and is valid only while its block is pinned.
 *
 * `validity` is a bitmap, bit `row & 7` of byte `row >> 3`, 1 = has a value; null = every row has one. Rows without a
 * value hold 0 in `values` and `codes`.
 */
export type Vector = BoolVector | IntVector | FloatVector | TextVector | ListVector | NullVector;

export type Validity = Uint8Array | null;

export interface BoolVector {
  readonly kind: 'bool';
  readonly length: number;
  /** 0 or 1 a row. */
  readonly values: Uint8Array;
  readonly validity: Validity;
}

export type IntArray = Uint8Array | Uint16Array | Uint32Array | Float64Array | BigInt64Array;

/** Types `int` and `time`. A row's value is `base + values[row]`; with Float64Array and BigInt64Array base is 0. */
export interface IntVector {
  readonly kind: 'int';
  readonly length: number;
  readonly base: number;
  /** Float64Array holds whole numbers within ±2^53 only; BigInt64Array is for columns that go beyond. */
  readonly values: IntArray;
  readonly validity: Validity;
}

export interface FloatVector {
  readonly kind: 'float';
  readonly length: number;
  readonly values: Float64Array;
  readonly validity: Validity;
}

/** `codes[row]` is an entry of the dictionary that goes with the column (a batch's, a segment's). */
export interface TextVector {
  readonly kind: 'text';
  readonly length: number;
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  readonly validity: Validity;
}

/** Row `row` holds `items[offsets[row] … offsets[row + 1])`; `offsets` has length + 1 entries. Items of text share the column's dictionary. */
export interface ListVector {
  readonly kind: 'list';
  readonly length: number;
  readonly offsets: Uint32Array;
  readonly items: Exclude<Vector, ListVector>;
  readonly validity: Validity;
}

/** A column in which no row of this block has a value. */
export interface NullVector {
  readonly kind: 'null';
  readonly length: number;
}

/** @returns whether `row` has a value, given a bitmap as vectors hold it. */
export function isValid(validity: Validity, row: number): boolean {
  return validity === null || (validity[row >> 3]! & (1 << (row & 7))) !== 0;
}

/** @returns the validity of a vector; a null vector has none to give, so it is a bitmap of zeros. */
export function validityOf(vector: Vector): Validity {
  return vector.kind === 'null' ? new Uint8Array((vector.length + 7) >> 3) : vector.validity;
}
