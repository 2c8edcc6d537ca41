import { allocateFloats } from '../allocate.ts';
import { bitsFor, packBits, packedBytes, readBits, readWideBits } from '../bits.ts';
import type { IntVector } from '../vector.ts';
import { hasExactSpread, readBase } from './int-output.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Ints within ±2^53 as offsets of 1 to 53 bits from their least: u8 bits, f64 base, the offsets bit-packed.
 */

export const bitPacked: Encoding = {
  id: 6,
  name: 'bit-packed',
  accepts: (vector) => vector.kind === 'int' && vector.values instanceof Float64Array,
  estimate(vector, stats) {
    return hasExactSpread(vector, stats) ? 9 + packedBytes(vector.length, bitsFor(stats.max - stats.min)) : null;
  },
  encode(vector, stats, writer) {
    if (vector.kind !== 'int' || vector.values instanceof BigInt64Array) return;
    const bits = bitsFor(stats.max - stats.min);
    writer.uint8(bits);
    writer.float64(stats.min);
    packBits(vector.values, stats.min, bits, writer);
  },
  decode(reader, rows, { kind, allocate }): IntVector {
    check(kind === 'int', 'only ints are bit-packed');
    const bits = reader.uint8();
    check(bits >= 1 && bits <= 53, `its ints are ${bits} bits wide`);
    const base = readBase(reader);
    if (bits <= 32) {
      return { kind, length: rows, base, values: readBits(reader, rows, bits, allocate), validity: null };
    }
    check(reader.remaining >= packedBytes(rows, bits), 'its ints end early');
    const values = allocateFloats(allocate, rows);
    readWideBits(reader, bits, base, values);
    for (let row = 0; row < rows; row++) check(Number.isSafeInteger(values[row]), 'an int is beyond ±2^53');
    return { kind, length: rows, base: 0, values, validity: null };
  },
};
