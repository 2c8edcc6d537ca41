import { expect, it } from 'vitest';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import type { Expr } from '../plan/expr.ts';
import type { Measure } from '../plan/select.ts';
import { isRepeated, newMeasureStates, type MeasureKind } from './measure-state.ts';

function measure(name: string, column: string, at: number, filter: Expr | null = null): Measure {
  const arg: Expr = { kind: 'column', name: column, type: 'int', span: { start: at, end: at + 1 } };
  return { name, args: [arg], filter, type: 'float', emptyIsZero: false };
}

it('quantiles of one argument under one filter share a state, wherever they stand in the text', () => {
  const flag: Expr = { kind: 'column', name: 'flag', type: 'bool' };
  const measures = [
    measure('p50', 'x', 7),
    measure('sum', 'x', 15),
    measure('p95', 'x', 23),
    measure('median', 'y', 31),
    measure('p99', 'x', 39, flag),
    measure('p90', 'x', 47),
    measure('sum', 'x', 55),
  ];
  const kinds = measures.map(({ name }): MeasureKind => ({ kind: 'values', aggregate: aggregateFunctions.get(name)! }));
  const states = newMeasureStates(kinds, measures);
  expect(measures.map((_, index) => states.indexOf(states[index]!))).toEqual([0, 1, 0, 3, 4, 0, 6]);
  expect(measures.map((_, index) => isRepeated(states, index))).toEqual([
    false,
    false,
    true,
    false,
    false,
    true,
    false,
  ]);
  // As a message between threads they still are one.
  const sent = structuredClone(states);
  expect(sent.indexOf(sent[5]!)).toBe(0);
});
