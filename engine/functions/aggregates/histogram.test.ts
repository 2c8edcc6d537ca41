import { describe, expect, it } from 'vitest';
import type { Scalar } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import { histogram } from './histogram.ts';

function bins(values: readonly Scalar[], count: number, type: 'int' | 'float' | 'time' = 'float'): Scalar {
  const state = histogram.newState([{ type }, { type: 'int', constant: count }]);
  histogram.grow(state, 1);
  histogram.update(state, [valuesFromScalars(values)], null, null, values.length);
  return scalarAt(histogram.finish(state, 1), 0);
}

describe('histogram', () => {
  it('has bins of equal width, half-open, the last closed', () => {
    expect(bins([0, 1, 2, 3, 4, 4, null], 4)).toEqual([
      { from: 0, to: 1, count: 1 },
      { from: 1, to: 2, count: 1 },
      { from: 2, to: 3, count: 1 },
      { from: 3, to: 4, count: 3 },
    ]);
    expect(bins([0, 10], 3)).toEqual([
      { from: 0, to: 10 / 3, count: 1 },
      { from: 10 / 3, to: 20 / 3, count: 0 },
      { from: 20 / 3, to: 10, count: 1 },
    ]);
  });

  it('is one bin where all values are the same, null where there is none', () => {
    expect(bins([7, 7, 7], 5)).toEqual([{ from: 7, to: 7, count: 3 }]);
    expect(bins([null, NaN, Infinity], 5)).toBeNull();
  });

  it('leaves out what is not finite, and spans the largest floats', () => {
    expect(bins([1, NaN, 2, -Infinity], 1)).toEqual([{ from: 1, to: 2, count: 2 }]);
    expect(bins([-1.7e308, 0, 1.7e308], 2)).toEqual([
      { from: -1.7e308, to: 0, count: 1 },
      { from: 0, to: 1.7e308, count: 2 },
    ]);
  });

  it('of times has edges that are times', () => {
    expect(bins([10, 11, 13], 2, 'time')).toEqual([
      { from: 10, to: 12, count: 2 },
      { from: 12, to: 13, count: 1 },
    ]);
    expect(histogram.signature([{ type: 'time' }, { type: 'int', constant: 2 }])).toEqual({
      type: 'list of {from: time, to: time, count: int}',
    });
  });

  it('counts as a loop over the bins does, however many values there are', () => {
    const values = Array.from({ length: 80_000 }, (_, row) => Math.sin(row) * 1000);
    const least = Math.min(...values.slice(0, 40_000), ...[Math.min(...values.slice(40_000))]);
    const most = values.reduce((a, b) => Math.max(a, b));
    const wanted = Array.from({ length: 7 }, (_, bin) => {
      const from = bin === 0 ? least : least + ((most - least) * bin) / 7;
      const to = bin === 6 ? most : least + ((most - least) * (bin + 1)) / 7;
      return { from, to, count: values.filter((value) => value >= from && (value < to || bin === 6)).length };
    });
    expect(bins(values, 7)).toEqual(wanted);
  });
});
