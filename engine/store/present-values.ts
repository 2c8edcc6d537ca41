import { pickPresentFloats, type PresentFloats } from '../column/block-runs.ts';
import { countNulls } from '../column/validity.ts';
import type { Vector } from '../column/vector.ts';
import { cacheKinds } from './block-cache.ts';
import type { CacheRecord } from './cache-record.ts';
import type { Derived } from './derived-record.ts';

/**
 * The floats that rows of a block have, one after another, where most rows have none: what reads them all need not go
 * through the gaps.
 * @returns null where most rows have a value, and for other vectors.
 */
export function presentOf(vector: Vector): PresentFloats | null {
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
  return { values: out, validity };
}

/** What `presentOf` says of a block. */
export const presentValues: Derived<PresentFloats | null> = {
  kind: cacheKinds.present,
  ofBytes(encoding, bytes, rows, _entries, room) {
    const present = pickPresentFloats(encoding, bytes, rows, room);
    return present === null ? null : recordFromPresent(present);
  },
  ofVector: (vector) => recordFromPresent(presentOf(vector)),
  fromRecord: ({ arrays }) =>
    arrays[0] === null ? null : { values: arrays[0] as Float64Array, validity: arrays[1] as Uint8Array },
};

function recordFromPresent(present: PresentFloats | null): CacheRecord {
  return { numbers: [], arrays: present === null ? [null, null] : [present.values, present.validity] };
}
