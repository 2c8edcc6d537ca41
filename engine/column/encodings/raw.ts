import { allocateBigints, allocateFloats } from '../allocate.ts';
import { copyBytes, writeBytes } from '../bits.ts';
import { inMemory, pointerOf } from '../in-memory.ts';
import type { Vector } from '../vector.ts';
import { check, type DecodeTarget, type Encoding } from './encoding.ts';

/*
 * Eight bytes a value. float: the values. int: u8 0 and the values as f64, or u8 1 and the values as i64.
 */

export const raw: Encoding = {
  id: 3,
  name: 'raw',
  plan(vector) {
    if (vector.kind !== 'int' && vector.kind !== 'float') return null;
    return {
      bytes: vector.length * 8 + (vector.kind === 'int' ? 1 : 0),
      write(writer) {
        if (vector.kind === 'int') writer.uint8(vector.values instanceof BigInt64Array ? 1 : 0);
        writeBytes(vector.values, writer);
      },
    };
  },
  decode(reader, rows, { kind, allocate, kernels }): Vector {
    check(kind === 'int' || kind === 'float', 'only numbers are written raw');
    const form = kind === 'int' ? reader.uint8() : 0;
    check(form <= 1, 'its ints are of no known form');
    const bytes = reader.view(rows * 8);
    if (form === 1) {
      const values = allocateBigints(allocate, rows);
      copyBytes(bytes, values);
      return { kind: 'int', length: rows, base: 0, values, validity: null };
    }
    const values = allocateFloats(allocate, rows);
    copyBytes(bytes, values);
    if (kind === 'float') return { kind, length: rows, values, validity: null };
    check(areWhole(values, kernels), 'an int is not a whole number');
    return { kind, length: rows, base: 0, values, validity: null };
  },
};

function areWhole(values: Float64Array, kernels: DecodeTarget['kernels']): boolean {
  if (kernels !== null && inMemory(values)) return kernels.areSafeInts(pointerOf(values), values.length) === 1;
  for (let row = 0; row < values.length; row++) if (!Number.isSafeInteger(values[row])) return false;
  return true;
}
