import { compareTexts } from '../base/compare-text.ts';
import type { CodedValues, Values } from '../column/values.ts';
import { isNullAt, scalarAt } from '../functions/access.ts';
import { compareScalars } from '../functions/compare.ts';
import { mergeSorted } from './merge-sort.ts';
import { doAll, type Steps } from './steps.ts';
import { takeRows } from './take-rows.ts';

export interface SortColumn {
  /** Or what makes them, of some rows or with null of all. */
  readonly values: Values | ((rows: Uint32Array | null) => Steps<Values>);
  readonly descending: boolean;
}

function* valuesAt({ values }: SortColumn, rows: Uint32Array | null): Steps<Values> {
  if (typeof values === 'function') return yield* values(rows);
  return rows === null ? values : takeRows(values, rows);
}

/**
 * Orders rows by the columns one after another, null last in both directions; equal rows keep their order.
 * @param rows the rows to order, ascending; null = all.
 * @param most how many of the first are wanted; null = all.
 */
export function sortedRows(
  columns: readonly SortColumn[],
  length: number,
  rows: Uint32Array | null,
  most: number | null,
): Uint32Array {
  return doAll(sortSteps(columns, length, rows, most));
}

/** @returns 0, 1, 2 … */
export function ascending(length: number): Uint32Array {
  const rows = new Uint32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  return rows;
}

/** The same, at rest now and then. */
export function* sortSteps(
  columns: readonly SortColumn[],
  length: number,
  rows: Uint32Array | null,
  most: number | null,
): Steps<Uint32Array> {
  const order = rows?.slice() ?? ascending(length);
  if (most === 0) return order.subarray(0, 0);
  if (most !== null && 8 * most < order.length) {
    const few = yield* candidateSteps(columns[0], order, most);
    // The other columns matter among these alone: they are not even ranked for the rest.
    const among: SortColumn[] = [];
    for (const column of columns) among.push({ ...column, values: yield* valuesAt(column, few) });
    const sorted = yield* sortSteps(among, few.length, null, null);
    return sorted.subarray(0, most).map((at) => few[at]);
  }
  const keys: Float64Array[] = [];
  for (const column of columns) keys.push(yield* sortKeys(yield* valuesAt(column, null), column.descending));
  yield* mergeSorted(order, comparatorOf(keys));
  return order.subarray(0, most ?? undefined);
}

/** @returns in their order the rows that may be among the first `most` when sorted by this column and others after it. */
export function candidateRows(column: SortColumn, rows: Uint32Array, most: number): Uint32Array {
  return doAll(candidateSteps(column, rows, most));
}

function* candidateSteps(column: SortColumn, rows: Uint32Array, most: number): Steps<Uint32Array> {
  const keys = yield* sortKeys(yield* valuesAt(column, null), column.descending);
  const own = new Float64Array(rows.length);
  for (let i = 0; i < own.length; i++) own[i] = keys[rows[i]];
  yield;
  const last = smallest(own, most);
  yield;
  return rows.filter((row) => keys[row] <= last);
}

/** Hoare's selection: @returns the `rank`-th smallest, counted from 1; the values are left in another order. */
function smallest(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  const at = rank - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left] < pivot) left++;
      while (values[right] > pivot) right--;
      if (left <= right) {
        const value = values[left];
        values[left++] = values[right];
        values[right--] = value;
      }
    }
    if (at <= right) high = right;
    else if (at >= left) low = left;
    else break;
  }
  return values[at];
}

function comparatorOf(keys: readonly Float64Array[]): (a: number, b: number) => number {
  // Two nulls are Infinity both, and their difference is no number: it counts as 0.
  const [first, second] = keys;
  if (keys.length === 1) return (a, b) => first[a] - first[b] || a - b;
  if (keys.length === 2) return (a, b) => first[a] - first[b] || second[a] - second[b] || a - b;
  return (a, b) => {
    for (let key = 0; key < keys.length; key++) {
      const x = keys[key][a];
      const y = keys[key][b];
      if (x < y) return -1;
      if (x > y) return 1;
    }
    return a - b;
  };
}

/** Numbers that order as the values do, ascending; null is Infinity, all others are finite. */
function* sortKeys(values: Values, descending: boolean): Steps<Float64Array> {
  const keys = new Float64Array(values.length);
  const sign = descending ? -1 : 1;
  if (values.kind === 'null') return keys.fill(Infinity);
  yield;
  if (values.kind === 'number' || values.kind === 'bool') {
    let finite = true;
    for (let row = 0; row < keys.length; row++) {
      keys[row] = sign * values.values[row];
      if (!Number.isFinite(keys[row])) finite = false;
    }
    if (finite) {
      setNulls(values, keys);
      return keys;
    }
  }
  if (values.kind === 'coded') {
    const ranks = yield* ranksOfTexts(values);
    for (let row = 0; row < keys.length; row++) keys[row] = sign * ranks[values.codes[row]];
  } else {
    const ranks = yield* ranksOfValues(values);
    for (let row = 0; row < keys.length; row++) keys[row] = sign * ranks[row];
  }
  setNulls(values, keys);
  return keys;
}

function setNulls(values: Values, keys: Float64Array): void {
  if (values.kind === 'null' || values.nulls === null) return;
  for (let row = 0; row < keys.length; row++) if (values.nulls[row] === 1) keys[row] = Infinity;
}

const knownRanks = new WeakMap<readonly string[], Float64Array>();

/** Ranks of a list's texts by code, kept with the list; of a few rows, only those of the texts that occur. */
function* ranksOfTexts({ texts, codes, nulls }: CodedValues): Steps<Float64Array> {
  const known = knownRanks.get(texts);
  if (known !== undefined) return known;
  const all = texts.length <= 4 * codes.length;
  const used = new Set<number>();
  if (!all) for (let row = 0; row < codes.length; row++) if (nulls === null || nulls[row] === 0) used.add(codes[row]);
  const order = all ? Uint32Array.from(texts, (_text, code) => code) : Uint32Array.from(used);
  yield* mergeSorted(order, (a, b) => compareTexts(texts[a], texts[b]));
  const ranks = new Float64Array(texts.length);
  let rank = 0;
  for (let at = 0; at < order.length; at++) {
    if (at > 0 && texts[order[at]] !== texts[order[at - 1]]) rank++;
    ranks[order[at]] = rank;
  }
  if (all) knownRanks.set(texts, ranks);
  return ranks;
}

function* ranksOfValues(values: Values): Steps<Float64Array> {
  const scalars = Array.from({ length: values.length }, (_, row) => scalarAt(values, row));
  const order = Uint32Array.from(scalars.keys()).filter((row) => !isNullAt(values, row));
  yield* mergeSorted(order, (a, b) => compareScalars(scalars[a]!, scalars[b]!));
  const ranks = new Float64Array(values.length);
  let rank = 0;
  for (let at = 0; at < order.length; at++) {
    if (at > 0 && compareScalars(scalars[order[at]]!, scalars[order[at - 1]]!) !== 0) rank++;
    ranks[order[at]] = rank;
  }
  return ranks;
}
