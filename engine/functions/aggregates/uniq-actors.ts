import { NumberTable } from '../../column/number-table.ts';
import type { ActorAggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';

/** Counts of slices that are over, and the pairs (group, slot) that the present one has met. */
export interface UniqActorsState extends AggregateState {
  counts: Float64Array;
  /** `span` bits a group, while these are few. */
  met: Uint8Array;
  span: number;
  /** The pairs as group · span + slot, once the bits would be too many. */
  pairs: NumberTable | null;
}

/** Bits for pairs of (group, slot): 8 MiB. */
const metBitsMax = 67_108_864;
/** The slot of rows that belong to nobody. */
const nobody = 0xffffffff;

export const uniqActors: ActorAggregate<UniqActorsState> = {
  newState: () => ({ groups: 0, counts: new Float64Array(0), met: new Uint8Array(0), span: 0, pairs: null }),
  grow(state, groups) {
    state.counts = grown(state.counts, groups);
    state.groups = groups;
    if (state.span > 0) makeRoom(state);
  },
  startSlice(state, slotCount) {
    state.span = Math.max(1, slotCount);
    state.met.fill(0);
    state.pairs = null;
    makeRoom(state);
  },
  update(state, slots, groups, rows, rowCount) {
    const { pairs } = state;
    if (pairs !== null) insertPairs(state, pairs, slots, groups, rows, rowCount);
    else if (groups !== null && rows === null) countGrouped(state, slots, groups, rowCount);
    else countSome(state, slots, groups, rows, rowCount);
  },
  add(state, counts, groups) {
    for (let group = 0; group < groups; group++) state.counts[group] += counts[group];
  },
  seal(state) {
    state.met = new Uint8Array(0);
    state.span = 0;
    state.pairs = null;
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
  bytes: (state) => state.counts.byteLength + state.met.byteLength + (state.pairs?.bytes ?? 0),
};

function makeRoom(state: UniqActorsState): void {
  if (state.pairs !== null) return;
  const bits = state.groups * state.span;
  if (bits <= metBitsMax) {
    state.met = grown(state.met, (bits >> 3) + 1);
    return;
  }
  state.pairs = new NumberTable();
  for (let at = 0; at < state.met.length; at++) {
    for (let bit = 0; state.met[at] >> bit !== 0; bit++)
      if (((state.met[at] >> bit) & 1) === 1) state.pairs.numberOf(8 * at + bit);
  }
  state.met = new Uint8Array(0);
}

function countGrouped(
  { met, counts, span }: UniqActorsState,
  slots: Uint32Array,
  groups: Uint32Array,
  rowCount: number,
): void {
  for (let row = 0; row < rowCount; row++) {
    const slot = slots[row];
    if (slot === nobody) continue;
    const bit = groups[row] * span + slot;
    const mask = 1 << (bit & 7);
    const known = met[bit >> 3];
    if ((known & mask) !== 0) continue;
    met[bit >> 3] = known | mask;
    counts[groups[row]]++;
  }
}

function countSome(
  { met, counts, span }: UniqActorsState,
  slots: Uint32Array,
  groups: Uint32Array | null,
  rows: Uint32Array | null,
  rowCount: number,
): void {
  const total = rows === null ? rowCount : rows.length;
  for (let i = 0; i < total; i++) {
    const row = rows === null ? i : rows[i];
    const slot = slots[row];
    if (slot === nobody) continue;
    const group = groups === null ? 0 : groups[row];
    const bit = group * span + slot;
    const mask = 1 << (bit & 7);
    if ((met[bit >> 3] & mask) !== 0) continue;
    met[bit >> 3] |= mask;
    counts[group]++;
  }
}

function insertPairs(
  { counts, span }: UniqActorsState,
  pairs: NumberTable,
  slots: Uint32Array,
  groups: Uint32Array | null,
  rows: Uint32Array | null,
  rowCount: number,
): void {
  const total = rows === null ? rowCount : rows.length;
  for (let i = 0; i < total; i++) {
    const row = rows === null ? i : rows[i];
    const slot = slots[row];
    if (slot === nobody) continue;
    const group = groups === null ? 0 : groups[row];
    const before = pairs.count;
    if (pairs.numberOf(group * span + slot) === before) counts[group]++;
  }
}
