import { allocateFloats, allocateOnHeap } from '../allocate.ts';
import { bitsFor, copyBytes, packBits, packedBytes, readBits, writeBytes } from '../bits.ts';
import type { IntVector } from '../vector.ts';
import { exactSpread, readBase } from './int-output.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Ints within ±2^53 as offsets of 1 to 53 bits from their least: u8 bits, f64 base, the offsets bit-packed. Those of
 * more than 32 bits are cut: first the lower 32 bits of each, then what is above, bit-packed at bits - 32.
 */

export const bitPacked: Encoding = {
  id: 6,
  name: 'bit-packed',
  plan(vector, stats) {
    const spread = exactSpread(vector, stats);
    if (spread === null || vector.kind !== 'int') return null;
    const values = vector.values as Float64Array;
    const bits = bitsFor(spread);
    return {
      bytes:
        9 + (bits <= 32 ? packedBytes(values.length, bits) : values.length * 4 + packedBytes(values.length, bits - 32)),
      write(writer) {
        writer.uint8(bits);
        writer.float64(stats.min);
        if (bits <= 32) return packBits(values, stats.min, bits, writer);
        const low = new Uint32Array(values.length);
        const high = new Uint32Array(values.length);
        for (let row = 0; row < values.length; row++) {
          const offset = values[row] - stats.min;
          low[row] = offset >>> 0;
          high[row] = offset / 4294967296;
        }
        writeBytes(low, writer);
        packBits(high, 0, bits - 32, writer);
      },
    };
  },
  decode(reader, rows, { kind, allocate, kernels }): IntVector {
    check(kind === 'int', 'only ints are bit-packed');
    const bits = reader.uint8();
    check(bits >= 1 && bits <= 53, `its ints are ${bits} bits wide`);
    const base = readBase(reader);
    if (bits <= 32) {
      return { kind, length: rows, base, values: readBits(reader, rows, bits, allocate, kernels), validity: null };
    }
    const lowBytes = reader.view(rows * 4);
    const high = readBits(reader, rows, bits - 32, allocateOnHeap);
    const low = new Uint32Array(rows);
    copyBytes(lowBytes, low);
    const values = allocateFloats(allocate, rows);
    let most = base;
    for (let row = 0; row < rows; row++) {
      const value = base + (high[row] * 4294967296 + low[row]);
      if (value > most) most = value;
      values[row] = value;
    }
    check(most <= Number.MAX_SAFE_INTEGER, 'an int is beyond ±2^53');
    return { kind, length: rows, base: 0, values, validity: null };
  },
};
