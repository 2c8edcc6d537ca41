import { isNullAt } from '../functions/access.ts';
import type { GroupKey } from '../plan/select.ts';
import type { BlockView } from './block-view.ts';
import type { Leaves } from './expression.ts';
import type { KeyContext } from './key-reader.ts';
import { createKeyStore, keyType, type KeyStore } from './key-store.ts';

/** The codes of each row's elements: those of row r are codes[starts[r] … starts[r] + counts[r]). */
export interface ListCodes {
  readonly starts: Uint32Array;
  readonly counts: Uint32Array;
  readonly codes: Uint32Array;
}

/** Reads a key of which a row may have several, or none: the elements of a list. */
export interface ListReader {
  readonly store: KeyStore;
  read(view: BlockView, leaves: Leaves): ListCodes;
}

/** Reads the elements of a key's list. */
export function createListReader(key: GroupKey, { evaluator }: KeyContext): ListReader {
  const store = createKeyStore(keyType(key));
  return {
    store,
    read(view, leaves) {
      const values = evaluator.evaluate(key.expr, leaves);
      const starts = view.scratch.words(view.length);
      const counts = view.scratch.words(view.length).fill(0);
      if (values.kind !== 'list') return { starts, counts, codes: counts };
      const codes = new Uint32Array(values.items.length);
      store.codesOf(values.items, codes);
      for (let row = 0; row < view.length; row++) {
        starts[row] = values.offsets[row];
        if (!isNullAt(values, row)) counts[row] = values.offsets[row + 1] - starts[row];
      }
      return { starts, counts, codes };
    },
  };
}

/** Some rows of a view, as places in it, with one code a row for each key, and room for one group a row. */
export interface Pass {
  readonly rows: Uint32Array;
  readonly codes: readonly Uint32Array[];
  readonly groups: Uint32Array;
}

/**
 * Walks all combinations of the rows' elements, a row at most once a pass: pass j has the rows of more than j elements,
 * and where several keys are lists, so on within it. What a pass holds is good until the next.
 */
export function* passesOf(keys: readonly (Uint32Array | ListCodes)[], { length }: BlockView): Generator<Pass> {
  const lists = keys.filter((key): key is ListCodes => !(key instanceof Uint32Array));
  const places = lists.map(() => 0);
  const codes = keys.map(() => new Uint32Array(length));
  const groups = new Uint32Array(length);
  const all = Uint32Array.from({ length }, (_, row) => row);
  function* within(depth: number, rows: Uint32Array): Generator<Pass> {
    if (depth === lists.length) {
      fillCodes(keys, places, rows, codes);
      yield { rows, codes: codes.map((own) => own.subarray(0, rows.length)), groups: groups.subarray(0, rows.length) };
      return;
    }
    const { counts } = lists[depth];
    let left = rows;
    for (let place = 0; ; place++) {
      left = left.filter((row) => counts[row] > place);
      if (left.length === 0) return;
      places[depth] = place;
      yield* within(depth + 1, left);
    }
  }
  yield* within(0, all);
}

function fillCodes(
  keys: readonly (Uint32Array | ListCodes)[],
  places: readonly number[],
  rows: Uint32Array,
  out: readonly Uint32Array[],
): void {
  let list = 0;
  keys.forEach((key, index) => {
    const own = out[index];
    if (key instanceof Uint32Array) for (let i = 0; i < rows.length; i++) own[i] = key[rows[i]];
    else {
      const place = places[list++];
      for (let i = 0; i < rows.length; i++) own[i] = key.codes[key.starts[rows[i]] + place];
    }
  });
}

/** @returns what two ascending lists have in common. */
export function commonRows(a: Uint32Array, b: Uint32Array): Uint32Array {
  const out = new Uint32Array(Math.min(a.length, b.length));
  let count = 0;
  for (let i = 0, at = 0; i < a.length; i++) {
    while (at < b.length && b[at] < a[i]) at++;
    if (at < b.length && b[at] === a[i]) out[count++] = a[i];
  }
  return out.subarray(0, count);
}
