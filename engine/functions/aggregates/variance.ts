import type { Nulls, Values } from '../../column/values.ts';
import { checkArguments, isNumber } from '../signature.ts';
import type { Aggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';

/** Count, mean, and sum of squared distances from the mean, a group. */
export interface VarianceState extends AggregateState {
  counts: Float64Array;
  means: Float64Array;
  squares: Float64Array;
}

/**
 * Rows one by one after Welford, states after Chan, Golub and LeVeque ("Updating formulae and a pairwise algorithm for
 * computing sample variances", 1979): nothing cancels out where values are large and close together.
 */
function spread(
  name: string,
  summary: string,
  of: (squares: number, count: number) => number,
): Aggregate<VarianceState> {
  return {
    name,
    summary,
    example: `select ${name}(length(event)) from events`,
    scaling: 'keeps',
    emptyIsZero: false,
    signature: (args) => checkArguments(name, args, [isNumber], 'float'),
    newState: () => ({
      groups: 0,
      counts: new Float64Array(0),
      means: new Float64Array(0),
      squares: new Float64Array(0),
    }),
    grow(state, groups) {
      state.counts = grown(state.counts, groups);
      state.means = grown(state.means, groups);
      state.squares = grown(state.squares, groups);
      state.groups = groups;
    },
    update(state, [arg], groups, rows, rowCount) {
      const numbers = numbersOf(arg!);
      if (numbers !== null) addRows(state, numbers.values, numbers.nulls, groups, rows, rowCount);
    },
    kernels: {
      part: 'spread',
      add(state, groups, { numbers }) {
        for (let i = 0; i < groups.length; i++)
          addSpread(state, groups[i], numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]);
      },
    },
    merge(into, from, groupMap) {
      for (let group = 0; group < groupMap.length; group++)
        addSpread(into, groupMap[group], from.counts[group], from.means[group], from.squares[group]);
    },
    finish(state, groupCount) {
      const values = new Float64Array(groupCount);
      const nulls = new Uint8Array(groupCount);
      for (let group = 0; group < groupCount; group++) {
        if (state.counts[group] < 2) nulls[group] = 1;
        else values[group] = of(state.squares[group], state.counts[group]);
      }
      return { kind: 'number', length: groupCount, values, nulls };
    },
    bytes: (state) => state.counts.byteLength + state.means.byteLength + state.squares.byteLength,
  };
}

function addSpread(into: VarianceState, group: number, count: number, mean: number, squares: number): void {
  if (count === 0) return;
  const before = into.counts[group];
  const distance = mean - into.means[group];
  const both = before + count;
  into.counts[group] = both;
  into.means[group] = before === 0 ? mean : into.means[group] + (distance * count) / both;
  into.squares[group] += squares + (before === 0 ? 0 : distance * distance * ((before * count) / both));
}

function numbersOf(arg: Values): { readonly values: Float64Array; readonly nulls: Nulls } | null {
  if (arg.kind === 'number') return arg;
  return arg.kind === 'bigint' ? { values: Float64Array.from(arg.values, Number), nulls: arg.nulls } : null;
}

function addRows(
  { counts, means, squares }: VarianceState,
  values: Float64Array,
  nulls: Nulls,
  groups: Uint32Array | null,
  rows: Uint32Array | null,
  rowCount: number,
): void {
  const total = rows === null ? rowCount : rows.length;
  for (let i = 0; i < total; i++) {
    const row = rows === null ? i : rows[i];
    if (nulls !== null && nulls[row] === 1) continue;
    const group = groups === null ? 0 : groups[row];
    const value = values[row];
    const distance = value - means[group];
    const count = ++counts[group];
    const mean = means[group] + distance / count;
    means[group] = mean;
    squares[group] += distance * (value - mean);
  }
}

export const variance = spread(
  'variance',
  'sample variance: squared distances from the mean over count - 1; null for fewer than two values',
  (squares, count) => squares / (count - 1),
);
export const stddev = spread('stddev', 'sample standard deviation; null for fewer than two values', (squares, count) =>
  Math.sqrt(squares / (count - 1)),
);
