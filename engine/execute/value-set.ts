import { compareBytes } from '../base/compare-text.ts';
import { VarveError } from '../base/errors.ts';
import { hash64 } from '../base/hash64.ts';
import type { Dictionary } from '../column/dictionary.ts';
import type { Scalar, Values } from '../column/values.ts';
import { isNullAt, scalarAt, textAt } from '../functions/access.ts';
import { mixWords } from '../store/actor-slots.ts';
import type { Cohort } from './cohort.ts';
import { encodeTexts } from './encode-texts.ts';
import { shared, sharedFloats, sharedWords } from './shared-arrays.ts';

/** Distinct values that are not null, as every thread can ask for them: plain data in shared memory. Of a cohort nobody asks here. */
export type ValueSet = NumberSet | TextSet | ListSet | Cohort;

/** Ints, floats, times or bools; whole numbers beyond ±2^53 stand in `wides`, so that int and float meet exactly. */
export interface NumberSet {
  readonly kind: 'numbers';
  /** Open addressing by the float's bits; NaN = a free place. */
  readonly table: Float64Array;
  /** Ascending, without NaN. */
  readonly sorted: Float64Array;
  readonly hasNaN: boolean;
  /** Ascending. */
  readonly wides: BigInt64Array;
}

export interface TextSet {
  readonly kind: 'texts';
  /** Open addressing by hash64, seed 0: an entry + 1, 0 = a free place. */
  readonly table: Uint32Array;
  readonly hashes: Uint32Array;
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

export interface ListSet {
  readonly kind: 'lists';
  readonly names: readonly string[];
}

/** @returns the set of a column's values. */
export function valueSetOf(values: Values): ValueSet {
  if (values.kind === 'text' || values.kind === 'coded') return textSetOf(distinctTexts(values));
  if (values.kind === 'list' || values.kind === 'records') {
    const names = new Set<string>();
    for (let row = 0; row < values.length; row++)
      if (!isNullAt(values, row)) names.add(nameOfList(scalarAt(values, row)));
    return { kind: 'lists', names: [...names] };
  }
  return numberSetOf(values);
}

/** @returns the bytes that a set takes, lists apart. */
export function bytesOfSet(set: ValueSet): number {
  switch (set.kind) {
    case 'numbers':
      return set.table.byteLength + set.sorted.byteLength + set.wides.byteLength;
    case 'texts':
      return set.table.byteLength + set.hashes.byteLength + set.offsets.byteLength + set.bytes.byteLength;
    case 'lists':
    case 'cohort':
      return 0;
  }
}

function distinctTexts(values: Extract<Values, { kind: 'text' | 'coded' }>): readonly string[] {
  if (values.kind === 'text') return values.values.filter((_text, row) => !isNullAt(values, row));
  const used = new Uint8Array(values.texts.length);
  for (let row = 0; row < values.length; row++) if (!isNullAt(values, row)) used[values.codes[row]] = 1;
  return values.texts.filter((_text, code) => used[code] === 1);
}

function textSetOf(texts: readonly string[]): TextSet {
  const { count, offsets, bytes, hashes } = encodeTexts(texts, 0);
  const set: TextSet = { kind: 'texts', table: sharedWords(tableSize(count)), hashes, offsets, bytes };
  for (let entry = 0; entry < count; entry++) {
    const place = placeOfText(set, bytes, offsets[entry], offsets[entry + 1], hashes[2 * entry], hashes[2 * entry + 1]);
    if (set.table[place] === 0) set.table[place] = entry + 1;
  }
  return set;
}

/** @returns the place that holds the text, or the free one where it would be. */
function placeOfText(
  { table, hashes, offsets, bytes }: TextSet,
  text: Uint8Array,
  from: number,
  to: number,
  low: number,
  high: number,
): number {
  const mask = table.length - 1;
  let at = mixWords(low, high) & mask;
  for (let entry = table[at]; entry !== 0; at = (at + 1) & mask, entry = table[at]) {
    const own = entry - 1;
    if (hashes[2 * own] !== low || hashes[2 * own + 1] !== high || offsets[own + 1] - offsets[own] !== to - from)
      continue;
    if (compareBytes(bytes, offsets[own], offsets[own + 1], text, from, to) === 0) break;
  }
  return at;
}

function tableSize(count: number): number {
  let size = 16;
  while (size < 2 * count) size *= 2;
  return size;
}

function numberSetOf(values: Extract<Values, { kind: 'bool' | 'number' | 'bigint' | 'null' }>): NumberSet {
  const floats = new Float64Array(values.length);
  const wides = new Set<bigint>();
  let count = 0;
  let hasNaN = false;
  for (let row = 0; row < values.length; row++) {
    if (values.kind === 'null' || isNullAt(values, row)) continue;
    const value = values.values[row];
    const wide = wideOf(value);
    if (wide !== null) wides.add(wide);
    else if (value !== value) hasNaN = true;
    // Adding 0 makes 0 of -0.
    else floats[count++] = Number(value) + 0;
  }
  const ascending = floats.subarray(0, count).sort();
  let distinct = 0;
  for (let at = 0; at < count; at++)
    if (at === 0 || ascending[at] !== ascending[at - 1]) ascending[distinct++] = ascending[at];
  const sorted = sharedFloats(distinct);
  sorted.set(ascending.subarray(0, distinct));
  const table = sharedFloats(tableSize(distinct)).fill(NaN);
  for (let at = 0; at < distinct; at++) table[placeOfNumber(table, sorted[at])] = sorted[at];
  return { kind: 'numbers', table, sorted, hasNaN, wides: shared(BigInt64Array.from(wides).sort()) };
}

const widest = 2n ** 63n;

/** @returns a whole number beyond ±2^53 that 64 bits hold, else null. */
function wideOf(value: number | bigint): bigint | null {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) || !Number.isInteger(value)) return null;
    const wide = BigInt(value);
    return wide >= -widest && wide < widest ? wide : null;
  }
  return Number.isSafeInteger(Number(value)) ? null : value;
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** @returns the place that holds a number, which is not NaN, or the free one where it would be. */
function placeOfNumber(table: Float64Array, value: number): number {
  const mask = table.length - 1;
  float[0] = value + 0;
  const mixed = Math.imul(words[0] ^ Math.imul(words[1], 0x85ebca6b), 0x9e3779b1);
  let at = (mixed ^ (mixed >>> 15)) & mask;
  // A free place is equal to nothing, itself included.
  while (table[at] !== value && table[at] === table[at]) at = (at + 1) & mask;
  return at;
}

/** @returns whether a set has a number. */
export function hasNumber(set: NumberSet, value: number): boolean {
  if (value !== value) return set.hasNaN;
  if (set.table[placeOfNumber(set.table, value)] === value) return true;
  return set.wides.length > 0 && !Number.isSafeInteger(value) && hasWide(set, wideOf(value));
}

/** @returns whether a set has an int. */
export function hasBigint(set: NumberSet, value: bigint): boolean {
  const wide = wideOf(value);
  return wide === null ? hasNumber(set, Number(value)) : hasWide(set, wide);
}

function hasWide({ wides }: NumberSet, value: bigint | null): boolean {
  if (value === null) return false;
  let low = 0;
  let high = wides.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wides[middle] < value) low = middle + 1;
    else high = middle;
  }
  return wides[low] === value;
}

/** @returns whether a set may have a number within [min, max]. */
export function hasBetween(set: ValueSet, min: number, max: number): boolean {
  if (set.kind !== 'numbers') return false;
  if (set.wides.length > 0) return true;
  const { sorted } = set;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < min) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && sorted[low] <= max;
}

/**
 * Asks for each entry of a dictionary.
 * @param hashes of the entries, of seed 0.
 * @returns 1 a text that the set has; one place more, 0, stands for no text.
 */
export function entriesInSet(
  set: ValueSet,
  { count, offsets, bytes }: Dictionary,
  hashes: Uint32Array,
): Uint8Array<ArrayBuffer> {
  checkAnswered(set);
  const mask = new Uint8Array(count + 1);
  if (set.kind !== 'texts') return mask;
  for (let entry = 0; entry < count; entry++) {
    const low = hashes[2 * entry];
    const high = hashes[2 * entry + 1];
    mask[entry] = set.table[placeOfText(set, bytes, offsets[entry], offsets[entry + 1], low, high)] === 0 ? 0 : 1;
  }
  return mask;
}

const encoder = new TextEncoder();
const hash = new Uint32Array(2);

function hasText(set: TextSet, text: string): boolean {
  const bytes = encoder.encode(text);
  hash64(bytes, 0, bytes.length, 0, hash, 0);
  return set.table[placeOfText(set, bytes, 0, bytes.length, hash[0], hash[1])] !== 0;
}

function checkAnswered({ kind }: ValueSet): void {
  if (kind === 'cohort') throw new VarveError('internal', 'BUG: a cohort is told in slices alone');
}

/** @returns for each row whether the set has its value; null where that is null. */
export function isInSet(set: ValueSet, arg: Values): Values {
  const { length } = arg;
  checkAnswered(set);
  if (arg.kind === 'null') return arg;
  const values = new Uint8Array(length);
  for (let row = 0; row < length; row++) if (!isNullAt(arg, row) && hasRow(set, arg, row)) values[row] = 1;
  return { kind: 'bool', length, values, nulls: arg.nulls };
}

function hasRow(set: ValueSet, arg: Exclude<Values, { kind: 'null' }>, row: number): boolean {
  switch (arg.kind) {
    case 'text':
    case 'coded':
      return set.kind === 'texts' && hasText(set, textAt(arg, row));
    case 'list':
    case 'records':
      return set.kind === 'lists' && listNames(set).has(nameOfList(scalarAt(arg, row)));
    case 'bigint':
      return set.kind === 'numbers' && hasBigint(set, arg.values[row]);
    default:
      return set.kind === 'numbers' && hasNumber(set, arg.values[row]);
  }
}

const namesOf = new WeakMap<ListSet, ReadonlySet<string>>();

function listNames(set: ListSet): ReadonlySet<string> {
  let names = namesOf.get(set);
  if (names === undefined) namesOf.set(set, (names = new Set(set.names)));
  return names;
}

/** Lists are equal where their names are: numbers by value, whatever holds them. */
function nameOfList(value: Scalar): string {
  if (Array.isArray(value)) return `[${(value as readonly Scalar[]).map(nameOfList).join()}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}
