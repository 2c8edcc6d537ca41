import type { ColumnData } from './canonical.ts';
import { DictionaryBuilder } from './dictionary-builder.ts';
import { textOfEntry, type Dictionary } from './dictionary.ts';
import type { ColumnType } from './types.ts';
import { isValid, type Validity, type Vector } from './vector.ts';
import { widenColumn } from './widen.ts';

type ScalarVector = Exclude<Vector, { kind: 'list' }>;

/**
 * Puts parts of one column one after another.
 * @param parts null = that part lacks the column: `lengths[i]` rows without a value.
 * @param type the type to widen each part to.
 */
export function concatColumns(
  parts: readonly (ColumnData | null)[],
  lengths: readonly number[],
  type: ColumnType,
): ColumnData {
  const widened = parts.map((part, index) =>
    part === null
      ? { type, vector: { kind: 'null', length: lengths[index] } as const, dictionary: null }
      : widenColumn(part, type),
  );
  const dictionaries = new Map<Dictionary, Uint32Array>();
  const builder = new DictionaryBuilder();
  for (const { dictionary } of widened) {
    if (dictionary !== null && !dictionaries.has(dictionary)) {
      dictionaries.set(
        dictionary,
        Uint32Array.from({ length: dictionary.count }, (_, entry) => builder.add(textOfEntry(dictionary, entry))),
      );
    }
  }
  const codeMaps = widened.map(({ dictionary }) => (dictionary === null ? null : dictionaries.get(dictionary)!));
  const vector = concatVectors(
    widened.map((part) => part.vector),
    codeMaps,
  );
  return { type, vector, dictionary: builder.count > 0 || type.endsWith('text') ? builder.build() : null };
}

/** Puts vectors of one type one after another. @param codeMaps of each, what becomes of its codes; null = they stay. */
export function concatVectors(vectors: readonly Vector[], codeMaps: readonly (Uint32Array | null)[]): Vector {
  const length = vectors.reduce((sum, vector) => sum + vector.length, 0);
  const first = vectors.find((vector) => vector.kind !== 'null');
  if (first === undefined) return { kind: 'null', length };
  const validity = concatValidity(vectors, length);
  if (first.kind === 'list') return concatLists(vectors, codeMaps, length, validity);
  const wide = vectors.some((vector) => vector.kind === 'int' && vector.values instanceof BigInt64Array);
  const out = newValues(first.kind, length, wide);
  let at = 0;
  vectors.forEach((vector, part) => {
    copyValues(vector as ScalarVector, codeMaps[part], out, at);
    at += vector.length;
  });
  return vectorOf(first.kind, length, out, validity);
}

type ValueArray = Uint8Array | Uint32Array | Float64Array | BigInt64Array;

function newValues(kind: Vector['kind'], length: number, wide: boolean): ValueArray {
  if (kind === 'bool') return new Uint8Array(length);
  if (kind === 'text') return new Uint32Array(length);
  return kind === 'int' && wide ? new BigInt64Array(length) : new Float64Array(length);
}

function vectorOf(kind: Vector['kind'], length: number, values: ValueArray, validity: Validity): ScalarVector {
  switch (kind) {
    case 'bool':
      return { kind, length, values: values as Uint8Array, validity };
    case 'text':
      return { kind, length, codes: values as Uint32Array, validity };
    case 'float':
      return { kind, length, values: values as Float64Array, validity };
    default:
      return { kind: 'int', length, base: 0, values: values as Float64Array, validity };
  }
}

function copyValues(vector: ScalarVector, codeMap: Uint32Array | null, out: ValueArray, at: number): void {
  if (vector.kind === 'null') return;
  if (vector.kind === 'text') {
    for (let row = 0; row < vector.length; row++) {
      if (!isValid(vector.validity, row)) continue;
      out[at + row] = codeMap === null ? vector.codes[row] : codeMap[vector.codes[row]];
    }
  } else if (vector.kind === 'int' && out instanceof BigInt64Array) {
    for (let row = 0; row < vector.length; row++) {
      const value = vector.values[row];
      out[at + row] = typeof value === 'bigint' ? value : BigInt(vector.base + value);
    }
  } else if (vector.kind === 'int') {
    const values = vector.values as Float64Array;
    for (let row = 0; row < vector.length; row++) out[at + row] = vector.base + values[row];
  } else (out as Float64Array).set(vector.values as Float64Array, at);
}

function concatLists(
  vectors: readonly Vector[],
  codeMaps: readonly (Uint32Array | null)[],
  length: number,
  validity: Validity,
): Vector {
  const offsets = new Uint32Array(length + 1);
  let row = 0;
  let items = 0;
  const inner = vectors.map((vector): ScalarVector => {
    if (vector.kind !== 'list') {
      offsets.fill(items, row + 1, row + 1 + vector.length);
      row += vector.length;
      return { kind: 'null', length: 0 };
    }
    const start = vector.offsets[0];
    for (let i = 0; i < vector.length; i++) offsets[row + i + 1] = items + vector.offsets[i + 1] - start;
    const used = sliceRows(vector.items, start, vector.offsets[vector.length]);
    row += vector.length;
    items += used.length;
    return used;
  });
  return { kind: 'list', length, offsets, items: concatVectors(inner, codeMaps) as ScalarVector, validity };
}

function sliceRows(vector: ScalarVector, from: number, to: number): ScalarVector {
  if (from === 0 && to === vector.length) return vector;
  return gatherVector(
    vector,
    Uint32Array.from({ length: to - from }, (_, i) => from + i),
  ) as ScalarVector;
}

function concatValidity(vectors: readonly Vector[], length: number): Validity {
  if (vectors.every((vector) => vector.kind !== 'null' && vector.validity === null)) return null;
  const out = new Uint8Array((length + 7) >> 3);
  let at = 0;
  for (const vector of vectors) {
    if (vector.kind !== 'null') {
      for (let row = 0; row < vector.length; row++)
        if (isValid(vector.validity, row)) out[(at + row) >> 3] |= 1 << ((at + row) & 7);
    }
    at += vector.length;
  }
  return out;
}

/** @returns the rows named, in that order; codes keep their dictionary. */
export function gatherVector(vector: Vector, rows: Uint32Array): Vector {
  const { length } = rows;
  if (vector.kind === 'null') return { kind: 'null', length };
  const validity = gatherValidity(vector.validity, rows);
  switch (vector.kind) {
    case 'bool':
      return { kind: 'bool', length, values: gatherArray(vector.values, rows, new Uint8Array(length)), validity };
    case 'float':
      return { kind: 'float', length, values: gatherArray(vector.values, rows, new Float64Array(length)), validity };
    case 'text':
      return { kind: 'text', length, codes: gatherArray(vector.codes, rows, new Uint32Array(length)), validity };
    case 'list':
      return gatherLists(vector, rows, validity);
    case 'int': {
      if (vector.values instanceof BigInt64Array) {
        const wide = new BigInt64Array(length);
        for (let i = 0; i < length; i++) wide[i] = vector.values[rows[i]];
        return { kind: 'int', length, base: 0, values: wide, validity };
      }
      const values = gatherArray(vector.values, rows, new Float64Array(length));
      if (vector.base !== 0) for (let i = 0; i < length; i++) values[i] += vector.base;
      return { kind: 'int', length, base: 0, values, validity };
    }
  }
}

/** Fills `out` with the values of the rows. @returns `out`. */
export function gatherArray<T extends Uint8Array | Uint32Array | Float64Array>(
  from: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  rows: Uint32Array,
  out: T,
): T {
  for (let i = 0; i < rows.length; i++) out[i] = from[rows[i]];
  return out;
}

function gatherLists(vector: Extract<Vector, { kind: 'list' }>, rows: Uint32Array, validity: Validity): Vector {
  const offsets = new Uint32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++)
    offsets[i + 1] = offsets[i] + vector.offsets[rows[i] + 1] - vector.offsets[rows[i]];
  const items = new Uint32Array(offsets[rows.length]);
  for (let i = 0; i < rows.length; i++) {
    const start = vector.offsets[rows[i]];
    for (let k = offsets[i]; k < offsets[i + 1]; k++) items[k] = start + k - offsets[i];
  }
  return {
    kind: 'list',
    length: rows.length,
    offsets,
    items: gatherVector(vector.items, items) as ScalarVector,
    validity,
  };
}

function gatherValidity(validity: Validity, rows: Uint32Array): Validity {
  if (validity === null) return null;
  const out = new Uint8Array((rows.length + 7) >> 3);
  for (let i = 0; i < rows.length; i++) if (isValid(validity, rows[i])) out[i >> 3] |= 1 << (i & 7);
  return out;
}
