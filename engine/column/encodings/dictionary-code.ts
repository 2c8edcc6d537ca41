import { bitsFor, packBits, packedBytes, readBits } from '../bits.ts';
import type { TextVector } from '../vector.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Codes of texts, bit-packed: u8 bits (1 … 32), the codes. At 8, 16 and 32 bits that is a plain array.
 */

export const dictionaryCode: Encoding = {
  id: 4,
  name: 'dictionary-code',
  plan(vector, stats) {
    if (vector.kind !== 'text') return null;
    const bits = storedBits(bitsFor(stats.max));
    return {
      bytes: 1 + packedBytes(vector.length, bits),
      write(writer) {
        writer.uint8(bits);
        packBits(vector.codes, 0, bits, writer);
      },
    };
  },
  decode(reader, rows, { kind, allocate, kernels }): TextVector {
    check(kind === 'text', 'only texts are codes');
    const bits = reader.uint8();
    check(bits >= 1 && bits <= 32, `its codes are ${bits} bits wide`);
    return { kind, length: rows, codes: readBits(reader, rows, bits, allocate, kernels), validity: null };
  },
};

/** A plain array is read ten times as fast: packing has to save more than an eighth of it. */
function storedBits(bits: number): number {
  const plain = bits <= 8 ? 8 : bits <= 16 ? 16 : 32;
  return bits < plain * 0.875 ? bits : plain;
}
