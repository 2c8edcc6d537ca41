import type { Found, PartKind } from '../../functions/aggregates/kernel-form.ts';
import type { Pointer } from '../../kernels/kernels.ts';
import type { Arena } from '../arena.ts';
import type { BlockView } from '../block-view.ts';
import type { DenseInput, DensePlan } from './dense-plan.ts';
import type { LocalKey, LocalKeyOf } from './local-codes.ts';
import type { Room } from './room.ts';
import type { SelectedValues } from './selected-values.ts';

/** Combinations of local codes that have states: some megabytes a number of each. */
const combinationsMax = 524_288;
/** So many at least, and for each row of the first view: a table that few rows go into is not worth its room. */
const combinationsMin = 4096;
const combinationsPerRow = 8;
/** Tables of up to so many groups are kept four times, for rows that lie together. */
const lanesMax = 2048;
const lanes = 4;
/** Pairs of group and whole number that are counted one by one. */
const pairsMax = 1_048_576;

const partBytes: Readonly<Record<Exclude<PartKind, 'pairs'>, number>> = { sum: 8, least: 8, greatest: 8, spread: 24 };

/** How often each group has each whole number from `first` on. */
interface Pairs {
  readonly first: number;
  readonly range: number;
}

/** What is kept of an input. */
export interface InputState {
  readonly input: DenseInput;
  /** How many values were met, by combination. */
  readonly counts: Pointer;
  /** Whether they are fewer than rows: until then, nothing is counted. */
  apart: boolean;
  readonly parts: ReadonlyMap<PartKind, Pointer>;
  readonly pairs: Pairs | null;
  /** What the sum of any group is within. */
  most: number;
}

/** States of the combinations of local codes of one source, in one task. */
export interface DenseSpace {
  readonly keys: readonly LocalKey[];
  readonly size: number;
  /** How often the tables are kept: entries from one to the next, 0 = once. */
  readonly stride: number;
  readonly rows: Pointer;
  readonly inputs: readonly InputState[];
  /** The group of each combination that rows were asked of, plus 1; 0 = none so far. */
  readonly groups: Pointer;
  /** Whether any was asked for: until then `groups` holds anything. */
  asked: boolean;
}

/**
 * @returns the states for a view's source, without any row; null where there would be too many, or a key has no local
 * codes there.
 */
export function openSpace(
  keysOf: readonly LocalKeyOf[],
  plan: DensePlan,
  view: BlockView,
  room: Room,
  arena: Arena,
): DenseSpace | 'no room' | null {
  const mark = room.used;
  const most = Math.min(combinationsMax, combinationsMin + combinationsPerRow * view.length);
  const keys: LocalKey[] = [];
  let size = 1;
  for (const keyOf of keysOf) {
    const key = keyOf(view, most / size, room, arena);
    if (key === null || key === 'no room') {
      room.release(mark);
      return key;
    }
    keys.push(key);
    size *= key.size;
  }
  const space = statesOf(keys, size, plan, view, room, arena);
  if (space === null) room.release(mark);
  return space ?? 'no room';
}

function statesOf(
  keys: readonly LocalKey[],
  size: number,
  plan: DensePlan,
  view: BlockView,
  room: Room,
  arena: Arena,
): DenseSpace | null {
  const stride = size <= lanesMax ? size : 0;
  const entries = stride === 0 ? size : lanes * size;
  const rows = zeros(room, arena, 4 * entries);
  const groups = room.take(4 * size);
  if (rows === null || groups === null) return null;
  const inputs: InputState[] = [];
  for (const input of plan.inputs) {
    const state = openInput(input, view, size, stride, room, arena);
    if (state === null) return null;
    inputs.push(state);
  }
  return { keys, size, stride, rows, inputs, groups, asked: false };
}

function zeros(room: Room, { memory }: Arena, bytes: number): Pointer | null {
  const at = room.take(bytes);
  if (at !== null) new Uint8Array(memory.buffer, at, bytes).fill(0);
  return at;
}

function openInput(
  input: DenseInput,
  view: BlockView,
  size: number,
  stride: number,
  room: Room,
  arena: Arena,
): InputState | null {
  const parts = new Map<PartKind, Pointer>();
  let pairs: Pairs | null = null;
  for (const part of input.parts) {
    if (part === 'pairs') pairs = pairsOf(input, view, size);
    if (part === 'pairs' && pairs === null) continue;
    const entries = part === 'sum' && stride > 0 ? lanes * size : size;
    const bytes = part === 'pairs' ? 4 * size * pairs!.range : partBytes[part] * entries;
    const at = zeros(room, arena, bytes);
    if (at === null) return null;
    if (part === 'least') new Float64Array(arena.memory.buffer, at, size).fill(NaN);
    if (part === 'greatest') new Float64Array(arena.memory.buffer, at, size).fill(-Infinity);
    parts.set(part, at);
  }
  const counts = room.take(4 * (stride > 0 ? lanes * size : size));
  return counts === null ? null : { input, counts, apart: false, parts, pairs, most: 0 };
}

/** @returns the span of a source's whole numbers, where pairs of these and groups are few enough. */
function pairsOf({ column }: DenseInput, { open }: BlockView, size: number): Pairs | null {
  const { source } = open;
  if (column === null || column.type === 'float' || source.columnType(column.name) !== column.type) return null;
  let min = Infinity;
  let max = -Infinity;
  for (let block = 0; block < source.blocks.length; block++) {
    const zone = source.zone(column.name, block);
    if (zone === null || (zone.min === null && zone.nulls < source.blocks[block].rowCount)) return null;
    if (zone.min !== null && zone.min < min) min = zone.min;
    if (zone.max !== null && zone.max > max) max = zone.max;
  }
  if (!(max >= min)) return { first: 0, range: 1 };
  const range = max - min + 1;
  return range * size <= pairsMax ? { first: min, range } : null;
}

/** @returns whether kernels can take these values: no whole number may be lost, or lie outside of what is counted. */
export function takesValues(state: InputState, { count, valueBytes, most }: SelectedValues): boolean {
  const { column, parts } = state.input;
  if (parts.includes('pairs') && state.pairs !== null && valueBytes === 8 && count > 0) return false;
  if (column === null || column.type === 'float' || !parts.includes('sum') || count === 0) return true;
  const within = state.most + count * most;
  if (!(within <= Number.MAX_SAFE_INTEGER)) return false;
  state.most = within;
  return true;
}

/** From now on the input's values are counted apart from rows: there are fewer. */
export function countApart({ size, stride, rows }: DenseSpace, state: InputState, { memory }: Arena): void {
  if (state.apart) return;
  const entries = stride === 0 ? size : lanes * size;
  new Uint32Array(memory.buffer, state.counts, entries).set(new Uint32Array(memory.buffer, rows, entries));
  state.apart = true;
}

/** Adds values to the states of their groups. */
export function addValues(
  { stride }: DenseSpace,
  state: InputState,
  { count, groups, values, valueBytes, base }: SelectedValues,
  { kernels }: Arena,
): void {
  if (count === 0) return;
  const { parts, counts, pairs, apart } = state;
  if (apart) kernels.groupCount(groups.at, groups.bytes, count, counts, stride);
  for (const [part, at] of parts) {
    if (part === 'sum') kernels.groupSum(groups.at, groups.bytes, values, valueBytes, count, base, at, stride);
    else if (part === 'least') kernels.groupLeast(groups.at, groups.bytes, values, valueBytes, count, base, at);
    else if (part === 'greatest') kernels.groupGreatest(groups.at, groups.bytes, values, valueBytes, count, base, at);
    else if (part === 'spread') kernels.groupSpread(groups.at, groups.bytes, values, valueBytes, count, base, at);
    else {
      const { first, range } = pairs!;
      kernels.groupPairs(groups.at, groups.bytes, values, valueBytes, count, base - first, range, at);
    }
  }
}

/** @returns the combinations that some row had, ascending. */
export function metCombinations({ rows, size, stride }: DenseSpace, { memory }: Arena): Uint32Array {
  const counts = new Uint32Array(memory.buffer, rows, size);
  if (stride > 0) joinLanes(new Uint32Array(memory.buffer, rows, lanes * size), size);
  let met = 0;
  for (let at = 0; at < size; at++) if (counts[at] !== 0) met++;
  const places = new Uint32Array(met);
  for (let at = 0, to = 0; at < size; at++) if (counts[at] !== 0) places[to++] = at;
  return places;
}

/** Adds all tables to the first, and leaves the others empty. */
function joinLanes(tables: Uint32Array | Float64Array, size: number): void {
  for (let at = 0; at < size; at++) tables[at] += tables[size + at] + (tables[2 * size + at] + tables[3 * size + at]);
  tables.fill(0, size);
}

/** @returns what was found of a measure, by the combinations met; null where it is none of this space's. */
export function foundOf(
  space: DenseSpace,
  { input, part }: { readonly input: number; readonly part: PartKind | null },
  places: Uint32Array,
  arena: Arena,
): Found | null {
  const { size, stride, rows } = space;
  const { buffer } = arena.memory;
  const state = space.inputs[input];
  if (state.apart && stride > 0) joinLanes(new Uint32Array(buffer, state.counts, lanes * size), size);
  const counts = pick(
    new Uint32Array(buffer, state.apart ? state.counts : rows, size),
    places,
    new Uint32Array(places.length),
  );
  if (part === null) return { counts, numbers: new Float64Array(0), pairs: null };
  const at = state.parts.get(part);
  if (at === undefined) return null;
  if (part === 'pairs') {
    const { first, range } = state.pairs!;
    const table = new Uint32Array(buffer, at, size * range);
    return { counts, numbers: new Float64Array(0), pairs: { first, range, table, places } };
  }
  if (part === 'sum' && stride > 0) joinLanes(new Float64Array(buffer, at, lanes * size), size);
  if (part !== 'spread')
    return {
      counts,
      numbers: pick(new Float64Array(buffer, at, size), places, new Float64Array(places.length)),
      pairs: null,
    };
  const numbers = new Float64Array(3 * places.length);
  const all = new Float64Array(buffer, at, 3 * size);
  for (let i = 0; i < places.length; i++) numbers.set(all.subarray(3 * places[i], 3 * places[i] + 3), 3 * i);
  return { counts, numbers, pairs: null };
}

function pick<T extends Uint32Array | Float64Array>(from: ArrayLike<number>, places: Uint32Array, out: T): T {
  for (let i = 0; i < places.length; i++) out[i] = from[places[i]];
  return out;
}

/** @returns each number modulo `size`, and how often it holds `size`. Neighbours mostly hold it as often. */
function split(numbers: Uint32Array, size: number): [Uint32Array, Uint32Array] {
  const locals = new Uint32Array(numbers.length);
  const others = new Uint32Array(numbers.length);
  let other = 0;
  let from = 0;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i];
    if (number < from || number >= from + size) {
      other = Math.floor(number / size);
      from = other * size;
    }
    others[i] = other;
    locals[i] = number - from;
  }
  return [locals, others];
}

/** Splits combinations into the local codes of each key, and turns these into codes of the keys' stores. */
export function codesOfCombinations({ keys }: DenseSpace, combinations: Uint32Array): Uint32Array[] {
  const codes: Uint32Array[] = [];
  let rest = combinations;
  for (let key = keys.length - 1; key >= 0; key--) {
    const { size } = keys[key];
    const own = new Uint32Array(rest.length);
    if (key === 0) keys[key].translate(rest, own);
    else {
      const [locals, others] = split(rest, size);
      keys[key].translate(locals, own);
      rest = others;
    }
    codes.unshift(own);
  }
  return codes;
}
