import { gatherVector } from './gather.ts';
import { clearPastEnd, countNulls } from './validity.ts';
import { isValid, type IntVector, type ListVector, type NullVector, type Validity, type Vector } from './vector.ts';

/**
 * A vector as encodings see it: every row has a value, ints stand as whole numbers (Float64Array, base 0) or, when some
 * lies beyond ±2^53, as BigInt64Array; codes are u32; a list's offsets begin with 0 and its items end with the last.
 */
export type DenseVector =
  | { readonly kind: 'bool'; readonly length: number; readonly values: Uint8Array }
  | { readonly kind: 'int'; readonly length: number; readonly values: Float64Array | BigInt64Array }
  | { readonly kind: 'float'; readonly length: number; readonly values: Float64Array }
  | { readonly kind: 'text'; readonly length: number; readonly codes: Uint32Array }
  | {
      readonly kind: 'list';
      readonly length: number;
      readonly offsets: Uint32Array;
      readonly items: ListVector['items'];
    }
  | NullVector;

/** A dense vector and the bitmap that says which of its rows are made up; null = none is, or all are. */
export interface Densified {
  readonly vector: DenseVector;
  readonly validity: Validity;
  readonly nulls: number;
}

/**
 * Fills rows without a value with the value before them (the first ones with the first value), which costs encodings
 * the least. A vector without any value becomes a null vector. Arrays are the vector's own where nothing has to be
 * filled in or widened: they are to be read only.
 */
export function densify(vector: Vector): Densified {
  const { length } = vector;
  if (vector.kind === 'null') return { vector, validity: null, nulls: length };
  const nulls = countNulls(vector.validity, length);
  if (nulls === length && length > 0) return { vector: { kind: 'null', length }, validity: null, nulls };
  const validity = nulls === 0 ? null : vector.validity!.slice(0, (length + 7) >> 3);
  if (validity !== null) clearPastEnd(validity, length);
  return { vector: denseValues(vector, validity), validity, nulls };
}

function denseValues(vector: Exclude<Vector, NullVector>, validity: Validity): DenseVector {
  const { length } = vector;
  switch (vector.kind) {
    case 'bool':
      return { kind: 'bool', length, values: filled(vector.values.subarray(0, length), validity) };
    case 'float':
      return { kind: 'float', length, values: filled(vector.values.subarray(0, length), validity) };
    case 'text': {
      const codes = vector.codes.subarray(0, length);
      return {
        kind: 'text',
        length,
        codes: filled(codes instanceof Uint32Array ? codes : new Uint32Array(codes), validity),
      };
    }
    case 'int':
      return { kind: 'int', length, values: denseInts(vector, validity) };
    case 'list':
      return denseList(vector);
  }
}

function denseInts(vector: IntVector, validity: Validity): Float64Array | BigInt64Array {
  const { length, base } = vector;
  const values = vector.values.subarray(0, length);
  if (values instanceof BigInt64Array) {
    if (isWide(values, validity)) return validity === null ? values : filledBigints(values.slice(), validity);
    return filled(Float64Array.from(values, Number), validity);
  }
  if (values instanceof Float64Array && base === 0) return filled(values, validity);
  const out = new Float64Array(values);
  if (base !== 0) for (let row = 0; row < length; row++) out[row] += base;
  return filled(out, validity);
}

function isWide(values: BigInt64Array, validity: Validity): boolean {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  for (let row = 0; row < values.length; row++) {
    if ((values[row] > most || values[row] < -most) && isValid(validity, row)) return true;
  }
  return false;
}

function denseList(vector: ListVector): DenseVector {
  const { length, offsets: from } = vector;
  const start = from[0];
  const end = from[length];
  const whole = start === 0 && end === vector.items.length;
  const offsets = from.slice(0, length + 1);
  if (start !== 0) for (let row = 0; row <= length; row++) offsets[row] -= start;
  return { kind: 'list', length, offsets, items: whole ? vector.items : gatherItems(vector.items, start, end) };
}

function gatherItems(items: ListVector['items'], start: number, end: number): ListVector['items'] {
  const rows = new Uint32Array(end - start);
  for (let row = 0; row < rows.length; row++) rows[row] = start + row;
  return gatherVector(items, rows) as ListVector['items'];
}

/** @returns the values themselves, or a copy in which rows without a value hold that before them. */
function filled<T extends Uint8Array | Uint32Array | Float64Array>(values: T, validity: Validity): T {
  if (validity === null) return values;
  const out = values.slice() as T;
  let row = 0;
  while (!isValid(validity, row)) row++;
  out.fill(out[row], 0, row);
  let last = out[row];
  for (row++; row < out.length; row++) {
    if ((validity[row >> 3] & (1 << (row & 7))) === 0) out[row] = last;
    else last = out[row];
  }
  return out;
}

function filledBigints(values: BigInt64Array, validity: Uint8Array): BigInt64Array {
  let row = 0;
  while (!isValid(validity, row)) row++;
  values.fill(values[row], 0, row);
  for (; row < values.length; row++) {
    if ((validity[row >> 3] & (1 << (row & 7))) === 0) values[row] = values[row - 1];
  }
  return values;
}
