import { VarveError } from '../base/errors.ts';
import { elementType, isListType, type ColumnType } from '../column/types.ts';
import type { Values } from '../column/values.ts';
import type { Vector } from '../column/vector.ts';
import type { Zone } from '../column/zone-map.ts';
import { isNullAt, scalarAt } from '../functions/access.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';
import type { ReadBlock, DerivedColumn } from './derived-descriptor.ts';
import { startsOfBitmaps } from './derived-source.ts';
import { encodeTexts } from './encode-texts.ts';
import { sharedBigints, sharedBytes, sharedFloats, sharedWords } from './shared-arrays.ts';
import { takeRows } from './take-rows.ts';

type ScalarVector = Exclude<Vector, { kind: 'list' }>;
interface Laid {
  readonly vector: ScalarVector;
  readonly dictionary: DerivedColumn['dictionary'];
}

/**
 * Lays one column of an answer out in shared memory, in the order of the source.
 * @param order which row stands at each place; null = as they are.
 */
export function derivedColumn(
  name: string,
  type: ColumnType,
  values: Values,
  order: Uint32Array | null,
  blocks: readonly ReadBlock[],
): DerivedColumn {
  const zones = blocks.map((block) => zoneOf(values, type, order, block));
  const validity = validityOf(values, order, blocks, zones);
  if (values.kind === 'null' || type === 'null')
    return { name, type, vector: { kind: 'null', length: values.length }, validity: null, dictionary: null, zones };
  if (values.kind === 'list' && isListType(type))
    return { name, type, ...lists(order === null ? values : takeRows(values, order), type), validity, zones };
  const laid = laidOut(values, type, order, null);
  if (values.nulls !== null) clearNulls(laid.vector, values.nulls, order);
  return { name, type, ...laid, validity, zones };
}

/** Rows without a value hold 0. */
function clearNulls(vector: ScalarVector, nulls: Uint8Array, order: Uint32Array | null): void {
  if (vector.kind === 'null' || vector.kind === 'text') return;
  const { values } = vector;
  for (let at = 0; at < values.length; at++) {
    if (nulls[order === null ? at : order[at]] === 0) continue;
    if (values instanceof BigInt64Array) values[at] = 0n;
    else values[at] = 0;
  }
}

/** @param validity is that of the vector, where it has one of its own: items of a list. */
function laidOut(
  values: Exclude<Values, { kind: 'null' }>,
  type: ColumnType,
  order: Uint32Array | null,
  validity: Uint8Array | null,
): Laid {
  const { length } = values;
  switch (values.kind) {
    case 'bool':
      return {
        vector: { kind: 'bool', length, values: taken(values.values, order, sharedBytes(length)), validity },
        dictionary: null,
      };
    case 'number': {
      const floats = taken(values.values, order, sharedFloats(length));
      if (type === 'float') return { vector: { kind: 'float', length, values: floats, validity }, dictionary: null };
      return { vector: { kind: 'int', length, base: 0, values: floats, validity }, dictionary: null };
    }
    case 'bigint': {
      if (type === 'float') {
        const floats = sharedFloats(length);
        for (let at = 0; at < length; at++) floats[at] = Number(values.values[order === null ? at : order[at]]);
        return { vector: { kind: 'float', length, values: floats, validity }, dictionary: null };
      }
      const wide = sharedBigints(length);
      for (let at = 0; at < length; at++) wide[at] = values.values[order === null ? at : order[at]];
      return { vector: { kind: 'int', length, base: 0, values: wide, validity }, dictionary: null };
    }
    case 'text':
    case 'coded':
      return textsLaidOut(values, order, validity);
    case 'list':
      return { vector: { kind: 'null', length }, dictionary: null };
    case 'records':
      throw new VarveError(
        'type',
        'A list of records, as topk and histogram give, is no column that a query can read.',
        {
          hint: 'Ask for it in the outermost select.',
        },
      );
  }
}

function textsLaidOut(
  values: Extract<Values, { kind: 'text' | 'coded' }>,
  order: Uint32Array | null,
  validity: Uint8Array | null,
): Laid {
  const { length } = values;
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  const codeOf = (text: string): number => {
    let code = numbers.get(text);
    if (code === undefined) numbers.set(text, (code = texts.push(text) - 1));
    return code;
  };
  const known = values.kind === 'coded' ? new Int32Array(values.texts.length) : null;
  const codes = sharedWords(length);
  for (let at = 0; at < length; at++) {
    const row = order === null ? at : order[at];
    if (isNullAt(values, row)) continue;
    if (values.kind === 'text') codes[at] = codeOf(values.values[row]);
    else {
      const code = values.codes[row];
      if (known![code] === 0) known![code] = codeOf(values.texts[code]) + 1;
      codes[at] = known![code] - 1;
    }
  }
  return {
    vector: { kind: 'text', length, codes: narrowCodes(codes, texts.length), validity },
    dictionary: encodeTexts(texts, 0),
  };
}

function narrowCodes(codes: Uint32Array, count: number): Uint8Array | Uint16Array | Uint32Array {
  if (count > 65_536) return codes;
  const narrow = count <= 256 ? sharedBytes(codes.length) : new Uint16Array(new SharedArrayBuffer(2 * codes.length));
  narrow.set(codes);
  return narrow;
}

function lists(
  values: Values,
  type: ColumnType,
): { readonly vector: Vector; readonly dictionary: DerivedColumn['dictionary'] } {
  if (values.kind !== 'list') return { vector: { kind: 'null', length: values.length }, dictionary: null };
  const offsets = sharedWords(values.length + 1);
  offsets.set(values.offsets);
  const items = itemsOfKind(values.items, elementType(type));
  const validity = items.nulls === null ? null : bitmapOf(items.nulls, sharedBytes((items.length + 7) >> 3));
  const laid = laidOut(items, elementType(type), null, validity);
  return {
    vector: { kind: 'list', length: values.length, offsets, items: laid.vector, validity: null },
    dictionary: laid.dictionary,
  };
}

type Items = Extract<Values, { kind: 'list' }>['items'];

/** Items that are all null come as numbers, and no items at all as texts, whatever their type. */
function itemsOfKind(items: Items, type: ColumnType): Items {
  const like = itemsLike(type);
  const given = items.kind === 'coded' ? 'text' : items.kind === 'bigint' ? 'number' : items.kind;
  if (given === like.kind) return items;
  const scalars = Array.from({ length: items.length }, (_, item) => scalarAt(items, item));
  return valuesFromScalars(scalars, like) as Items;
}

function itemsLike(type: ColumnType): Values {
  if (type === 'text') return { kind: 'text', length: 0, values: [], nulls: null };
  if (type === 'bool') return { kind: 'bool', length: 0, values: new Uint8Array(0), nulls: null };
  return { kind: 'number', length: 0, values: new Float64Array(0), nulls: null };
}

function taken<T extends Uint8Array | Float64Array>(from: T, order: Uint32Array | null, out: T): T {
  if (order === null) out.set(from.subarray(0, out.length));
  else for (let at = 0; at < out.length; at++) out[at] = from[order[at]];
  return out;
}

function bitmapOf(nulls: Uint8Array, out: Uint8Array): Uint8Array {
  for (let row = 0; row < nulls.length; row++) if (nulls[row] === 0) out[row >> 3] |= 1 << (row & 7);
  return out;
}

function validityOf(
  values: Values,
  order: Uint32Array | null,
  blocks: readonly ReadBlock[],
  zones: readonly Zone[],
): Uint8Array | null {
  if (values.kind === 'null' || values.nulls === null || zones.every(({ nulls }) => nulls === 0)) return null;
  const { nulls } = values;
  const starts = startsOfBitmaps(blocks);
  const out = sharedBytes(starts[blocks.length]);
  blocks.forEach(({ firstRow, rowCount }, block) => {
    for (let row = 0; row < rowCount; row++) {
      const at = firstRow + row;
      if (nulls[order === null ? at : order[at]] === 0) out[starts[block] + (row >> 3)] |= 1 << (row & 7);
    }
  });
  return out;
}

/** @returns what the rows of a block hold of a column. */
function zoneOf(values: Values, type: ColumnType, order: Uint32Array | null, block: ReadBlock): Zone {
  const { firstRow, rowCount } = block;
  if (values.kind === 'null') return { nulls: rowCount, min: null, max: null };
  const numbers = (values.kind === 'number' || values.kind === 'bool') && !isListType(type) ? values.values : null;
  let nulls = 0;
  let min = Infinity;
  let max = -Infinity;
  let odd = false;
  for (let at = firstRow; at < firstRow + rowCount; at++) {
    const row = order === null ? at : order[at];
    if (values.nulls !== null && values.nulls[row] === 1) nulls++;
    else if (numbers !== null) {
      const value = numbers[row];
      if (value < min) min = value;
      if (value > max) max = value;
      if (value !== value) odd = true;
    }
  }
  return numbers === null || odd || nulls === rowCount ? { nulls, min: null, max: null } : { nulls, min, max };
}

/** @returns the column that reads as the actor: its texts are the directory's. */
export function derivedActors(name: string, blocks: readonly ReadBlock[]): DerivedColumn {
  const zones = blocks.map((): Zone => ({ nulls: 0, min: null, max: null }));
  return { name, type: 'text', vector: null, validity: null, dictionary: null, zones };
}
