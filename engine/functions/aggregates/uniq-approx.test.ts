import { describe, expect, it } from 'vitest';
import type { Scalar } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import { uniqApprox, type UniqApproxState } from './uniq-approx.ts';

function stateOf(groups: number): UniqApproxState {
  const state = uniqApprox.newState([{ type: 'int' }]) as UniqApproxState;
  uniqApprox.grow(state, groups);
  return state;
}

function add(state: UniqApproxState, scalars: readonly Scalar[], group = 0): void {
  const groups = new Uint32Array(scalars.length).fill(group);
  uniqApprox.update(state, [valuesFromScalars(scalars)], groups, null, scalars.length);
}

function range(count: number, make: (value: number) => Scalar): Scalar[] {
  return Array.from({ length: count }, (_, value) => make(value));
}

const kinds: readonly [string, (value: number) => Scalar][] = [
  ['small ints', (value) => value],
  ['ints a thousand apart', (value) => value * 1000 - 7_000_000],
  ['times', (value) => 1_700_000_000_000 + value * 60_000],
  ['fractions', (value) => value / 7],
  ['wide ints', (value) => 2n ** 60n + BigInt(value)],
  ['texts', (value) => `user-${value}`],
  ['lists', (value) => [`a${value}`, 'b']],
];

describe.each(kinds)('uniq_approx of %s', (_name, make) => {
  it.each([0, 1, 100, 1000])('is exact for %i values', (count) => {
    const state = stateOf(1);
    add(state, [...range(count, make), ...range(count, make)]);
    uniqApprox.seal!(state);
    expect(scalarAt(uniqApprox.finish(state, 1), 0)).toBe(count);
    expect(uniqApprox.isApproximate!(state)).toBe(count > 0);
  });

  it.each([1025, 3000, 20_000, 60_000, 120_000])('is within 3 % for %i values', (count) => {
    const state = stateOf(1);
    add(state, range(count, make));
    const got = scalarAt(uniqApprox.finish(state, 1), 0) as number;
    expect(Math.abs(got / count - 1)).toBeLessThan(0.03);
    uniqApprox.seal!(state);
    expect(uniqApprox.bytes(state)).toBeLessThan(100_000);
  });
});

describe('uniq_approx', () => {
  it('has a standard error of less than 1 % over many sets', () => {
    let squares = 0;
    const sets = 60;
    for (let set = 0; set < sets; set++) {
      const state = stateOf(1);
      add(
        state,
        range(30_000, (value) => set * 1_000_003 + value),
      );
      squares += ((scalarAt(uniqApprox.finish(state, 1), 0) as number) / 30_000 - 1) ** 2;
    }
    expect(Math.sqrt(squares / sets)).toBeLessThan(0.01);
  });

  it('gives the same registers in whatever parts values come, some groups small and some large', () => {
    const sizes = [5, 900, 1030, 5000, 0];
    const whole = stateOf(5);
    const parts = [stateOf(5), stateOf(5), stateOf(5)];
    sizes.forEach((size, group) => {
      const values = range(size, (value) => value * 31 + group);
      add(whole, values, group);
      parts.forEach((part, index) => add(part, values.slice((index * size) / 4, size / 2 + (index * size) / 4), group));
    });
    const wanted = uniqApprox.finish(whole, 5);
    for (const order of [parts, [...parts].reverse()]) {
      const into = stateOf(5);
      for (const part of order) {
        uniqApprox.seal!(part);
        uniqApprox.merge(into, structuredClone(part), Uint32Array.of(0, 1, 2, 3, 4));
      }
      expect(uniqApprox.finish(into, 5)).toEqual(wanted);
    }
  });

  it('takes little for many small groups', () => {
    const groups = 50_000;
    const state = stateOf(groups);
    const length = 200_000;
    const values = Float64Array.from({ length }, (_, row) => row);
    const own = Uint32Array.from({ length }, (_, row) => row % groups);
    uniqApprox.update(state, [{ kind: 'number', length, values, nulls: null }], own, null, length);
    expect(uniqApprox.bytes(state) / groups).toBeLessThan(100);
    expect(new Set((uniqApprox.finish(state, groups) as { values: Float64Array }).values)).toEqual(new Set([4]));
  });
});
