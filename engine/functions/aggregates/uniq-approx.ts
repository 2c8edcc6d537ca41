import type { Aggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';
import { registerCount, sketchEstimate } from './hyper-log-log.ts';
import { keyOf, keysOfTexts, setFloat, words } from './value-key.ts';

/**
 * A HyperLogLog a group. While a group has few values, each is a code in a table that all groups share: 25 bits of its
 * hash, and how many zeros follow them; then the group has registers of its own.
 */
export interface UniqApproxState extends AggregateState {
  /** Codes that a group has in the table. */
  sparse: Uint32Array;
  /** 0, or where the group's registers lie, in units of `registerCount`, + 1. */
  dense: Uint32Array;
  registers: Uint8Array;
  denseCount: number;
  /** Two words an entry: group + 1 (0 = free), code. */
  table: Uint32Array;
  entries: number;
}

/** A group of more codes takes registers: its part of the table has then become as large. */
const sparseMax = 1024;

export const uniqApprox: Aggregate<UniqApproxState> = {
  name: 'uniq_approx',
  summary: 'about how many distinct values: HyperLogLog, standard error 0.8 %, small and quick for millions of them',
  example: 'select uniq_approx(actor) from events',
  scaling: 'keeps',
  emptyIsZero: true,
  signature: (args) =>
    args.length === 1 ? { type: 'int' } : { error: `uniq_approx takes 1 argument, not ${args.length}` },
  isApproximate: (state) => state.entries > 0 || state.denseCount > 0,
  newState: () => ({
    groups: 0,
    sparse: new Uint32Array(0),
    dense: new Uint32Array(0),
    registers: new Uint8Array(0),
    denseCount: 0,
    table: new Uint32Array(2 * 64),
    entries: 0,
  }),
  grow(state, groups) {
    state.sparse = grown(state.sparse, groups);
    state.dense = grown(state.dense, groups);
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
        addHash(state, group, keys[2 * code], keys[2 * code + 1]);
        continue;
      }
      if (arg!.kind === 'number') setFloat(arg!.values[row]);
      else keyOf(arg!, row);
      addMixed(state, group, words[0], words[1]);
    }
  },
  updateTexts(state, { codes, hashes }, groups, rows, rowCount) {
    const total = rows === null ? rowCount : rows.length;
    for (let i = 0; i < total; i++) {
      const row = rows === null ? i : rows[i];
      const code = codes[row];
      if (code !== 0) addHash(state, groups === null ? 0 : groups[row], hashes[2 * code], hashes[2 * code + 1]);
    }
  },
  seal(state) {
    dropDense(state);
    state.registers = state.registers.slice(0, state.denseCount * registerCount);
  },
  merge(into, from, groupMap) {
    for (let group = 0; group < groupMap.length; group++) {
      if (from.dense[group] === 0) continue;
      const target = registersOf(into, groupMap[group]);
      const source = (from.dense[group] - 1) * registerCount;
      for (let at = 0; at < registerCount; at++) {
        const rank = from.registers[source + at];
        if (rank > into.registers[target + at]) into.registers[target + at] = rank;
      }
    }
    for (let at = 0; at < from.table.length; at += 2)
      if (from.table[at] !== 0) addCode(into, groupMap[from.table[at] - 1], from.table[at + 1]);
  },
  finish(state, groupCount) {
    dropDense(state);
    const values = new Float64Array(groupCount);
    for (let group = 0; group < groupCount; group++) {
      const dense = state.dense[group];
      values[group] =
        dense === 0 ? state.sparse[group] : Math.round(sketchEstimate(state.registers, (dense - 1) * registerCount));
    }
    return { kind: 'number', length: groupCount, values, nulls: null };
  },
  bytes: (state) =>
    state.sparse.byteLength + state.dense.byteLength + state.registers.byteLength + state.table.byteLength,
};

/** A text's hash is mixed already, those of other texts share nothing with it; a number's bits do. */
function addMixed(state: UniqApproxState, group: number, low: number, high: number): void {
  const first = mix(low ^ mix(high ^ 0x5bd1e995));
  addHash(state, group, mix(high ^ first), first);
}

/** The last step of MurmurHash3 (public domain): each bit in moves each bit out. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function addHash(state: UniqApproxState, group: number, low: number, high: number): void {
  // The upper 25 bits, and the place of the first 1 among the other 39.
  const rest = high & 0x7f;
  const rank = rest === 0 ? 8 + Math.clz32(low) : Math.clz32(rest) - 24;
  addCode(state, group, ((high >>> 7) * 64 + rank) >>> 0);
}

function addCode(state: UniqApproxState, group: number, code: number): void {
  const dense = state.dense[group];
  if (dense !== 0) {
    setRegister(state.registers, (dense - 1) * registerCount, code);
    return;
  }
  if (isFull(state.table, state.entries + 1)) rebuild(state);
  if (!place(state.table, group + 1, code)) return;
  state.entries++;
  if (++state.sparse[group] > sparseMax) registersOf(state, group);
}

/** Of a code's 25 bits 14 choose the register; the other 11 begin what the rank is counted in. */
function setRegister(registers: Uint8Array, from: number, code: number): void {
  const bits = code >>> 6;
  const rest = bits & 0x7ff;
  const rank = rest === 0 ? 11 + (code & 63) : Math.clz32(rest) - 20;
  const at = from + (bits >>> 11);
  if (rank > registers[at]) registers[at] = rank;
}

/** @returns where the group's registers begin; it gets them where it has none, its codes follow when the table is next walked. */
function registersOf(state: UniqApproxState, group: number): number {
  if (state.dense[group] === 0) {
    state.registers = grown(state.registers, (state.denseCount + 1) * registerCount);
    state.dense[group] = ++state.denseCount;
  }
  return (state.dense[group] - 1) * registerCount;
}

/** Moves codes of groups that have registers into these. */
function dropDense(state: UniqApproxState): void {
  for (let at = 0; at < state.table.length; at += 2) {
    if (state.table[at] !== 0 && state.dense[state.table[at] - 1] !== 0) {
      rebuild(state);
      return;
    }
  }
}

function rebuild(state: UniqApproxState): void {
  const { table: old, dense } = state;
  let kept = 0;
  for (let at = 0; at < old.length; at += 2) {
    if (old[at] === 0) continue;
    const own = dense[old[at] - 1];
    if (own === 0) kept++;
    else setRegister(state.registers, (own - 1) * registerCount, old[at + 1]);
  }
  let table = new Uint32Array(2 * 64);
  while (isFull(table, kept + 1)) table = new Uint32Array(2 * table.length);
  for (let at = 0; at < old.length; at += 2)
    if (old[at] !== 0 && dense[old[at] - 1] === 0) place(table, old[at], old[at + 1]);
  state.table = table;
  state.entries = kept;
}

/** Whether more than 7 of 10 places would be taken. */
function isFull(table: Uint32Array, entries: number): boolean {
  return 20 * entries > 7 * table.length;
}

function place(table: Uint32Array, tag: number, code: number): boolean {
  const mask = table.length / 2 - 1;
  let slot = mix(code ^ Math.imul(tag, 0x9e3779b1)) & mask;
  for (;;) {
    const at = 2 * slot;
    if (table[at] === 0) {
      table[at] = tag;
      table[at + 1] = code;
      return true;
    }
    if (table[at] === tag && table[at + 1] === code) return false;
    slot = (slot + 1) & mask;
  }
}
