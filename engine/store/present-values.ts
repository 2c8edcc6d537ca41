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
  for (let row = 0, to = 0; row < length; row++)
    if (((validity[row >> 3] >> (row & 7)) & 1) === 1) out[to++] = values[row];
  return out;
}
