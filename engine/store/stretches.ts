import { limits } from '../base/limits.ts';
import { isValid, type Vector } from '../column/vector.ts';
import { cacheKinds } from './block-cache.ts';
import type { Derived } from './derived-record.ts';

/**
 * @returns the least and the greatest value of each `stretchRows` rows of a column of numbers, all least values first:
 * Infinity and -Infinity where none has a value. NaN counts as Infinity: it comes after all numbers. null where the
 * values are no numbers, or go beyond what a float holds exactly.
 */
export function stretchesOf(vector: Vector): Float64Array | null {
  if (vector.kind !== 'int' && vector.kind !== 'float') return null;
  const { values, validity, length } = vector;
  if (values instanceof BigInt64Array) return null;
  const base = vector.kind === 'int' ? vector.base : 0;
  const { stretchRows } = limits;
  const count = Math.ceil(length / stretchRows);
  const ends = new Float64Array(2 * count);
  for (let from = 0, at = 0; from < length; from += stretchRows, at++) {
    const to = Math.min(from + stretchRows, length);
    let least = Infinity;
    let greatest = -Infinity;
    for (let row = from; row < to; row++) {
      if (validity !== null && !isValid(validity, row)) continue;
      const value = values[row];
      if (value < least) least = value;
      // Turned around for NaN, which is neither.
      if (!(value <= greatest)) greatest = value !== value ? Infinity : value;
    }
    ends[at] = least + base;
    ends[count + at] = greatest + base;
  }
  return ends;
}

/** What `stretchesOf` says of a block. */
export const stretches: Derived<Float64Array | null> = {
  kind: cacheKinds.stretches,
  ofBytes: () => null,
  ofVector: (vector) => ({ numbers: [], arrays: [stretchesOf(vector)] }),
  fromRecord: ({ arrays }) => arrays[0] as Float64Array | null,
};
