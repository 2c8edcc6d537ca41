import { describe, expect, it } from 'vitest';
import { parseQuery } from './query/parse.ts';
import { vocabulary } from './vocabulary.ts';

describe('the vocabulary', () => {
  const { functions } = vocabulary();
  const names = functions.map(({ name }) => name);

  it('has what can stand before a bracket, and no forms of other spelling', () => {
    expect(names).toEqual(expect.arrayContaining(['count_if', 'lower', 'rate', 'uniq', 'unnest']));
    expect(names.filter((name) => /^(cast_|add_|subtract_|element$|negate$|is_null$|like$)/.test(name))).toEqual([]);
    expect(names).toEqual([...new Set(names)].sort());
  });

  it.each(functions.map(({ name, example }) => [name, example]))('%s has an example that calls it', (name, example) => {
    expect(() => parseQuery(example!)).not.toThrow();
    expect(example).toContain(`${name}(`);
  });
});
