import type { ScalarType } from './types.ts';
import { elementType, type ColumnType } from './types.ts';
import type { ListValues, Nulls, Values } from './values.ts';
import { isValid, type Vector } from './vector.ts';

/**
 * A vector's rows as plain values.
 * @param texts entries of the column's dictionary, for text.
 * @param rows which rows, in this order; null = all.
 */
export function valuesFromVector(
  vector: Vector,
  type: ColumnType,
  texts: readonly string[] | null,
  rows: Uint32Array | null,
): Values {
  const length = rows === null ? vector.length : rows.length;
  if (vector.kind === 'null') return { kind: 'null', length };
  const nulls = nullsOf(vector, rows, length);
  switch (vector.kind) {
    case 'bool':
      return { kind: 'bool', length, values: take(vector.values, rows, new Uint8Array(length)), nulls };
    case 'float':
      return { kind: 'number', length, values: take(vector.values, rows, new Float64Array(length)), nulls };
    case 'text':
      return {
        kind: 'coded',
        length,
        codes: take(vector.codes, rows, new Uint32Array(length)),
        texts: texts ?? [],
        nulls,
      };
    case 'int': {
      if (vector.values instanceof BigInt64Array) {
        const wide = new BigInt64Array(length);
        for (let i = 0; i < length; i++) wide[i] = vector.values[rows === null ? i : rows[i]];
        return { kind: 'bigint', length, values: wide, nulls };
      }
      const values = take(vector.values, rows, new Float64Array(length));
      if (vector.base !== 0) for (let i = 0; i < length; i++) values[i] += vector.base;
      return { kind: 'number', length, values, nulls };
    }
    case 'list': {
      const offsets = new Uint32Array(length + 1);
      const picked: number[] = [];
      for (let i = 0; i < length; i++) {
        const row = rows === null ? i : rows[i];
        for (let item = vector.offsets[row]; item < vector.offsets[row + 1]; item++) picked.push(item);
        offsets[i + 1] = picked.length;
      }
      const element = elementType(type);
      const items = valuesFromVector(vector.items, element, texts, Uint32Array.from(picked));
      return {
        kind: 'list',
        length,
        offsets,
        itemType: element as ScalarType,
        nulls,
        items:
          items.kind === 'null'
            ? {
                kind: 'number',
                length: items.length,
                values: new Float64Array(items.length),
                nulls: new Uint8Array(items.length).fill(1),
              }
            : (items as ListValues['items']),
      };
    }
  }
}

function take<T extends Uint8Array | Uint32Array | Float64Array>(
  from: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  rows: Uint32Array | null,
  out: T,
): T {
  if (rows === null) out.set(from.length === out.length ? from : from.subarray(0, out.length));
  else for (let i = 0; i < rows.length; i++) out[i] = from[rows[i]];
  return out;
}

function nullsOf(vector: Exclude<Vector, { kind: 'null' }>, rows: Uint32Array | null, length: number): Nulls {
  if (vector.validity === null) return null;
  const nulls = new Uint8Array(length);
  for (let i = 0; i < length; i++) if (!isValid(vector.validity, rows === null ? i : rows[i])) nulls[i] = 1;
  return nulls;
}
