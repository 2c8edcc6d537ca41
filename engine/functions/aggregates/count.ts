import { isNullAt } from '../access.ts';
import type { Aggregate, AggregateState } from './aggregate.ts';

export interface CountState extends AggregateState {
  counts: Float64Array;
}

export const count: Aggregate<CountState> = {
  name: 'count',
  summary: 'rows; count(x): rows in which x is not null',
  example: 'select count() from events',
  scaling: 'scales',
  emptyIsZero: true,
  signature: (args) =>
    args.length <= 1 ? { type: 'int' } : { error: `count takes at most 1 argument, not ${args.length}` },
  newState: () => ({ groups: 0, counts: new Float64Array(0) }),
  grow(state, groups) {
    state.counts = grown(state.counts, groups);
    state.groups = groups;
  },
  update(state, [arg], groups, rows, rowCount) {
    const { counts } = state;
    const total = rows === null ? rowCount : rows.length;
    if (arg === undefined && groups === null) counts[0] += total;
    else {
      for (let i = 0; i < total; i++) {
        const row = rows === null ? i : rows[i];
        if (arg === undefined || !isNullAt(arg, row)) counts[groups === null ? 0 : groups[row]]++;
      }
    }
  },
  merge(into, from, groupMap) {
    for (let group = 0; group < groupMap.length; group++) into.counts[groupMap[group]] += from.counts[group];
  },
  finish: (state, groupCount) => ({
    kind: 'number',
    length: groupCount,
    values: state.counts.slice(0, groupCount),
    nulls: null,
  }),
  bytes: (state) => state.counts.byteLength,
};

/** @returns an array of at least `length` elements that begins with these; the rest is zero. */
export function grown<T extends Float64Array | Uint8Array | Uint32Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => T)(Math.max(length, array.length * 2));
  larger.set(array as never);
  return larger;
}
