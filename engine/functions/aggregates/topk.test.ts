import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../column/types.ts';
import type { Scalar } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import { topk } from './topk.ts';

function top(values: readonly Scalar[], most: number, type: ColumnType): Scalar {
  const state = topk.newState([{ type }, { type: 'int', constant: most }]);
  topk.grow(state, 1);
  topk.update(state, [valuesFromScalars(values)], null, null, values.length);
  return scalarAt(topk.finish(state, 1), 0);
}

describe('topk', () => {
  it('counts exactly, ties by value ascending', () => {
    expect(top(['b', 'a', 'c', 'a', 'b', null], 2, 'text')).toEqual([
      { value: 'a', count: 2 },
      { value: 'b', count: 2 },
    ]);
    expect(top([3, 1, 2], 5, 'int')).toEqual([1, 2, 3].map((value) => ({ value, count: 1 })));
    expect(top([true, false, true], 1, 'bool')).toEqual([{ value: true, count: 2 }]);
    expect(top([['a'], ['a', 'b'], ['a']], 1, 'list of text')).toEqual([{ value: ['a'], count: 2 }]);
  });

  it('tells wide ints apart, and NaN and 0 as the language does', () => {
    expect(top([2n ** 60n, 2n ** 60n + 1n, 2n ** 60n], 3, 'int')).toEqual([
      { value: 2n ** 60n, count: 2 },
      { value: 2n ** 60n + 1n, count: 1 },
    ]);
    expect(top([NaN, 0.5, NaN, -0, 0], 3, 'float')).toEqual([
      { value: 0, count: 2 },
      { value: NaN, count: 2 },
      { value: 0.5, count: 1 },
    ]);
  });

  it('is null where nothing was, and says its fields', () => {
    expect(top([null, null], 2, 'text')).toBeNull();
    expect(topk.signature([{ type: 'time' }, { type: 'int', constant: 2 }])).toEqual({
      type: 'list of {value: time, count: int}',
    });
    for (const constant of [0, 1.5, -1, 10_001, 'a', null, undefined])
      expect(topk.signature([{ type: 'text' }, { type: 'int', constant }])).toHaveProperty('error');
  });

  it('finds the few among very many', () => {
    const values = Array.from({ length: 30_000 }, (_, row) => `v${row % 29_990}`);
    const wanted = Array.from({ length: 10 }, (_, value) => `v${value}`).sort();
    expect((top(values, 10, 'text') as { value: string }[]).map(({ value }) => value)).toEqual(wanted);
  });

  it('answers for the first groups alone, where there is one behind them', () => {
    const state = topk.newState([{ type: 'int' }, { type: 'int', constant: 1 }]);
    topk.grow(state, 2);
    topk.update(state, [valuesFromScalars([5, 6, 6])], Uint32Array.of(0, 1, 1), null, 3);
    const answer = topk.finish(state, 1);
    expect(answer.length).toBe(1);
    expect(scalarAt(answer, 0)).toEqual([{ value: 5, count: 1 }]);
  });

  it('merges the groups of the map alone, where there is one behind them', () => {
    const [into, from] = [1, 2].map((groups) => {
      const state = topk.newState([{ type: 'int' }, { type: 'int', constant: 2 }]);
      topk.grow(state, groups);
      return state;
    }) as [ReturnType<typeof topk.newState>, ReturnType<typeof topk.newState>];
    topk.update(from, [valuesFromScalars([5, 6, 6])], Uint32Array.of(0, 1, 1), null, 3);
    topk.merge(into, from, Uint32Array.of(0));
    expect(scalarAt(topk.finish(into, 1), 0)).toEqual([{ value: 5, count: 1 }]);
  });
});
