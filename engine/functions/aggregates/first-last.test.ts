import { expect, it } from 'vitest';
import type { ColumnType } from '../../column/types.ts';
import type { Scalar, Values } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import type { Aggregate } from './aggregate.ts';
import { first, last, type ChosenState } from './first-last.ts';

function numbers(values: readonly number[]): Values {
  return { kind: 'number', length: values.length, values: Float64Array.from(values), nulls: null };
}

/** Rows in stored order: of equal times the earlier row is the earlier stored. */
function of(
  aggregate: Aggregate<ChosenState>,
  values: readonly Scalar[],
  times: readonly number[],
  type: ColumnType,
): Scalar {
  const state = aggregate.newState([{ type }]);
  aggregate.grow(state, 1);
  const zero = numbers(times.map(() => 0));
  const args = [valuesFromScalars(values), numbers(times), zero, zero, zero, numbers(times.map((_, row) => row))];
  aggregate.update(state, args, null, null, values.length);
  return scalarAt(aggregate.finish(state, 1), 0);
}

it('first and last go by time, of one time both take the earliest stored', () => {
  expect(of(first, ['b', 'a', 'c'], [5, 5, 9], 'text')).toBe('b');
  expect(of(last, ['b', 'a', 'c', 'd'], [5, 9, 9, 1], 'text')).toBe('a');
});

it('first and last pass over nulls, and hold values of every type', () => {
  expect(of(first, [null, 2, 3], [1, 2, 3], 'int')).toBe(2);
  expect(of(last, [1, 2, null], [1, 2, 3], 'int')).toBe(2);
  expect(of(last, [1, 2n ** 60n], [1, 2], 'int')).toBe(2n ** 60n);
  expect(of(first, [2n ** 60n, 7], [2, 1], 'int')).toBe(7);
  expect(of(first, [false, true], [1, 2], 'bool')).toBe(false);
  expect(of(last, [['a'], ['b', 'c'], []], [1, 3, 2], 'list of text')).toEqual(['b', 'c']);
  expect(of(first, [null], [1], 'text')).toBeNull();
});

it.each(['table', 'upper', 'lower', 'arrival'])('of one time the %s decides', (part) => {
  const state = last.newState([{ type: 'int' }]);
  last.grow(state, 1);
  const zero = numbers([0, 0]);
  const order = numbers([8, 3]);
  const args = ['table', 'upper', 'lower', 'arrival'].map((name) => (name === part ? order : zero));
  last.update(state, [valuesFromScalars([1, 2]), zero, ...args], null, null, 2);
  expect(scalarAt(last.finish(state, 1), 0)).toBe(2);
});
