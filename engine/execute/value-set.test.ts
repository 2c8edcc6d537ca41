import { describe, expect, it } from 'vitest';
import { dictionaryFromTexts, hashesOfDictionary } from '../column/dictionary-builder.ts';
import type { Scalar, Values } from '../column/values.ts';
import { scalarAt } from '../functions/access.ts';
import { compareScalars } from '../functions/compare.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';
import { entriesInSet, hasBetween, isInSet, valueSetOf } from './value-set.ts';

function asked(members: readonly Scalar[], values: readonly Scalar[]): Scalar[] {
  const found = isInSet(valueSetOf(valuesFromScalars(members)), valuesFromScalars(values));
  return values.map((_, row) => scalarAt(found, row));
}

describe('a set of values', () => {
  it('has what equals a member, as values compare: ints, floats, -0, NaN, and ints beyond ±2^53', () => {
    const numbers: readonly Scalar[] = [
      0,
      -0,
      1,
      -1,
      0.5,
      NaN,
      Infinity,
      -Infinity,
      2 ** 53 - 1,
      2 ** 53,
      -(2 ** 53),
      2 ** 60,
      -(2 ** 63),
      2 ** 63,
      1e300,
      Number.MIN_VALUE,
    ];
    const bigints: readonly Scalar[] = [
      1n,
      2n ** 53n,
      2n ** 53n + 1n,
      2n ** 60n,
      2n ** 60n + 1n,
      -(2n ** 63n),
      2n ** 63n - 1n,
    ];
    for (const members of [numbers.slice(0, 8), numbers.slice(8), bigints.slice(0, 4), bigints.slice(3)]) {
      for (const values of [numbers, bigints]) {
        const wanted = values.map((value) => members.some((member) => compareScalars(member, value) === 0));
        expect(asked(members, values)).toEqual(wanted);
      }
    }
  });

  it('passes over nulls on both sides', () => {
    expect(asked([null, 3], [null, 3, 4])).toEqual([null, true, false]);
    expect(asked([null, 'a'], ['a', null, 'b'])).toEqual([true, null, false]);
    expect(asked([null, null], ['a'])).toEqual([false]);
    expect(asked([], [1, null])).toEqual([false, null]);
  });

  it('has bools and lists', () => {
    expect(asked([true], [true, false])).toEqual([true, false]);
    expect(
      asked(
        [
          [1, 2],
          ['a', null],
        ],
        [[1, 2], [2, 1], ['a', null], []],
      ),
    ).toEqual([true, false, true, false]);
  });

  it('tells texts by their bytes, through entries of a dictionary as well, however many there are', () => {
    const members = Array.from({ length: 5000 }, (_, i) => `user ${i * 3}`);
    const set = valueSetOf(valuesFromScalars([...members, '', 'Ä', members[7]!]));
    const texts = [...Array.from({ length: 3000 }, (_, i) => `user ${i}`), '', 'Ä', 'A'];
    const dictionary = dictionaryFromTexts(texts);
    const mask = entriesInSet(set, dictionary, hashesOfDictionary(dictionary, 0));
    const wanted = texts.map((_, i) => (i < 3000 ? (i % 3 === 0 ? 1 : 0) : i < 3002 ? 1 : 0));
    expect([...mask]).toEqual([...wanted, 0]);
    // The same hash alone makes no member.
    const lying = hashesOfDictionary(dictionaryFromTexts(['user 3', 'user 3x']), 0).slice();
    lying.copyWithin(2, 0, 2);
    expect([...entriesInSet(set, dictionaryFromTexts(['user 3', 'user 3x']), lying)]).toEqual([1, 0, 0]);
    const coded: Values = { kind: 'coded', length: 3, codes: Uint8Array.of(1, 0, 1), texts: ['x', 'y'], nulls: null };
    const few = isInSet(valueSetOf(valuesFromScalars(['y'])), coded);
    expect([0, 1, 2].map((row) => scalarAt(few, row))).toEqual([true, false, true]);
  });

  it('knows whether it may have a number between two others', () => {
    const set = valueSetOf(valuesFromScalars([1, 5, 9.5, NaN]));
    const asks = [
      [2, 4],
      [2, 5],
      [5, 5],
      [9.6, 100],
      [-5, 0],
      [-5, 1],
    ];
    expect(asks.map(([min, max]) => hasBetween(set, min!, max!))).toEqual([false, true, true, false, false, true]);
    expect(hasBetween(valueSetOf(valuesFromScalars([2n ** 60n])), 1, 2)).toBe(true);
  });
});
