import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVarveError } from '../base/errors.ts';
import { readFooterTree } from './footer-tree.ts';

const seed = 20_240_309;

const leaf = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: 'small', maxDepth: 5 }, leaf, fc.array(tie('tree'), { maxLength: 40 })),
}));

function outcome(bytes: Uint8Array): unknown {
  try {
    return readFooterTree(bytes);
  } catch (error) {
    if (!isVarveError(error)) throw error;
    return error.code;
  }
}

describe(`the tree of a footer (seed ${seed})`, () => {
  it('is what msgpack says', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const bytes = encode(value);
        expect(readFooterTree(bytes)).toEqual(decode(bytes));
        expect(outcome(bytes.subarray(0, bytes.length - 1))).toBe('data_corrupted');
        expect(outcome(Uint8Array.from([...bytes, 0]))).toBe('data_corrupted');
      }),
      { seed, numRuns: 2000 },
    );
  });

  it('is what msgpack says of lists of any length and numbers of any width', () => {
    const numbers = Array.from({ length: 70_000 }, (_, at) => (at % 3 === 0 ? -1 : 1) * 2 ** (at % 53));
    for (const length of [15, 16, 65_535, 65_536, 70_000]) {
      const bytes = encode(numbers.slice(0, length));
      expect(readFooterTree(bytes)).toEqual(decode(bytes));
    }
    const float32 = encode(0.5, { forceFloat32: true });
    expect([float32.length, readFooterTree(float32)]).toEqual([5, 0.5]);
  });

  it('refuses any other bytes, and makes no room for what is not there', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const found = outcome(bytes);
        if (found !== 'data_corrupted') expect(found).toEqual(decode(bytes));
      }),
      { seed, numRuns: 20_000 },
    );
    expect(outcome(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff))).toBe('data_corrupted');
    expect(outcome(new Uint8Array(100_000).fill(0x91))).toBe('data_corrupted');
    expect(outcome(encode({ a: 1 }))).toBe('data_corrupted');
    expect(outcome(encode('x'.repeat(65)))).toBe('data_corrupted');
    expect(outcome(Uint8Array.of(0xa1, 0xff))).toBe('data_corrupted');
  });
});
