import { expect, it } from 'vitest';
import { randomOf } from '../../test/segments.ts';
import { textOfEntry, textsOfDictionary, type Dictionary } from './dictionary.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_241_125);

function dictionaryOf(texts: readonly string[]): Dictionary {
  const parts = texts.map((text) => Buffer.from(text));
  const offsets = new Uint32Array(texts.length + 1);
  parts.forEach((part, entry) => {
    offsets[entry + 1] = offsets[entry]! + part.length;
  });
  return { count: texts.length, offsets, bytes: new Uint8Array(Buffer.concat(parts)), hashes: null };
}

it(`texts of a dictionary are those of its entries, whatever they are made of (seed ${seed})`, () => {
  const random = randomOf(seed);
  const letters = ['a', '/', '', 'é', '√', '𝛼', '\ufeff', '\u0000'];
  for (let round = 0; round < 40; round++) {
    // Plain ones alone, or all; some far longer than what is decoded at once.
    const kinds = round % 2 === 0 ? 2 : letters.length;
    const texts = Array.from({ length: Math.floor(random() * 3000) }, () =>
      letters[Math.floor(random() * kinds)]!.repeat(Math.floor(random() * (random() < 0.01 ? 40_000 : 20))),
    );
    const dictionary = dictionaryOf(texts);
    expect(textsOfDictionary(dictionary)).toEqual(texts);
    expect(texts.every((text, entry) => textOfEntry(dictionary, entry) === text)).toBe(true);
  }
});
