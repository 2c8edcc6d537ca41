import { gatherArray } from '../column/gather.ts';
import type { ColumnType } from '../column/types.ts';
import type { Nulls, Values } from '../column/values.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import type { Validity, Vector } from '../column/vector.ts';
import type { Scratch } from './scratch.ts';

/** Which rows of a vector: `rows`, or where that is null [from, from + length). */
export interface RowSelection {
  readonly from: number;
  readonly length: number;
  readonly rows: Uint32Array | null;
  readonly scratch: Scratch;
}

/**
 * A vector's selected rows as plain values, for as long as its block is pinned and the scratch is not reset: a range of
 * codes or bools is a view of the vector, numbers lie in the scratch.
 * @param texts entries of the column's dictionary, for text.
 */
export function valuesOfRows(
  vector: Vector,
  type: ColumnType,
  texts: readonly string[] | null,
  selection: RowSelection,
): Values {
  const { from, length, rows } = selection;
  switch (vector.kind) {
    case 'null':
      return { kind: 'null', length };
    case 'bool': {
      const nulls = nullsOf(vector.validity, selection);
      const values =
        rows === null
          ? vector.values.subarray(from, from + length)
          : gatherArray(vector.values, rows, new Uint8Array(length));
      return { kind: 'bool', length, values, nulls };
    }
    case 'text': {
      const nulls = nullsOf(vector.validity, selection);
      const codes =
        rows === null
          ? vector.codes.subarray(from, from + length)
          : gatherArray(vector.codes, rows, selection.scratch.words(length));
      return { kind: 'coded', length, codes, texts: texts ?? [], nulls };
    }
    case 'int':
    case 'float': {
      if (vector.values instanceof BigInt64Array) {
        if (rows !== null) break;
        const nulls = nullsOf(vector.validity, selection);
        return { kind: 'bigint', length, values: vector.values.subarray(from, from + length), nulls };
      }
      const nulls = nullsOf(vector.validity, selection);
      const values = selection.scratch.floats(length);
      if (rows === null) values.set(vector.values.subarray(from, from + length));
      else gatherArray(vector.values, rows, values);
      if (vector.kind === 'int' && vector.base !== 0) addBase(values, vector.base);
      return { kind: 'number', length, values, nulls };
    }
    case 'list':
      break;
  }
  return valuesFromVector(vector, type, texts, rows ?? Uint32Array.from({ length }, (_, i) => from + i));
}

function addBase(values: Float64Array, base: number): void {
  for (let i = 0; i < values.length; i++) values[i] += base;
}

/** @returns a byte a row, 1 = no value; null where every row has one. */
export function nullsOf(validity: Validity, { from, length, rows }: RowSelection): Nulls {
  if (validity === null || (rows === null && isFull(validity, from, length))) return null;
  const nulls = new Uint8Array(length);
  let any = 0;
  for (let i = 0; i < length; i++) {
    const row = rows === null ? from + i : rows[i];
    nulls[i] = 1 - ((validity[row >> 3] >> (row & 7)) & 1);
    any |= nulls[i];
  }
  return any === 0 ? null : nulls;
}

/** @returns whether all rows of a range have a value, as far as whole bytes of the bitmap tell. */
function isFull(validity: Uint8Array, from: number, length: number): boolean {
  const last = (from + length - 1) >> 3;
  for (let at = from >> 3; at <= last; at++) if (validity[at] !== 0xff) return false;
  return true;
}
