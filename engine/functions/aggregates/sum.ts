import { VarveError } from '../../base/errors.ts';
import type { Nulls, Values } from '../../column/values.ts';
import { isNullAt } from '../access.ts';
import { checkArguments, isNumber } from '../signature.ts';
import type { Aggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';

/** `sums` is exact while below 2^53; what would leave that is carried to `carries`, by group. */
export interface SumState extends AggregateState {
  readonly exact: boolean;
  sums: Float64Array;
  counts: Float64Array;
  readonly carries: Map<number, bigint>;
}

const safe = Number.MAX_SAFE_INTEGER;

export const sum: Aggregate<SumState> = {
  name: 'sum',
  summary: 'sum; of ints exact to 64 bits',
  example: 'select sum(1) from events',
  scaling: 'scales',
  emptyIsZero: false,
  signature: (args) => {
    const checked = checkArguments('sum', args, [isNumber], 'float');
    return 'type' in checked && args[0]!.type !== 'float' ? { type: 'int' } : checked;
  },
  newState: ([arg]) => ({
    groups: 0,
    exact: arg!.type !== 'float',
    sums: new Float64Array(0),
    counts: new Float64Array(0),
    carries: new Map(),
  }),
  grow(state, groups) {
    state.sums = grown(state.sums, groups);
    state.counts = grown(state.counts, groups);
    state.groups = groups;
  },
  update: addRows,
  kernels: {
    part: 'sum',
    add(state, groups, { counts, numbers }) {
      for (let i = 0; i < groups.length; i++) {
        if (counts[i] === 0) continue;
        state.counts[groups[i]] += counts[i];
        addNumber(state, groups[i], numbers[i]);
      }
    },
  },
  merge(into, from, groupMap) {
    for (let group = 0; group < groupMap.length; group++) {
      addNumber(into, groupMap[group], from.sums[group]);
      into.counts[groupMap[group]] += from.counts[group];
      const carry = from.carries.get(group);
      if (carry !== undefined) addCarry(into, groupMap[group], carry);
    }
  },
  finish(state, groupCount) {
    const nulls = new Uint8Array(groupCount);
    for (let group = 0; group < groupCount; group++) nulls[group] = state.counts[group] === 0 ? 1 : 0;
    if (!state.exact || state.carries.size === 0)
      return { kind: 'number', length: groupCount, values: state.sums.slice(0, groupCount), nulls };
    const values = new BigInt64Array(groupCount);
    for (let group = 0; group < groupCount; group++)
      values[group] = checked(BigInt(state.sums[group]) + (state.carries.get(group) ?? 0n));
    return { kind: 'bigint', length: groupCount, values, nulls };
  },
  bytes: (state) => state.sums.byteLength + state.counts.byteLength + state.carries.size * 32,
};

function checked(total: bigint): bigint {
  if (total >= -(2n ** 63n) && total < 2n ** 63n) return total;
  throw new VarveError('type', `A sum of ints leaves 64 bits: ${total}.`, { hint: 'Write sum(x::float).' });
}

/** Adds rows to the sums of their groups; also what avg does. */
export function addRows(
  state: SumState,
  [arg]: readonly Values[],
  groups: Uint32Array | null,
  rows: Uint32Array | null,
  rowCount: number,
): void {
  if (arg!.kind === 'number') {
    addFloats(state, arg!.values, arg!.nulls, groups, rows, rowCount);
    return;
  }
  if (arg!.kind !== 'bigint') return;
  const total = rows === null ? rowCount : rows.length;
  for (let i = 0; i < total; i++) {
    const row = rows === null ? i : rows[i];
    if (isNullAt(arg!, row)) continue;
    const group = groups === null ? 0 : groups[row];
    state.counts[group]++;
    if (state.exact) addCarry(state, group, arg!.values[row]);
    else state.sums[group] += Number(arg!.values[row]);
  }
}

function addFloats(
  state: SumState,
  values: Float64Array,
  nulls: Nulls,
  groups: Uint32Array | null,
  rows: Uint32Array | null,
  rowCount: number,
): void {
  const { sums, counts } = state;
  // A sum of floats is never carried; one of ints is, before it loses its last digit.
  const most = state.exact ? safe : Infinity;
  const total = rows === null ? rowCount : rows.length;
  for (let i = 0; i < total; i++) {
    const row = rows === null ? i : rows[i];
    if (nulls !== null && nulls[row] === 1) continue;
    const group = groups === null ? 0 : groups[row];
    const next = sums[group] + values[row];
    counts[group]++;
    if (next > most || next < -most) addNumber(state, group, values[row]);
    else sums[group] = next;
  }
}

function addNumber(state: SumState, group: number, value: number): void {
  const next = state.sums[group] + value;
  if (!state.exact || (next <= safe && next >= -safe)) state.sums[group] = next;
  else {
    addCarry(state, group, BigInt(state.sums[group]));
    state.sums[group] = value;
  }
}

function addCarry(state: SumState, group: number, value: bigint): void {
  state.carries.set(group, (state.carries.get(group) ?? 0n) + value);
}
