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

/** A dense vector and the bitmap that says which of its rows are made up; null = none is. */
export interface Densified {
  readonly vector: DenseVector;
  readonly validity: Validity;
}

/**
 * Fills rows without a value with the value before them (the first ones with the first value), which costs encodings
 * the least. A vector without any value becomes a null vector.
 */
export function densify(vector: Vector): Densified {
  const { length } = vector;
  if (vector.kind === 'null') return { vector, validity: null };
  const nulls = countNulls(vector.validity, length);
  if (nulls === length && length > 0) return { vector: { kind: 'null', length }, validity: null };
  const validity = nulls === 0 ? null : vector.validity!.slice(0, (length + 7) >> 3);
  if (validity !== null) clearPastEnd(validity, length);
  return { vector: denseValues(vector, validity), validity };
}

function denseValues(vector: Exclude<Vector, NullVector>, validity: Validity): DenseVector {
  const { length } = vector;
  switch (vector.kind) {
    case 'bool': {
      const values = vector.values.slice(0, length);
      fillNulls(values, validity);
      return { kind: 'bool', length, values };
    }
    case 'float': {
      const values = vector.values.slice(0, length);
      fillNulls(values, validity);
      return { kind: 'float', length, values };
    }
    case 'text': {
      const codes = new Uint32Array(vector.codes.subarray(0, length));
      fillNulls(codes, validity);
      return { kind: 'text', length, codes };
    }
    case 'int':
      return { kind: 'int', length, values: denseInts(vector, validity) };
    case 'list':
      return denseList(vector);
  }
}

function denseInts(vector: IntVector, validity: Validity): Float64Array | BigInt64Array {
  const { length, base, values: from } = vector;
  if (from instanceof BigInt64Array && isWide(from, length, vector.validity)) {
    const wide = from.slice(0, length);
    if (validity !== null) fillBigintNulls(wide, validity);
    return wide;
  }
  const values = new Float64Array(length);
  if (from instanceof BigInt64Array) for (let row = 0; row < length; row++) values[row] = Number(from[row]);
  else for (let row = 0; row < length; row++) values[row] = base + from[row];
  fillNulls(values, validity);
  return values;
}

function isWide(values: BigInt64Array, length: number, validity: Validity): boolean {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  for (let row = 0; row < length; row++) {
    if ((values[row] > most || values[row] < -most) && isValid(validity, row)) return true;
  }
  return false;
}

function denseList(vector: ListVector): DenseVector {
  const { length, offsets: from } = vector;
  const start = from[0];
  const end = from[length];
  const whole = start === 0 && end === vector.items.length;
  const rows = whole ? null : Uint32Array.from({ length: end - start }, (_, item) => start + item);
  const items = rows === null ? vector.items : (gatherVector(vector.items, rows) as ListVector['items']);
  return { kind: 'list', length, offsets: from.subarray(0, length + 1).map((offset) => offset - start), items };
}

function fillNulls(values: Uint8Array | Uint32Array | Float64Array, validity: Validity): void {
  if (validity === null) return;
  let row = 0;
  while (!isValid(validity, row)) row++;
  values.fill(values[row], 0, row);
  for (; row < values.length; row++) {
    if ((validity[row >> 3] & (1 << (row & 7))) === 0) values[row] = values[row - 1];
  }
}

function fillBigintNulls(values: BigInt64Array, validity: Uint8Array): void {
  let row = 0;
  while (!isValid(validity, row)) row++;
  values.fill(values[row], 0, row);
  for (; row < values.length; row++) {
    if ((validity[row >> 3] & (1 << (row & 7))) === 0) values[row] = values[row - 1];
  }
}
