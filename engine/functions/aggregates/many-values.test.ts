import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../data/random.ts';
import type { Values } from '../../column/values.ts';
import { median, type QuantileState } from './quantile.ts';

const seed = 20_261_127;

function stateOf(values: readonly Float64Array[]): QuantileState {
  const whole = median.newState([{ type: 'float' }]);
  median.grow(whole, 1);
  for (const own of values) {
    const state = median.newState([{ type: 'float' }]);
    median.grow(state, 1);
    const arg: Values = { kind: 'number', length: own.length, values: own, nulls: null };
    median.update(state, [arg], null, null, own.length);
    median.seal?.(state);
    median.merge(whole, state, Uint32Array.of(0));
  }
  return whole;
}

describe('a quantile of many distinct values', () => {
  it.each([[[20_000, 20_000, 20_000, 20_000]], [[100_000, 300, 60_000]], [[300, 100_000, 60_000]]])(
    `is exact below a million rows, whatever the parts: %j (seed ${seed})`,
    (lengths) => {
      const random = createRandom(seed);
      const parts = lengths.map((length) => Float64Array.from({ length }, () => random.integer(2 ** 31) / 8));
      const sorted = Float64Array.from(parts.flatMap((part) => [...part])).sort();
      const middle = (sorted.length - 1) / 2;
      const expected = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
      const state = stateOf(parts);
      expect(median.finish(state, 1)).toMatchObject({ values: Float64Array.of(expected) });
      expect(median.isApproximate?.(state)).toBe(true);
    },
  );

  it('is within a hundredth beyond, the same whatever the parts', () => {
    const random = createRandom(seed);
    const all = Float64Array.from({ length: 1_200_000 }, () => random.integer(2 ** 31) / 8);
    const sorted = all.slice().sort();
    const found = [[all], [all.subarray(0, 30_000), all.subarray(30_000, 700_000), all.subarray(700_000)]].map(
      (parts) => median.finish(stateOf(parts), 1),
    );
    expect(found[0]).toEqual(found[1]);
    const [first] = found;
    const value = first!.kind === 'number' ? first!.values[0]! : NaN;
    expect(Math.abs(value / sorted[600_000]! - 1)).toBeLessThan(0.01);
  });
});
