import type { Values } from '../../column/values.ts';
import type { ActorAggregate, Aggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';
import {
  addKey,
  comesAgain,
  addKeys,
  addPieces,
  bytesOfSpread,
  countKeys,
  entriesOf,
  flushKeys,
  joinPieces,
  newSpreadKeys,
  type SpreadKeys,
} from './spread-keys.ts';
import { uniqActors } from './uniq-actors.ts';
import { keyOf, keysOfTexts, setFloat, setInt, words } from './value-key.ts';

/**
 * The pairs (group, 64-bit key) that were met: in an open-addressing table while they are few, then spread by their hash.
 * The key stands for the value: a number itself, the hash of any other value's text (two of a hundred million texts share
 * a 64-bit hash with a chance of 1 in 3,000).
 */
export interface UniqState extends AggregateState {
  /** Of the table; of spread keys once those are counted. */
  counts: Float64Array;
  /** Three words an entry: group + 1 (0 = free), low, high. */
  table: Uint32Array;
  entries: number;
  /** Not null once there are many. */
  spread: SpreadKeys | null;
  counted: boolean;
  /** Whether numbers are ints, which are told apart to 64 bits. */
  readonly ints: boolean;
  /** How often one was looked for while they were few. */
  tried: number;
  /** While updating: which (group, code) of a text column are in already, `seenSpan` bits a group. */
  seen: Uint8Array;
  seenSpan: number;
}

/** Bits kept of the pairs (group, code) that are in already: 4 MiB. */
const seenBitsMax = 33_554_432;
/** Entries of a table: with 12 bytes each and room between them it stays in a core's second cache. */
const tableEntriesMax = 32_768;
/** From so many on a table says whether keys come again. */
const tableEntriesMin = 2048;
/** Keys that are looked for less often than this each are mostly distinct. */
const triesPerKey = 1.1;
/** Entries of pieces that are not joined yet: 8 MiB of a task, 256 MiB of all. */
const taskEntriesMax = 1_048_576;
const mergedEntriesMax = 33_554_432;

export const uniq: Aggregate<UniqState> = {
  name: 'uniq',
  summary: 'exact number of distinct values that are not null',
  example: 'select uniq(actor) from events',
  scaling: 'keeps',
  emptyIsZero: true,
  signature: (args) => (args.length === 1 ? { type: 'int' } : { error: `uniq takes 1 argument, not ${args.length}` }),
  ofActors: uniqActors as unknown as ActorAggregate,
  newState: (args) => ({
    groups: 0,
    counts: new Float64Array(0),
    table: new Uint32Array(3 * 64),
    entries: 0,
    spread: null,
    counted: false,
    ints: args[0]?.type === 'int',
    tried: 0,
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
    const wide = arg!.kind === 'bigint' && state.ints ? wordsOf(arg!.values) : null;
    if (groups === null && rows === null && arg!.nulls === null && addWords(state, arg!)) return;
    for (let i = 0; i < total; i++) {
      const row = rows === null ? i : rows[i];
      if (arg!.nulls !== null && arg!.nulls[row] === 1) continue;
      const group = groups === null ? 0 : groups[row];
      if (keys !== null && arg!.kind === 'coded') {
        const code = arg!.codes[row];
        insert(state, group, keys[2 * code], keys[2 * code + 1]);
      } else if (wide !== null) insert(state, group, wide[2 * row], wide[2 * row + 1]);
      else {
        if (arg!.kind !== 'number') keyOf(arg!, row, state.ints);
        else if (state.ints) setInt(arg!.values[row]);
        else setFloat(arg!.values[row]);
        insert(state, group, words[0], words[1]);
      }
    }
    joinMany(state);
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
    joinMany(state);
  },
  seal(state) {
    state.seen = new Uint8Array(0);
    state.seenSpan = 0;
    if (state.spread === null) return;
    flushKeys(state.spread);
    state.spread.mostEntries = 0;
    joinMany(state, 0);
    // What is sent has no use for the room that keys are collected in.
    state.spread = { ...state.spread, words: new Uint32Array(0), groups: new Uint32Array(0) };
  },
  merge(into, from, groupMap) {
    into.counted = false;
    if (from.spread !== null) {
      into.spread ??= spreadTable(into);
      addPieces(into.spread, from.spread, groupMap);
    }
    for (let at = 0; at < from.table.length; at += 3) {
      if (from.table[at] !== 0) insert(into, groupMap[from.table[at] - 1], from.table[at + 1], from.table[at + 2]);
    }
  },
  *settle(state, whole) {
    const { spread } = state;
    if (spread === null) return;
    if (entriesOf(spread) > Math.max(mergedEntriesMax, spread.mostEntries)) {
      if (comesAgain(spread)) yield* joinPieces(spread);
      spread.mostEntries = 2 * entriesOf(spread);
    }
    if (!whole || state.counted) return;
    yield* countKeys(spread, state.counts);
    state.counted = true;
  },
  finish(state, groupCount) {
    if (state.spread !== null && !state.counted) {
      doAtOnce(countKeys(state.spread, state.counts));
      state.counted = true;
    }
    return { kind: 'number', length: groupCount, values: state.counts.slice(0, groupCount), nulls: null };
  },
  bytes: (state) =>
    state.counts.byteLength +
    state.table.byteLength +
    state.seen.byteLength +
    (state.spread === null ? 0 : bytesOfSpread(state.spread)),
};

/** @returns wide ints as they lie: low word, high word. */
function wordsOf({ buffer, byteOffset, length }: BigInt64Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, 2 * length);
}

function doAtOnce(steps: Generator<undefined, void, undefined>): void {
  while (steps.next().done !== true);
}

/** Takes all rows of wide ints or floats as they lie. @returns false where keys are not spread, or must be made one by one. */
function addWords(state: UniqState, values: Values): boolean {
  const { spread, ints } = state;
  if (spread === null) return false;
  if (values.kind === 'bigint' && ints) addKeys(spread, wordsOf(values.values));
  else if (values.kind === 'number' && !ints) {
    const floats = new Float64Array(values.length);
    // -0 is 0, and there is one NaN.
    for (let row = 0; row < floats.length; row++) {
      const value = values.values[row];
      floats[row] = value !== value ? NaN : value + 0;
    }
    addKeys(spread, new Uint32Array(floats.buffer));
  } else return false;
  joinMany(state);
  return true;
}

/** Within a task: keys that come again are held once, before they are many and at last. */
function joinMany({ spread }: UniqState, most = taskEntriesMax): void {
  if (spread === null || entriesOf(spread) <= Math.max(most, spread.mostEntries)) return;
  if (comesAgain(spread)) doAtOnce(joinPieces(spread));
  spread.mostEntries = 2 * entriesOf(spread);
}

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
  if (state.spread !== null) {
    addKey(state.spread, group, low, high);
    return;
  }
  state.tried++;
  if ((state.entries + 1) * 6 > state.table.length) enlarge(state);
  if (place(state.table, group + 1, low, high)) {
    state.entries++;
    state.counts[group]++;
    const { entries } = state;
    if (entries > tableEntriesMax || (entries > tableEntriesMin && state.tried < triesPerKey * entries))
      state.spread = spreadTable(state);
  }
}

/** Spreads what the table holds, and leaves it empty. */
function spreadTable(state: UniqState): SpreadKeys {
  const { table } = state;
  const spread = newSpreadKeys();
  for (let at = 0; at < table.length; at += 3)
    if (table[at] !== 0) addKey(spread, table[at] - 1, table[at + 1], table[at + 2]);
  state.table = new Uint32Array(0);
  state.entries = 0;
  return spread;
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
