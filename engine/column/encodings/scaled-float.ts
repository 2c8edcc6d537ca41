import { allocateFloats, allocateOnHeap } from '../allocate.ts';
import { statsOfVector } from '../block-stats.ts';
import type { DenseVector } from '../dense.ts';
import type { FloatVector } from '../vector.ts';
import { bitPacked } from './bit-packed.ts';
import { chooseEncoding } from './choose.ts';
import { delta } from './delta.ts';
import { check, corrupted, type Encoding } from './encoding.ts';
import { frameOfReference } from './frame-of-reference.ts';

/*
 * Floats that are decimal fractions, as ints: u8 exponent, u8 encoding of the ints, the ints; value = int / 10^exponent.
 * Taken only when that division gives back every value bit for bit.
 */

/** Beyond 15 decimals an int of 53 bits holds no more than the float did. */
const exponentMax = 15;

const powers = Float64Array.from({ length: exponentMax + 1 }, (_, exponent) => Number(`1e${exponent}`));

const members: readonly Encoding[] = [frameOfReference, bitPacked, delta];

export const scaledFloat: Encoding = {
  id: 8,
  name: 'scaled-float',
  accepts: (vector) => vector.kind === 'float',
  estimate(vector) {
    const scaled = vector.kind === 'float' ? scale(vector.values) : null;
    if (scaled === null) return null;
    const choice = chooseEncoding(scaled.ints, statsOfVector(scaled.ints), members);
    return choice === null ? null : 2 + choice.bytes;
  },
  encode(vector, _stats, writer) {
    const scaled = vector.kind === 'float' ? scale(vector.values) : null;
    if (scaled === null) return;
    const stats = statsOfVector(scaled.ints);
    const { encoding } = chooseEncoding(scaled.ints, stats, members)!;
    writer.uint8(scaled.exponent);
    writer.uint8(encoding.id);
    encoding.encode(scaled.ints, stats, writer);
  },
  decode(reader, rows, { kind, allocate }): FloatVector {
    check(kind === 'float', 'only floats are scaled');
    const exponent = reader.uint8();
    check(exponent <= exponentMax, `its exponent is ${exponent}`);
    const id = reader.uint8();
    const encoding = members.find((member) => member.id === id) ?? corrupted(`its ints have the encoding ${id}`);
    const ints = encoding.decode(reader, rows, { kind: 'int', allocate: allocateOnHeap });
    check(ints.kind === 'int' && !(ints.values instanceof BigInt64Array), 'its ints are too wide');
    const values = allocateFloats(allocate, rows);
    const power = powers[exponent];
    for (let row = 0; row < rows; row++) values[row] = (ints.base + ints.values[row]) / power;
    return { kind, length: rows, values, validity: null };
  },
};

function scale(
  values: Float64Array,
): { readonly exponent: number; readonly ints: DenseVector & { kind: 'int' } } | null {
  let exponent = 0;
  for (let row = 0; row < values.length; row++) {
    while (!isExact(values[row], powers[exponent])) if (++exponent > exponentMax) return null;
  }
  const ints = new Float64Array(values.length);
  const power = powers[exponent];
  for (let row = 0; row < values.length; row++) {
    // A value that was exact with fewer decimals may not be with more.
    if (!isExact(values[row], power)) return null;
    ints[row] = Math.round(values[row] * power) + 0;
  }
  return { exponent, ints: { kind: 'int', length: values.length, values: ints } };
}

function isExact(value: number, power: number): boolean {
  const int = Math.round(value * power);
  return Number.isSafeInteger(int) && int / power === value && !(value === 0 && 1 / value < 0);
}
