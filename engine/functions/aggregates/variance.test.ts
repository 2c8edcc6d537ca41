import { expect, it } from 'vitest';
import type { Scalar } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import { stddev, variance } from './variance.ts';

function of(values: readonly Scalar[], aggregate = variance): Scalar {
  const state = aggregate.newState([{ type: 'float' }]);
  aggregate.grow(state, 1);
  aggregate.update(state, [valuesFromScalars(values)], null, null, values.length);
  return scalarAt(aggregate.finish(state, 1), 0);
}

it('variance is that of a sample, null for fewer than two values', () => {
  expect(of([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(32 / 7, 12);
  expect(of([2, null, 4])).toBe(2);
  expect(of([5])).toBeNull();
  expect(of([])).toBeNull();
  expect(of([3, 3, 3])).toBe(0);
  expect(of([2n ** 60n, 2n ** 60n])).toBe(0);
  expect(of([1, NaN])).toBeNaN();
  expect(of([2, 4, 6], stddev)).toBe(2);
});

it('nothing cancels out where values are large and close together', () => {
  expect(of([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBeCloseTo(30, 9);
  const parts = [[1e9 + 4, 1e9 + 7], [1e9 + 13], [1e9 + 16], []].map((values) => {
    const state = variance.newState([{ type: 'float' }]);
    variance.grow(state, 1);
    variance.update(state, [valuesFromScalars(values)], null, null, values.length);
    return state;
  });
  for (const part of parts.slice(1)) variance.merge(parts[0]!, part, Uint32Array.of(0));
  expect(scalarAt(variance.finish(parts[0]!, 1), 0)).toBeCloseTo(30, 9);
});
