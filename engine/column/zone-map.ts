import { countNulls } from './validity.ts';
import { isValid, type Validity, type Vector } from './vector.ts';

/**
 * What a block's column is known to hold. `min` and `max` are those of its values: numbers for int, float, time and
 * bool (0 and 1). They are null for text, lists, ints beyond ±2^53, floats with a NaN among them, and no values at all.
 */
export interface Zone {
  readonly nulls: number;
  readonly min: number | null;
  readonly max: number | null;
}

/** What a zone says of a condition: it holds for every row of the block, for none, or one must look. */
export type ZoneVerdict = 'all' | 'none' | 'some';

/** The comparisons that a zone can decide, column on the left. */
export type ZoneComparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Measures the zone of a column of a block. */
export function zoneOfVector(vector: Vector): Zone {
  if (vector.kind === 'null') return { nulls: vector.length, min: null, max: null };
  const nulls = countNulls(vector.validity, vector.length);
  if (nulls === vector.length || vector.kind === 'text' || vector.kind === 'list')
    return { nulls, min: null, max: null };
  const { values } = vector;
  if (values instanceof BigInt64Array) return { nulls, ...bigintExtremes(values, vector) };
  const base = vector.kind === 'int' ? vector.base : 0;
  // Most vectors that are measured are floats without nulls; they get a loop of their own.
  const extremes =
    values instanceof Float64Array && nulls === 0
      ? floatExtremes(values, vector.length)
      : someExtremes(values, vector.validity, vector.length);
  return extremes === null
    ? { nulls, min: null, max: null }
    : { nulls, min: base + extremes[0], max: base + extremes[1] };
}

/** @returns least and greatest, or null when a NaN is among them. */
function floatExtremes(values: Float64Array, length: number): readonly [number, number] | null {
  let min = Infinity;
  let max = -Infinity;
  // A NaN makes the sum NaN, and so do infinities of both signs: those are then looked for.
  let sum = 0;
  for (let row = 0; row < length; row++) {
    const value = values[row];
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  return Number.isNaN(sum) && values.subarray(0, length).some(Number.isNaN) ? null : [min, max];
}

function someExtremes(
  values: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  validity: Validity,
  length: number,
): readonly [number, number] | null {
  let min = Infinity;
  let max = -Infinity;
  for (let row = 0; row < length; row++) {
    if (validity !== null && (validity[row >> 3] & (1 << (row & 7))) === 0) continue;
    const value = values[row];
    if (value < min) min = value;
    if (value > max) max = value;
    if (Number.isNaN(value)) return null;
  }
  return [min, max];
}

function bigintExtremes(values: BigInt64Array, vector: Vector): Pick<Zone, 'min' | 'max'> {
  const validity = vector.kind === 'null' ? null : vector.validity;
  let min: bigint | null = null;
  let max: bigint | null = null;
  for (let row = 0; row < vector.length; row++) {
    if (!isValid(validity, row)) continue;
    const value = values[row];
    if (min === null || value < min) min = value;
    if (max === null || value > max) max = value;
  }
  const exact = Number.isSafeInteger(Number(min)) && Number.isSafeInteger(Number(max));
  return exact ? { min: Number(min), max: Number(max) } : { min: null, max: null };
}

/**
 * Decides a comparison of a block's column with a constant by its zone alone. A row without a value never fulfils one.
 * @param constant a number as the zone's are (a time's UTC milliseconds, a bool's 0 or 1), not NaN.
 */
export function decideByZone(zone: Zone, rows: number, comparison: ZoneComparison, constant: number): ZoneVerdict {
  if (zone.nulls >= rows) return 'none';
  if (zone.min === null || zone.max === null) return 'some';
  const verdict = decideValues(zone.min, zone.max, comparison, constant);
  return verdict === 'all' && zone.nulls > 0 ? 'some' : verdict;
}

function decideValues(min: number, max: number, comparison: ZoneComparison, constant: number): ZoneVerdict {
  switch (comparison) {
    case '=':
      if (constant < min || constant > max) return 'none';
      return min === constant && max === constant ? 'all' : 'some';
    case '!=':
      if (constant < min || constant > max) return 'all';
      return min === constant && max === constant ? 'none' : 'some';
    case '<':
      return max < constant ? 'all' : min >= constant ? 'none' : 'some';
    case '<=':
      return max <= constant ? 'all' : min > constant ? 'none' : 'some';
    case '>':
      return min > constant ? 'all' : max <= constant ? 'none' : 'some';
    case '>=':
      return min >= constant ? 'all' : max < constant ? 'none' : 'some';
  }
}
