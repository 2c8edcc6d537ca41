import { compareTexts } from '../base/compare-text.ts';
import type { CodedValues, Values } from '../column/values.ts';
import { isNullAt, scalarAt } from '../functions/access.ts';
import { compareScalars } from '../functions/compare.ts';

export interface SortColumn {
  readonly values: Values;
  readonly descending: boolean;
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
  const keys = columns.map(({ values, descending }) => sortKeys(values, descending));
  const order = rows?.slice() ?? Uint32Array.from({ length }, (_, row) => row);
  const compare = comparatorOf(keys);
  if (most === null || most >= order.length) return order.sort(compare);
  if (8 * most < order.length) selectFirst(order, most, compare);
  else return order.sort(compare).slice(0, most);
  return order.slice(0, most).sort(compare);
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

/** Hoare's selection: moves the `most` rows that come first to the front, in any order. */
function selectFirst(rows: Uint32Array, most: number, compare: (a: number, b: number) => number): void {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const pivot = rows[(low + high) >> 1];
    let left = low;
    let right = high;
    while (left <= right) {
      while (compare(rows[left], pivot) < 0) left++;
      while (compare(rows[right], pivot) > 0) right--;
      if (left <= right) {
        const row = rows[left];
        rows[left++] = rows[right];
        rows[right--] = row;
      }
    }
    if (most <= right) high = right;
    else if (most >= left) low = left;
    else return;
  }
}

/** Numbers that order as the values do, ascending; null is Infinity, all others are finite. */
export function sortKeys(values: Values, descending: boolean): Float64Array {
  const keys = new Float64Array(values.length);
  const sign = descending ? -1 : 1;
  if (values.kind === 'null') return keys.fill(Infinity);
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
    const ranks = ranksOfTexts(values);
    for (let row = 0; row < keys.length; row++) keys[row] = sign * ranks[values.codes[row]];
  } else {
    const ranks = ranksOfValues(values);
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
function ranksOfTexts({ texts, codes, nulls }: CodedValues): Float64Array {
  const known = knownRanks.get(texts);
  if (known !== undefined) return known;
  const all = texts.length <= 4 * codes.length;
  const used = new Set<number>();
  if (!all) for (let row = 0; row < codes.length; row++) if (nulls === null || nulls[row] === 0) used.add(codes[row]);
  const order = all ? Uint32Array.from(texts, (_text, code) => code) : Uint32Array.from(used);
  order.sort((a, b) => compareTexts(texts[a], texts[b]));
  const ranks = new Float64Array(texts.length);
  let rank = 0;
  for (let at = 0; at < order.length; at++) {
    if (at > 0 && texts[order[at]] !== texts[order[at - 1]]) rank++;
    ranks[order[at]] = rank;
  }
  if (all) knownRanks.set(texts, ranks);
  return ranks;
}

function ranksOfValues(values: Values): Float64Array {
  const scalars = Array.from({ length: values.length }, (_, row) => scalarAt(values, row));
  const order = Uint32Array.from(scalars.keys())
    .filter((row) => !isNullAt(values, row))
    .sort((a, b) => compareScalars(scalars[a]!, scalars[b]!));
  const ranks = new Float64Array(values.length);
  let rank = 0;
  for (let at = 0; at < order.length; at++) {
    if (at > 0 && compareScalars(scalars[order[at]]!, scalars[order[at - 1]]!) !== 0) rank++;
    ranks[order[at]] = rank;
  }
  return ranks;
}
