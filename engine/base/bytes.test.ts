import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, varintBytes } from './bytes.ts';

const varints = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 35, 2 ** 49 + 5, 2 ** 53 - 1];
const corrupted = expect.objectContaining({ code: 'data_corrupted' }) as unknown;

describe('bytes', () => {
  it('are read as they were written, also while the writer grows', () => {
    for (const capacity of [0, 1, 3, 256]) {
      const writer = new ByteWriter(capacity);
      writer.uint8(0xfe);
      writer.uint16(0xfedc);
      writer.uint32(0xfedcba98);
      writer.float64(-0.1);
      writer.bigint64(-(2n ** 63n));
      writer.set(Uint8Array.of(1, 2, 3));
      for (const value of varints) writer.varint(value);
      const bytes = writer.finish();
      const reader = new ByteReader(bytes);
      expect([reader.uint8(), reader.uint16(), reader.uint32()]).toEqual([0xfe, 0xfedc, 0xfedcba98]);
      expect([reader.float64(), reader.bigint64()]).toEqual([-0.1, -(2n ** 63n)]);
      expect([...reader.view(3)]).toEqual([1, 2, 3]);
      expect(varints.map(() => reader.varint())).toEqual(varints);
      expect(reader.remaining).toBe(0);
      expect(bytes.length).toBe(writer.length);
    }
  });

  it('varints are as long as foretold', () => {
    const lengths = varints.map((value) => {
      const writer = new ByteWriter();
      writer.varint(value);
      return writer.length;
    });
    expect(varints.map(varintBytes)).toEqual(lengths);
    expect(lengths).toEqual([1, 1, 1, 2, 2, 3, 5, 5, 5, 6, 8, 8]);
  });

  it('never end in the middle of a read', () => {
    const reads: ((reader: ByteReader) => unknown)[] = [
      (reader) => reader.uint8(),
      (reader) => reader.uint16(),
      (reader) => reader.uint32(),
      (reader) => reader.float64(),
      (reader) => reader.bigint64(),
      (reader) => reader.varint(),
      (reader) => reader.view(1),
    ];
    for (const read of reads) expect(() => read(new ByteReader(new Uint8Array(0)))).toThrow(corrupted);
    // What lies behind the view is not theirs.
    const view = new Uint8Array(32).fill(0x80).subarray(4, 8);
    for (const read of reads.slice(3, 6)) expect(() => read(new ByteReader(view))).toThrow(corrupted);
    const reader = new ByteReader(view);
    for (const count of [5, -1, NaN, 0.5 + 4]) expect(() => reader.view(count)).toThrow(corrupted);
    expect(reader.remaining).toBe(4);
  });

  it('refuse varints beyond 2^53 − 1', () => {
    const bytes = [...new Array<number>(7).fill(0xff), 0x1f];
    expect(() => new ByteReader(Uint8Array.from(bytes)).varint()).toThrow(corrupted);
    expect(() => new ByteReader(new Uint8Array(20).fill(0x80)).varint()).toThrow(corrupted);
    bytes[7] = 0x0f;
    expect(new ByteReader(Uint8Array.from(bytes)).varint()).toBe(2 ** 53 - 1);
  });
});
