import { bitsFor, packBits, packedBytes, readBits } from '../bits.ts';
import type { TextVector } from '../vector.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Codes of texts, bit-packed: u8 bits (1 … 32), the codes. At 8, 16 and 32 bits that is a plain array.
 */

export const dictionaryCode: Encoding = {
  id: 4,
  name: 'dictionary-code',
  accepts: (vector) => vector.kind === 'text',
  estimate: (vector, stats) => 1 + packedBytes(vector.length, bitsFor(stats.max)),
  encode(vector, stats, writer) {
    if (vector.kind !== 'text') return;
    const bits = bitsFor(stats.max);
    writer.uint8(bits);
    packBits(vector.codes, 0, bits, writer);
  },
  decode(reader, rows, { kind, allocate }): TextVector {
    check(kind === 'text', 'only texts are codes');
    const bits = reader.uint8();
    check(bits >= 1 && bits <= 32, `its codes are ${bits} bits wide`);
    return { kind, length: rows, codes: readBits(reader, rows, bits, allocate), validity: null };
  },
};
