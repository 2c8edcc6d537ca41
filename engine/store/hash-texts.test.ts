import { expect, test } from 'vitest';
import { hash64 } from '../base/hash64.ts';
import { limits } from '../base/limits.ts';
import { hashTexts } from './hash-texts.ts';

test.each([
  ['none', []],
  ['short ones', Array.from({ length: 40_000 }, (_, index) => index % 70)],
  ['one longer than a page between others', [5, limits.pageBytesMax + 1, 0, 9]],
  ['many that fill a page each', [limits.pageBytesMax, limits.pageBytesMax, 1, limits.pageBytesMax / 2]],
])('%s have the hash that hash64 gives', (_, lengths) => {
  const offsets = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, index) => (offsets[index + 1] = offsets[index]! + length));
  const bytes = Uint8Array.from({ length: offsets[lengths.length]! }, (_, index) => (index * 31) >> 3);
  for (const seed of [0, 2 ** 40 + 7]) {
    const expected = new Uint32Array(2 * lengths.length);
    lengths.forEach((_, index) => hash64(bytes, offsets[index]!, offsets[index + 1]!, seed, expected, 2 * index));
    expect(hashTexts(bytes, offsets, lengths.length, seed)).toEqual(expected);
  }
});
