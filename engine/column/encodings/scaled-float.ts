import { allocateFloats } from '../allocate.ts';
import { statsOfVector } from '../block-stats.ts';
import type { DenseVector } from '../dense.ts';
import type { FloatVector, IntArray } from '../vector.ts';
import { bitPacked } from './bit-packed.ts';
import { inMemory, pointerOf } from '../in-memory.ts';
import { chooseEncoding } from './choose.ts';
import { delta } from './delta.ts';
import { check, corrupted, type DecodeTarget, type Encoding } from './encoding.ts';
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
  plan(vector) {
    const scaled = vector.kind === 'float' ? scale(vector.values) : null;
    if (scaled === null) return null;
    const ints: DenseVector = { kind: 'int', length: vector.length, values: scaled.ints };
    const choice = chooseEncoding(ints, statsOfVector(ints), members);
    if (choice === null) return null;
    return {
      bytes: 2 + choice.plan.bytes,
      write(writer) {
        writer.uint8(scaled.exponent);
        writer.uint8(choice.encoding.id);
        choice.plan.write(writer);
      },
    };
  },
  decode(reader, rows, { kind, allocate, kernels, scratch }): FloatVector {
    check(kind === 'float', 'only floats are scaled');
    const exponent = reader.uint8();
    check(exponent <= exponentMax, `its exponent is ${exponent}`);
    const id = reader.uint8();
    const encoding = members.find((member) => member.id === id) ?? corrupted(`its ints have the encoding ${id}`);
    const ints = encoding.decode(reader, rows, { kind: 'int', allocate: scratch, scratch, kernels });
    check(ints.kind === 'int' && !(ints.values instanceof BigInt64Array), 'its ints are too wide');
    const values = allocateFloats(allocate, rows);
    divide(ints.values, ints.base, powers[exponent], values, kernels);
    return { kind, length: rows, values, validity: null };
  },
};

function divide(
  ints: Exclude<IntArray, BigInt64Array>,
  base: number,
  power: number,
  out: Float64Array,
  kernels: DecodeTarget['kernels'],
): void {
  if (kernels !== null && inMemory(ints) && inMemory(out)) {
    const from = pointerOf(ints);
    const to = pointerOf(out);
    if (ints instanceof Uint8Array) return kernels.divideU8(from, out.length, base, power, to);
    if (ints instanceof Uint16Array) return kernels.divideU16(from, out.length, base, power, to);
    if (ints instanceof Uint32Array) return kernels.divideU32(from, out.length, base, power, to);
    return kernels.divideF64(from, out.length, base, power, to);
  }
  for (let row = 0; row < out.length; row++) out[row] = (base + ints[row]) / power;
}

/** @returns the ints, and the fewest decimals that hold every value exactly; null when none do. */
function scale(values: Float64Array): { readonly exponent: number; readonly ints: Float64Array } | null {
  const ints = new Float64Array(values.length);
  let exponent = 0;
  // Rows before this one were made ints with fewer decimals than `exponent` by now.
  let sure = 0;
  for (let row = 0; row < values.length; row++) {
    const from = exponent;
    while (!isExact(values[row], powers[exponent])) if (++exponent > exponentMax) return null;
    if (exponent !== from) sure = row;
    ints[row] = Math.round(values[row] * powers[exponent]);
  }
  for (let row = 0; row < sure; row++) {
    // A value that was exact with fewer decimals may not be with more.
    if (!isExact(values[row], powers[exponent])) return null;
    ints[row] = Math.round(values[row] * powers[exponent]);
  }
  return { exponent, ints };
}

function isExact(value: number, power: number): boolean {
  const int = Math.round(value * power);
  // -0 is not the 0 that an int gives back.
  return int / power === value && Math.abs(int) <= Number.MAX_SAFE_INTEGER && (int !== 0 || 1 / value > 0);
}
