import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dictionaryFromTexts, hashesOfDictionary } from '../column/dictionary-builder.ts';
import { vectorOfRecipe, vectorRecipes } from '../../test/contracts/random-vector.ts';
import {
  dictionaryFromRecord,
  readRecord,
  recordBytes,
  recordFromDictionary,
  recordFromVector,
  vectorFromRecord,
  writeRecord,
  type CacheRecord,
} from './cache-record.ts';

const seed = 20_240_306;

/** Writes a record between other bytes and reads it back; neither may reach beyond the bytes foretold. */
function throughMemory(record: CacheRecord): CacheRecord {
  const bytes = recordBytes(record);
  const buffer = new SharedArrayBuffer(64 + bytes + 64);
  const all = new Uint8Array(buffer).fill(0xa5);
  writeRecord(buffer, 64, record);
  expect(all.subarray(0, 64).every((byte) => byte === 0xa5)).toBe(true);
  expect(all.subarray(64 + bytes).every((byte) => byte === 0xa5)).toBe(true);
  return readRecord(
    new Uint32Array(buffer, 0, buffer.byteLength >> 2),
    new Float64Array(buffer, 0, buffer.byteLength >> 3),
    64,
  );
}

describe(`records of the cache (seed ${seed})`, () => {
  it('give back every vector', () => {
    fc.assert(
      fc.property(vectorRecipes, (recipe) => {
        const vector = vectorOfRecipe(recipe);
        expect(vectorFromRecord(throughMemory(recordFromVector(vector)))).toEqual(vector);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('give back dictionaries, with hashes and without', () => {
    const plain = dictionaryFromTexts(['', 'a', 'größer', '中']);
    const hashed = { ...plain, hashes: hashesOfDictionary(plain, 0) };
    for (const dictionary of [plain, hashed, dictionaryFromTexts([])]) {
      expect(dictionaryFromRecord(throughMemory(recordFromDictionary(dictionary)))).toEqual(dictionary);
    }
  });
});
