import { expect, test } from 'vitest';
import { randomOf } from '../../test/segments.ts';
import { compareTexts } from '../base/compare-text.ts';
import { dictionaryFromTexts } from '../column/dictionary-builder.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import { mergeDictionaries, UsedEntries } from './merge-dictionaries.ts';

const seed = Number(process.env['VARVE_SEED'] ?? Date.now() % 1_000_000);
process.stderr.write(`merge-dictionaries: VARVE_SEED=${seed}\n`);

test.each([
  ['texts of all kinds', ['', 'a', 'aa', 'ab', 'é', '\u{1F600}', '\uffee', 'zz', 'b'.repeat(300)]],
  ['texts that begin alike', Array.from({ length: 300 }, (_, index) => `https://example.com/${index * 7919}`)],
  ['texts of which one begins all', ['https://', 'https://a', 'https://b', 'https://a/b']],
])('%s are merged in order, each once', (_, texts) => {
  const random = randomOf(seed);
  for (let round = 0; round < 50; round++) {
    const inputs = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
      texts.filter(() => random() < 0.5).sort(() => random() - 0.5),
    );
    const { dictionary, maps } = mergeDictionaries([...inputs.map(dictionaryFromTexts), null]);
    const merged = textsOfDictionary(dictionary);
    expect(merged).toEqual([...new Set(inputs.flat())].sort(compareTexts));
    inputs.forEach((input, index) => expect(input.map((_, code) => merged[maps[index]![code]!])).toEqual(input));
    expect(maps.at(-1)).toBeNull();
  }
});

test('entries that are used keep their order and get codes without gaps', () => {
  const random = randomOf(seed);
  for (const count of [1, 31, 32, 33, 500]) {
    const texts = Array.from({ length: count }, (_, index) => String(index).padStart(4, '0'));
    const chosen = texts.map((_, code) => code).filter(() => random() < 0.4);
    const used = new UsedEntries(count);
    for (const code of chosen) used.mark(code);
    const picked = textsOfDictionary(used.pick(dictionaryFromTexts(texts)));
    expect(picked).toEqual(chosen.map((code) => texts[code]));
    const codes = Uint32Array.from(chosen);
    used.map(codes, codes.length);
    expect([...codes]).toEqual(chosen.map((_, index) => index));
  }
});
