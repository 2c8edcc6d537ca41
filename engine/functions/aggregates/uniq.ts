import { hash64OfText } from '../../base/hash64.ts';
import type { Values } from '../../column/values.ts';
import { isNullAt, scalarAt } from '../access.ts';
import type { Aggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';

/**
 * An open-addressing set of (group, 64-bit key). The key stands for the value: the bits of a number, the hash of any
 * other value's text (two of a hundred million texts share a 64-bit hash with a chance of 1 in 3,000).
 */
export interface UniqState extends AggregateState {
  counts: Float64Array;
  /** Three words an entry: group + 1 (0 = free), low, high. */
  table: Uint32Array;
  entries: number;
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

export const uniq: Aggregate<UniqState> = {
  name: 'uniq',
  summary: 'exact number of distinct values that are not null',
  example: 'select uniq(actor) from events',
  scaling: 'keeps',
  emptyIsZero: true,
  signature: (args) => (args.length === 1 ? { type: 'int' } : { error: `uniq takes 1 argument, not ${args.length}` }),
  newState: () => ({ groups: 0, counts: new Float64Array(0), table: new Uint32Array(3 * 64), entries: 0 }),
  grow(state, groups) {
    state.counts = grown(state.counts, groups);
    state.groups = groups;
  },
  update(state, [arg], groups, rows, rowCount) {
    const total = rows === null ? rowCount : rows.length;
    const keys = arg!.kind === 'coded' ? keysOfTexts(arg!.texts) : null;
    for (let i = 0; i < total; i++) {
      const row = rows === null ? i : rows[i];
      if (isNullAt(arg!, row)) continue;
      const group = groups === null ? 0 : groups[row];
      if (keys !== null && arg!.kind === 'coded') {
        const code = arg!.codes[row];
        insert(state, group, keys[2 * code], keys[2 * code + 1]);
      } else {
        keyOf(arg!, row);
        insert(state, group, words[0], words[1]);
      }
    }
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
  bytes: (state) => state.counts.byteLength + state.table.byteLength,
};

const textKeys = new WeakMap<readonly string[], Uint32Array>();

/** Hashes of a dictionary's texts, made once: the list of texts is the same object for every block of a source. */
function keysOfTexts(texts: readonly string[]): Uint32Array {
  let keys = textKeys.get(texts);
  if (keys === undefined) {
    keys = new Uint32Array(2 * texts.length);
    for (let code = 0; code < texts.length; code++) {
      const { low, high } = hash64OfText(texts[code]);
      keys[2 * code] = low;
      keys[2 * code + 1] = high;
    }
    textKeys.set(texts, keys);
  }
  return keys;
}

/** Leaves the key of a value in `words`. */
function keyOf(values: Values, row: number): void {
  const value = scalarAt(values, row);
  if (typeof value === 'number') float[0] = Number.isNaN(value) ? NaN : value + 0;
  else if (typeof value === 'bigint') {
    words[0] = Number(value & 0xffffffffn);
    words[1] = Number((value >> 32n) & 0xffffffffn);
  } else {
    const { low, high } = hash64OfText(typeof value === 'string' ? value : JSON.stringify(value));
    words[0] = low;
    words[1] = high;
  }
}

function insert(state: UniqState, group: number, low: number, high: number): void {
  if ((state.entries + 1) * 6 > state.table.length) enlarge(state);
  if (place(state.table, group + 1, low, high)) {
    state.entries++;
    state.counts[group]++;
  }
}

function place(table: Uint32Array, tag: number, low: number, high: number): boolean {
  const slots = table.length / 3;
  let slot = (Math.imul(low ^ Math.imul(high, 0x9e3779b1) ^ Math.imul(tag, 0x85ebca6b), 0xc2b2ae35) >>> 0) % slots;
  for (;;) {
    const at = 3 * slot;
    if (table[at] === 0) {
      table[at] = tag;
      table[at + 1] = low;
      table[at + 2] = high;
      return true;
    }
    if (table[at] === tag && table[at + 1] === low && table[at + 2] === high) return false;
    slot = slot + 1 === slots ? 0 : slot + 1;
  }
}

function enlarge(state: UniqState): void {
  const table = new Uint32Array(state.table.length * 2);
  for (let at = 0; at < state.table.length; at += 3) {
    if (state.table[at] !== 0) place(table, state.table[at], state.table[at + 1], state.table[at + 2]);
  }
  state.table = table;
}
