import { describe, expect, it } from 'vitest';
import { clearNullsOf, clearPastEnd, countNulls } from './validity.ts';
import type { Vector } from './vector.ts';

describe('validity', () => {
  it('counts the rows without a value, and none past the end', () => {
    for (let rows = 0; rows <= 40; rows++) {
      const bitmap = new Uint8Array((rows + 7) >> 3).map((_, at) => 0xb5 ^ at);
      const nulls = Array.from({ length: rows }, (_, row) => (bitmap[row >> 3]! >> (row & 7)) & 1).filter(
        (bit) => bit === 0,
      );
      expect(countNulls(bitmap, rows)).toBe(nulls.length);
      expect(countNulls(null, rows)).toBe(0);
    }
  });

  it('clears the bits past the last row, and only those', () => {
    const cleared = (rows: number): number[] => {
      const bitmap = new Uint8Array((rows + 7) >> 3).fill(0xff);
      clearPastEnd(bitmap, rows);
      return [...bitmap];
    };
    expect(cleared(8)).toEqual([0xff]);
    expect(cleared(9)).toEqual([0xff, 1]);
    expect(cleared(15)).toEqual([0xff, 0x7f]);
    expect(cleared(0)).toEqual([]);
  });

  const validity = Uint8Array.of(0b11111111, 0b00000101);
  const ones = { length: 11 };
  it.each<[string, Vector]>([
    ['bools', { kind: 'bool', length: 11, values: Uint8Array.from(ones, () => 1), validity }],
    ['bytes', { kind: 'int', length: 11, base: 5, values: Uint8Array.from(ones, () => 1), validity }],
    ['floats', { kind: 'float', length: 11, values: Float64Array.from(ones, () => NaN), validity }],
    ['whole numbers', { kind: 'int', length: 11, base: 0, values: Float64Array.from(ones, () => 1), validity }],
    ['64-bit ints', { kind: 'int', length: 11, base: 0, values: BigInt64Array.from(ones, () => 1n), validity }],
    ['codes', { kind: 'text', length: 11, codes: Uint32Array.from(ones, () => 2 ** 32 - 1), validity }],
  ])('sets rows without a value to 0: %s', (_name, vector) => {
    clearNullsOf(vector, validity);
    const values = 'codes' in vector ? vector.codes : 'values' in vector ? vector.values : new Uint8Array();
    expect(Array.from({ length: 11 }, (_, row) => Object.is(Number(values[row]), 0))).toEqual([
      ...new Array<boolean>(8).fill(false),
      false,
      true,
      false,
    ]);
  });
});
