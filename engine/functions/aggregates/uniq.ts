import type { ActorAggregate, Aggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';
import { uniqActors } from './uniq-actors.ts';
import { keyOf, keysOfTexts, setFloat, words } from './value-key.ts';

/**
 * An open-addressing set of (group, 64-bit key). The key stands for the value: the bits of a number, the hash of any
 * other value's text (two of a hundred million texts share a 64-bit hash with a chance of 1 in 3,000).
 */
export interface UniqState extends AggregateState {
  counts: Float64Array;
  /** Three words an entry: group + 1 (0 = free), low, high. */
  table: Uint32Array;
  entries: number;
  /** While updating: which (group, code) of a text column are in already, `seenSpan` bits a group. */
  seen: Uint8Array;
  seenSpan: number;
}

/** Bits kept of the pairs (group, code) that are in already: 4 MiB. */
const seenBitsMax = 33_554_432;

export const uniq: Aggregate<UniqState> = {
  name: 'uniq',
  summary: 'exact number of distinct values that are not null',
  example: 'select uniq(actor) from events',
  scaling: 'keeps',
  emptyIsZero: true,
  signature: (args) => (args.length === 1 ? { type: 'int' } : { error: `uniq takes 1 argument, not ${args.length}` }),
  ofActors: uniqActors as unknown as ActorAggregate,
  newState: () => ({
    groups: 0,
    counts: new Float64Array(0),
    table: new Uint32Array(3 * 64),
    entries: 0,
    seen: new Uint8Array(0),
    seenSpan: 0,
  }),
  grow(state, groups) {
    state.counts = grown(state.counts, groups);
    state.groups = groups;
  },
  update(state, [arg], groups, rows, rowCount) {
    if (arg!.kind === 'null') return;
    const total = rows === null ? rowCount : rows.length;
    const keys = arg!.kind === 'coded' ? keysOfTexts(arg!.texts) : null;
    for (let i = 0; i < total; i++) {
      const row = rows === null ? i : rows[i];
      if (arg!.nulls !== null && arg!.nulls[row] === 1) continue;
      const group = groups === null ? 0 : groups[row];
      if (keys !== null && arg!.kind === 'coded') {
        const code = arg!.codes[row];
        insert(state, group, keys[2 * code], keys[2 * code + 1]);
      } else {
        if (arg!.kind === 'number') setFloat(arg!.values[row]);
        else keyOf(arg!, row);
        insert(state, group, words[0], words[1]);
      }
    }
  },
  updateTexts(state, texts, groups, rows, rowCount) {
    const { codes, hashes } = texts;
    const span = seenSpanFor(state, texts.count);
    const { seen } = state;
    const total = rows === null ? rowCount : rows.length;
    for (let i = 0; i < total; i++) {
      const row = rows === null ? i : rows[i];
      const code = codes[row];
      if (code === 0) continue;
      const group = groups === null ? 0 : groups[row];
      if (span > 0) {
        const bit = group * span + code;
        if ((seen[bit >> 3] & (1 << (bit & 7))) !== 0) continue;
        seen[bit >> 3] |= 1 << (bit & 7);
      }
      insert(state, group, hashes[2 * code], hashes[2 * code + 1]);
    }
  },
  seal(state) {
    state.seen = new Uint8Array(0);
    state.seenSpan = 0;
  },
  merge(into, from, groupMap) {
    for (let at = 0; at < from.table.length; at += 3) {
      if (from.table[at] !== 0) insert(into, groupMap[from.table[at] - 1], from.table[at + 1], from.table[at + 2]);
    }
  },
  finish: (state, groupCount) => ({
    kind: 'number',
    length: groupCount,
    values: state.counts.slice(0, groupCount),
    nulls: null,
  }),
  bytes: (state) => state.counts.byteLength + state.table.byteLength + state.seen.byteLength,
};

/** Makes room in `seen` for codes up to `count`. @returns the bits a group has, 0 when there would be too many. */
function seenSpanFor(state: UniqState, count: number): number {
  if (count >= state.seenSpan) {
    // Other spans, other places: what was seen is forgotten, and is found in the table again.
    state.seenSpan = Math.max(64, 2 * (count + 1));
    state.seen = new Uint8Array(0);
  }
  const bits = state.groups * state.seenSpan;
  if (bits > seenBitsMax) {
    state.seen = new Uint8Array(0);
    return 0;
  }
  state.seen = grown(state.seen, (bits >> 3) + 1);
  return state.seenSpan;
}

function insert(state: UniqState, group: number, low: number, high: number): void {
  if ((state.entries + 1) * 6 > state.table.length) enlarge(state);
  if (place(state.table, group + 1, low, high)) {
    state.entries++;
    state.counts[group]++;
  }
}

function place(table: Uint32Array, tag: number, low: number, high: number): boolean {
  // 3 · a power of two words: a place is found with a mask.
  const mask = table.length / 3 - 1;
  const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1) ^ Math.imul(tag, 0x85ebca6b), 0xc2b2ae35);
  let slot = (mixed ^ (mixed >>> 15)) & mask;
  for (;;) {
    const at = 3 * slot;
    if (table[at] === 0) {
      table[at] = tag;
      table[at + 1] = low;
      table[at + 2] = high;
      return true;
    }
    if (table[at] === tag && table[at + 1] === low && table[at + 2] === high) return false;
    slot = (slot + 1) & mask;
  }
}

function enlarge(state: UniqState): void {
  const table = new Uint32Array(state.table.length * 2);
  for (let at = 0; at < state.table.length; at += 3) {
    if (state.table[at] !== 0) place(table, state.table[at], state.table[at + 1], state.table[at + 2]);
  }
  state.table = table;
}
