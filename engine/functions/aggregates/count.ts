import type { Nulls, Values } from '../../column/values.ts';
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
    if (arg?.kind === 'null') return;
    const nulls = arg === undefined ? null : nullsOfValues(arg);
    if (groups === null) state.counts[0] += countRows(nulls, rows, rowCount);
    else if (nulls === null && rows === null) countGroups(state.counts, groups, rowCount);
    else countSome(state.counts, groups, nulls, rows, rowCount);
  },
  kernels: {
    part: null,
    add(state, groups, { counts }) {
      for (let i = 0; i < groups.length; i++) state.counts[groups[i]] += counts[i];
    },
  },
  updateRuns(state, groups, lengths) {
    for (let run = 0; run < groups.length; run++) state.counts[groups[run]] += lengths[run];
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

/** @returns a byte a row, 1 = null, or null where no row is; the values are not of kind null. */
function nullsOfValues(values: Values): Nulls {
  return values.kind === 'null' ? null : values.nulls;
}

function countRows(nulls: Nulls, rows: Uint32Array | null, rowCount: number): number {
  let total = rows === null ? rowCount : rows.length;
  if (nulls === null) return total;
  if (rows === null) for (let row = 0; row < rowCount; row++) total -= nulls[row];
  else for (let i = 0; i < rows.length; i++) total -= nulls[rows[i]];
  return total;
}

function countGroups(counts: Float64Array, groups: Uint32Array, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) counts[groups[row]]++;
}

function countSome(
  counts: Float64Array,
  groups: Uint32Array,
  nulls: Nulls,
  rows: Uint32Array | null,
  rowCount: number,
): void {
  const total = rows === null ? rowCount : rows.length;
  for (let i = 0; i < total; i++) {
    const row = rows === null ? i : rows[i];
    if (nulls === null || nulls[row] === 0) counts[groups[row]]++;
  }
}

/** @returns an array of at least `length` elements that begins with these; the rest is zero. */
export function grown<T extends Float64Array | Uint8Array | Uint32Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => T)(Math.max(length, array.length * 2));
  larger.set(array as never);
  return larger;
}
