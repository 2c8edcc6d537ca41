import { allocateBytes } from '../allocate.ts';
import type { BoolVector } from '../vector.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Bools as bits: bit `row & 7` of byte `row >> 3`.
 */

export const bitmap: Encoding = {
  id: 5,
  name: 'bitmap',
  plan(vector) {
    if (vector.kind !== 'bool') return null;
    return { bytes: (vector.length + 7) >> 3, write: (writer) => writer.set(bitsOfBools(vector.values)) };
  },
  decode(reader, rows, { kind, allocate }): BoolVector {
    check(kind === 'bool', 'only bools are bits');
    const bits = reader.view(Math.ceil(rows / 8));
    const values = allocateBytes(allocate, rows);
    const whole = rows & ~7;
    for (let row = 0; row < whole; row += 8) {
      const byte = bits[row >> 3];
      values[row] = byte & 1;
      values[row + 1] = (byte >> 1) & 1;
      values[row + 2] = (byte >> 2) & 1;
      values[row + 3] = (byte >> 3) & 1;
      values[row + 4] = (byte >> 4) & 1;
      values[row + 5] = (byte >> 5) & 1;
      values[row + 6] = (byte >> 6) & 1;
      values[row + 7] = byte >> 7;
    }
    for (let row = whole; row < rows; row++) values[row] = (bits[row >> 3] >> (row & 7)) & 1;
    return { kind, length: rows, values, validity: null };
  },
};

function bitsOfBools(values: Uint8Array): Uint8Array {
  const bits = new Uint8Array((values.length + 7) >> 3);
  const whole = values.length & ~7;
  for (let row = 0; row < whole; row += 8) {
    bits[row >> 3] =
      values[row] |
      (values[row + 1] << 1) |
      (values[row + 2] << 2) |
      (values[row + 3] << 3) |
      (values[row + 4] << 4) |
      (values[row + 5] << 5) |
      (values[row + 6] << 6) |
      (values[row + 7] << 7);
  }
  for (let row = whole; row < values.length; row++) bits[row >> 3] |= values[row] << (row & 7);
  return bits;
}
