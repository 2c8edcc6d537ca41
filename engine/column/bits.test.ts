import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../base/bytes.ts';
import { allocateOnHeap } from './allocate.ts';
import { bitsFor, packBits, packedBytes, readBits } from './bits.ts';

describe('bit packing', () => {
  it('knows the bits of a number', () => {
    expect([0, 1, 2, 255, 256, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1].map(bitsFor)).toEqual([1, 1, 2, 8, 9, 32, 33, 53]);
  });

  it('gives back every width at every length, from any byte on', () => {
    for (let bits = 1; bits <= 32; bits++) {
      for (const length of [0, 1, 2, 7, 8, 9, 31, 32, 33, 100, 1023, 1024, 5000]) {
        const most = 2 ** bits - 1;
        const values = Float64Array.from({ length }, (_, i) => (i % 3 === 0 ? most : Math.floor(most / (i + 1))));
        const base = bits === 32 ? -(2 ** 52) : -17;
        const writer = new ByteWriter(1);
        writer.uint8(0xff);
        packBits(
          values.map((value) => base + value),
          base,
          bits,
          writer,
        );
        const bytes = writer.finish();
        expect(bytes.length - 1).toBe(packedBytes(length, bits));
        const out = readBits(new ByteReader(bytes, 1), length, bits, allocateOnHeap);
        expect(out.BYTES_PER_ELEMENT).toBe(bits <= 8 ? 1 : bits <= 16 ? 2 : 4);
        expect([...out]).toEqual([...values]);
      }
    }
  });

  it('puts the least significant bit first', () => {
    const writer = new ByteWriter();
    packBits(Uint32Array.of(1, 2, 3, 4, 5), 0, 3, writer);
    // 101 100 011 010 001, read from the right.
    expect([...writer.finish()]).toEqual([0b11010001, 0b01011000]);
  });

  it('refuses to read what is not there', () => {
    const short = new ByteReader(new Uint8Array(3));
    expect(() => readBits(short, 5, 5, allocateOnHeap)).toThrow(expect.objectContaining({ code: 'data_corrupted' }));
  });
});
