import { describe, expect, it } from 'vitest';
import { valuesFromScalars } from '../values-from-scalars.ts';
import type { Scalar } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { median, p90, quantile, type QuantileState } from './quantile.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 5);

function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function stateOf(values: Float64Array, share: number, type: 'int' | 'float' | 'time' = 'float'): QuantileState {
  const state = quantile.newState([{ type }, { type: 'float', constant: share }]) as QuantileState;
  quantile.grow(state, 1);
  quantile.update(state, [{ kind: 'number', length: values.length, values, nulls: null }], null, null, values.length);
  return state;
}

function of(values: readonly Scalar[], share: number, type: 'int' | 'float' | 'time' = 'float'): Scalar {
  const state = quantile.newState([{ type }, { type: 'float', constant: share }]) as QuantileState;
  quantile.grow(state, 1);
  quantile.update(state, [valuesFromScalars(values)], null, null, values.length);
  quantile.seal!(state);
  return scalarAt(quantile.finish(state, 1), 0);
}

/** PERCENTILE_CONT of sorted values. */
function naive(sorted: Float64Array, share: number): number {
  const rank = share * (sorted.length - 1);
  const low = Math.floor(rank);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (rank - low);
}

describe('quantile', () => {
  it('is linear between the nearest ranks', () => {
    expect(of([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(of([4, 1, 3], 0.5)).toBe(3);
    expect(of([10, 20], 0.9)).toBe(19);
    expect(of([1, null, 2], 0)).toBe(1);
    expect(of([1, null, 2], 1)).toBe(2);
    expect(of([7], 0.99)).toBe(7);
    expect(of([null], 0.5)).toBeNull();
  });

  it('puts NaN last, and takes infinities and -0 as they are', () => {
    expect(of([NaN, 1, 2], 0)).toBe(1);
    expect(of([NaN, 1, 2], 1)).toBeNaN();
    expect(of([-Infinity, 5], 0)).toBe(-Infinity);
    expect(of([-Infinity, 5], 0.5)).toBe(-Infinity);
    expect(of([5, Infinity], 0.5)).toBe(Infinity);
    expect(of([-1.7e308, 1.7e308], 0.5)).toBe(0);
    expect(Object.is(of([-0], 0.5), 0)).toBe(true);
  });

  it('of ints beyond 2^53 is the nearest float, of times a time to the millisecond', () => {
    expect(of([2n ** 60n, 2n ** 60n + 2n ** 40n], 0, 'int')).toBe(2 ** 60);
    expect(of([1_000, 1_001], 0.5, 'time')).toBe(1_001);
    expect(quantile.signature([{ type: 'time' }, { type: 'float', constant: 0.5 }])).toEqual({ type: 'time' });
    expect(median.signature([{ type: 'int' }])).toEqual({ type: 'float' });
  });

  it('wants a constant share from 0 to 1', () => {
    for (const constant of [1.01, -0.1, NaN, 'x', null, undefined])
      expect(quantile.signature([{ type: 'int' }, { type: 'float', constant }])).toHaveProperty('error');
    expect(quantile.signature([{ type: 'text' }, { type: 'float', constant: 0.5 }])).toHaveProperty('error');
    expect(quantile.signature([{ type: 'int' }])).toHaveProperty('error');
  });

  it(`is exact for any number of rows with few distinct values (seed ${seed})`, () => {
    const random = randomOf(seed);
    const values = Float64Array.from({ length: 400_000 }, () => Math.floor(random() * 65_536) - 30_000);
    const sorted = values.slice().sort();
    for (const share of [0, 0.1, 0.5, 0.999, 1]) {
      const state = stateOf(values, share);
      expect(quantile.isApproximate!(state)).toBe(false);
      expect(scalarAt(quantile.finish(state, 1), 0)).toBe(naive(sorted, share));
    }
  });

  it(`stays within 1 % of an exact neighbour beyond, and says so (seed ${seed})`, () => {
    const random = randomOf(seed + 1);
    const makers: (() => number)[] = [
      random,
      () => Math.exp(random() * 60 - 30),
      () => (random() - 0.5) * 10 ** (random() * 600 - 300),
      () => 1.7e12 + Math.floor(random() * 3e10),
    ];
    for (const make of makers) {
      const values = Float64Array.from({ length: 150_000 }, make);
      const sorted = values.slice().sort();
      for (const share of [0, 0.01, 0.9, 1]) {
        const state = stateOf(values, share);
        const got = scalarAt(quantile.finish(state, 1), 0) as number;
        expect(quantile.isApproximate!(state)).toBe(true);
        const low = sorted[Math.floor(share * (sorted.length - 1))]!;
        const high = sorted[Math.ceil(share * (sorted.length - 1))]!;
        expect(got).toBeGreaterThanOrEqual(low - Math.abs(low) * 0.01);
        expect(got).toBeLessThanOrEqual(high + Math.abs(high) * 0.01);
      }
    }
  });

  it(`gives the same sketch in whatever parts its rows come, and stays small (seed ${seed})`, () => {
    const random = randomOf(seed + 2);
    const values = Float64Array.from({ length: 200_000 }, () => random() * 1e6);
    const whole = stateOf(values, 0.37);
    const cuts = [0, 70_000, 70_001, 150_000, 200_000];
    const parts = cuts.slice(1).map((end, index) => {
      const state = stateOf(values.slice(cuts[index]!, end), 0.37);
      quantile.seal!(state);
      return structuredClone(state);
    });
    const wanted = scalarAt(quantile.finish(whole, 1), 0);
    for (const order of [parts, [...parts].reverse()]) {
      const into = stateOf(new Float64Array(0), 0.37);
      for (const part of order) quantile.merge(into, structuredClone(part), Uint32Array.of(0));
      expect(scalarAt(quantile.finish(into, 1), 0)).toBe(wanted);
      expect(quantile.isApproximate!(into)).toBe(true);
      quantile.seal!(into);
      expect(quantile.bytes(into)).toBeLessThan(4_000_000);
    }
  });

  it('merges several groups into one', () => {
    const from = quantile.newState([{ type: 'int' }, { type: 'float', constant: 0.5 }]) as QuantileState;
    quantile.grow(from, 3);
    quantile.update(from, [valuesFromScalars([1, 5, 9, 2])], Uint32Array.of(0, 1, 2, 0), null, 4);
    const into = stateOf(Float64Array.of(100), 0.5);
    quantile.merge(into, from, Uint32Array.of(0, 0, 0));
    expect(scalarAt(quantile.finish(into, 1), 0)).toBe(5);
  });

  it('serves all that share its state', () => {
    const state = median.newState([{ type: 'int' }]);
    median.grow(state, 1);
    median.update(state, [valuesFromScalars([0, 10])], null, null, 2);
    expect(median.sharedState).toBe(p90.sharedState);
    expect([median, p90].map((own) => scalarAt(own.finish(state, 1), 0))).toEqual([5, 9]);
  });
});
