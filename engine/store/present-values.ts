import { countNulls } from '../column/validity.ts';
import type { Vector } from '../column/vector.ts';

/**
 * The floats that rows of a block have, one after another, where most rows have none: what reads them all need not go
 * through the gaps.
 * @returns null where most rows have a value, and for other vectors.
 */
export function presentOf(vector: Vector): Float64Array | null {
  if (vector.kind !== 'float' || vector.validity === null) return null;
  const { values, validity, length } = vector;
  const present = length - countNulls(validity, length);
  if (2 * present > length) return null;
  const out = new Float64Array(present);
  // By eight rows, most of which have none; bits past the end are clear.
  let to = 0;
  for (let byte = 0; byte < validity.length; byte++)
    for (let bits = validity[byte]; bits !== 0; bits &= bits - 1)
      out[to++] = values[8 * byte + 31 - Math.clz32(bits & -bits)];
  return out;
}
