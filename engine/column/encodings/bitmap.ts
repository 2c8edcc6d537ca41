import { allocateBytes } from '../allocate.ts';
import type { BoolVector } from '../vector.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Bools as bits: bit `row & 7` of byte `row >> 3`.
 */

export const bitmap: Encoding = {
  id: 5,
  name: 'bitmap',
  accepts: (vector) => vector.kind === 'bool',
  estimate: (vector) => (vector.length + 7) >> 3,
  encode(vector, _stats, writer) {
    if (vector.kind !== 'bool') return;
    const bits = new Uint8Array((vector.length + 7) >> 3);
    for (let row = 0; row < vector.length; row++) bits[row >> 3] |= vector.values[row] << (row & 7);
    writer.set(bits);
  },
  decode(reader, rows, { kind, allocate }): BoolVector {
    check(kind === 'bool', 'only bools are bits');
    const bits = reader.view(Math.ceil(rows / 8));
    const values = allocateBytes(allocate, rows);
    for (let row = 0; row < rows; row++) values[row] = (bits[row >> 3] >> (row & 7)) & 1;
    return { kind, length: rows, values, validity: null };
  },
};
