import { expect, it } from 'vitest';
import { likeMatcher } from './like.ts';

const cases: readonly [text: string, pattern: string, escape: string | undefined, matches: boolean][] = [
  ['abc', 'abc', undefined, true],
  ['abc', 'ab', undefined, false],
  ['abc', 'a%', undefined, true],
  ['abc', '%c', undefined, true],
  ['abc', '%b%', undefined, true],
  ['abc', 'a%c', undefined, true],
  ['aba', 'ab%ba', undefined, false],
  ['abba', 'ab%ba', undefined, true],
  ['aXbXc', 'a%b%c', undefined, true],
  ['abc', '_b_', undefined, true],
  ['a😀c', 'a_c', undefined, true],
  ['', '%', undefined, true],
  ['', '', undefined, true],
  ['', '_', undefined, false],
  ['100%', '100!%', '!', true],
  ['1000', '100!%', '!', false],
  ['a_b', 'a!_b', '!', true],
  ['a\\b', 'a\\b', undefined, true],
  ['!', '!', '!', true],
  ['aab', '%ab', undefined, true],
  ['mississippi', 'm%iss%p_i', undefined, true],
];

it.each(cases)('%s like %s escape %s', (text, pattern, escape, matches) => {
  expect(likeMatcher(pattern, escape, false)(text)).toBe(matches);
});

it('like is what a regular expression says, over all short texts and patterns', () => {
  const letters = ['a', 'b', '%', '_'];
  const words = ['', ...letters, ...letters.flatMap((a) => letters.map((b) => a + b))];
  const patterns = words.flatMap((a) => letters.map((b) => a + b)).concat(words);
  const texts = ['', 'a', 'b', 'aa', 'ab', 'ba', 'aab', 'aba', 'bab', 'abab', 'a%b', 'A'];
  for (const pattern of patterns) {
    const source = pattern.replace(/[%_]/g, (sign) => (sign === '%' ? '[^]*' : '[^]'));
    for (const text of texts) {
      expect([pattern, text, likeMatcher(pattern, undefined, false)(text)]).toEqual([
        pattern,
        text,
        new RegExp(`^${source}$`, 'u').test(text),
      ]);
      expect(likeMatcher(pattern, undefined, true)(text)).toBe(new RegExp(`^${source}$`, 'iu').test(text));
    }
  }
});

it('a long look for a pattern asks now and then whether it is called off', () => {
  const calledOff = (): never => {
    throw new Error('called off');
  };
  const matcher = likeMatcher(`%${'a'.repeat(2000)}_b`, undefined, false);
  expect(() => matcher('a'.repeat(20_000), calledOff)).toThrow('called off');
  expect(matcher(`${'a'.repeat(20_000)}b`)).toBe(true);
  expect(matcher('a'.repeat(300), calledOff)).toBe(false);
});
