import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../data/random.ts';
import { areMany, neighboursAt } from './unsorted-values.ts';

const seed = 20_261_125;

describe('values that are not sorted', () => {
  it(`gives neighbouring ranks as sorted values have them (seed ${seed})`, () => {
    for (let number = 0; number < 60; number++) {
      const random = createRandom(seed + number);
      const length = 1 + random.integer(number % 3 === 0 ? 20 : 9000);
      const special = [NaN, Infinity, -Infinity, 0, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE];
      const values = Float64Array.from({ length }, () => {
        if (random.integer(50) === 0) return special[random.integer(special.length)]!;
        return number % 2 === 0 ? random.integer(1_000_000_000) : (random.integer(2_000_001) - 1_000_000) / 7;
      });
      const sorted = values.slice().sort();
      for (const rank of [0, length - 1, random.integer(length), Math.floor((length - 1) / 2)])
        expect(neighboursAt(values, rank)).toEqual([sorted[rank], sorted[Math.min(rank + 1, length - 1)]]);
    }
  });

  it('tells whether more than so many differ', () => {
    const values = Float64Array.from({ length: 5000 }, (_, at) => (at % 1000) / 3);
    expect(areMany(values, 999)).toBe(true);
    expect(areMany(values, 1000)).toBe(false);
    expect(areMany(Float64Array.of(NaN, NaN, NaN), 1)).toBe(false);
    expect(areMany(new Float64Array(0), 0)).toBe(false);
  });
});
