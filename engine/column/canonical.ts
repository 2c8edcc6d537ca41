import { formatTimeUtc } from '../base/calendar.ts';
import type { Dictionary } from './dictionary.ts';
import { textOfEntry } from './dictionary.ts';
import { DictionaryBuilder } from './dictionary-builder.ts';
import type { ColumnType } from './types.ts';
import { isValid, type TextVector, type Vector } from './vector.ts';

/** A column's data apart from its name. */
export interface ColumnData {
  readonly type: ColumnType;
  readonly vector: Vector;
  readonly dictionary: Dictionary | null;
}

const emptyDictionary: Dictionary = { count: 0, offsets: new Uint32Array(1), bytes: new Uint8Array(0), hashes: null };

/**
 * A column as canonical text: ints in decimal, whole floats as ints, other floats in their shortest form, bools as true
 * and false, times as ISO 8601 with Z, lists as JSON. Actors are compared so, and columns widen to text so.
 */
export function canonicalColumn(column: ColumnData): { readonly vector: TextVector; readonly dictionary: Dictionary } {
  const { vector } = column;
  if (vector.kind === 'text') return { vector, dictionary: column.dictionary ?? emptyDictionary };
  const { length } = vector;
  const codes = new Uint32Array(length);
  if (vector.kind === 'null') {
    return {
      vector: { kind: 'text', length, codes, validity: new Uint8Array((length + 7) >> 3) },
      dictionary: emptyDictionary,
    };
  }
  const builder = new DictionaryBuilder();
  for (let row = 0; row < length; row++) {
    if (isValid(vector.validity, row)) codes[row] = builder.add(canonicalText(column, row));
  }
  return { vector: { kind: 'text', length, codes, validity: vector.validity }, dictionary: builder.build() };
}

function canonicalText({ vector, type, dictionary }: ColumnData, row: number): string {
  switch (vector.kind) {
    case 'bool':
      return vector.values[row] === 1 ? 'true' : 'false';
    case 'int': {
      const value = vector.values[row];
      if (typeof value === 'bigint') return value.toString();
      return type === 'time' ? formatTimeUtc(vector.base + value) : String(vector.base + value);
    }
    case 'float':
      return canonicalNumber(vector.values[row]);
    case 'text':
      return textOfEntry(dictionary!, vector.codes[row]);
    case 'list':
      return JSON.stringify(listItems({ vector, type, dictionary }, row));
    case 'null':
      return '';
  }
}

/** @returns a number's canonical text: -0 is 0, whole numbers without exponent while they are exact. */
export function canonicalNumber(value: number): string {
  if (value === 0) return '0';
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);
}

function listItems(column: ColumnData, row: number): unknown[] {
  const { vector } = column;
  if (vector.kind !== 'list') return [];
  const { items } = vector;
  const found: unknown[] = [];
  for (let item = vector.offsets[row]; item < vector.offsets[row + 1]; item++) {
    if (items.kind === 'null' || !isValid(items.validity, item)) found.push(null);
    else if (items.kind === 'bool') found.push(items.values[item] === 1);
    else if (items.kind === 'float') found.push(items.values[item]);
    else if (items.kind === 'int' && column.type !== 'list of time' && !(items.values instanceof BigInt64Array))
      found.push(items.base + items.values[item]);
    else
      found.push(
        canonicalText(
          { vector: items, type: column.type === 'list of time' ? 'time' : 'text', dictionary: column.dictionary },
          item,
        ),
      );
  }
  return found;
}
