import { describe, expect, it } from 'vitest';
import { dictionaryFromTexts, hashesOfDictionary } from '../column/dictionary-builder.ts';
import { textOfEntry, type Dictionary } from '../column/dictionary.ts';
import { TableCodes } from './table-codes.ts';

const texts = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `text ${from + i}`);
const hashesOf = (dictionary: Dictionary) => (): Uint32Array => hashesOfDictionary(dictionary, 0);

describe('table codes', () => {
  it('are the same for the same text, whichever dictionary it comes from', () => {
    const codes = new TableCodes();
    const known = new Map<string, number>();
    // Enough for the table to be made larger several times.
    for (const range of [texts(0, 10), texts(5, 3000), texts(2000, 9000), [], ['', 'ü', 'text 1'], texts(0, 9000)]) {
      const dictionary = dictionaryFromTexts(range);
      const own = codes.codesOf(dictionary, hashesOf(dictionary));
      for (let entry = 0; entry < dictionary.count; entry++) {
        const text = textOfEntry(dictionary, entry);
        if (!known.has(text)) known.set(text, own[entry]!);
        expect(own[entry]).toBe(known.get(text));
      }
    }
    expect(codes.count).toBe(known.size);
    expect([...known.values()].sort((a, b) => a - b)).toEqual(Array.from(known, (_, index) => index + 1));
  });

  it('of a dictionary are made once, and its hashes asked for once', () => {
    const codes = new TableCodes();
    const dictionary = dictionaryFromTexts(['a', 'b']);
    let asked = 0;
    const ask = (): Uint32Array => {
      asked++;
      return hashesOfDictionary(dictionary, 0);
    };
    expect(codes.codesOf(dictionary, ask)).toBe(codes.codesOf(dictionary, ask));
    expect(asked).toBe(1);
  });

  it('trust hash and length: texts of one hash differ by their length, and only by it', () => {
    const codes = new TableCodes();
    const dictionary = dictionaryFromTexts(['a', 'bb', 'cc']);
    const own = codes.codesOf(dictionary, () => new Uint32Array(6).fill(9));
    expect([...own]).toEqual([1, 2, 2]);
  });

  it('keep apart texts whose hashes share a word', () => {
    const dictionary = dictionaryFromTexts(texts(0, 2000));
    const low = new TableCodes().codesOf(dictionary, () =>
      Uint32Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 3 : i)),
    );
    const high = new TableCodes().codesOf(dictionary, () =>
      Uint32Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? i : 3)),
    );
    expect(new Set(low).size).toBe(2000);
    expect(new Set(high).size).toBe(2000);
  });
});
