import { compareNullsLast, keyOf, textOf, type Cell } from './cells.ts';
import { valueOfGroup, type Reading, type Row } from './evaluate-expr.ts';
import { holds, type Query } from './tree.ts';

/** A row under the keys that it counts for. */
export interface Keyed {
  readonly keys: readonly Cell[];
  readonly row: Row;
}

export const othersText = '(others)';

/** Says where a value of a key with `top` stands within its parent group. */
export type Ranks = ReadonlyMap<string, number>;

export interface Topped {
  readonly keyed: readonly Keyed[];
  readonly ranks: Ranks;
}

/** @returns the name of a value of a key within the keys before it. */
export function placeOf(keys: readonly Cell[], index: number): string {
  return keys
    .slice(0, index + 1)
    .map(keyOf)
    .join();
}

/** Keeps the largest values of each key with `top` by the first measure over the whole range; the rest goes, or is one. */
export function topsOf(query: Query, all: readonly Keyed[], reading: Reading): Topped {
  let keyed = all;
  const ranks = new Map<string, number>();
  for (const [index, { top }] of query.keys.entries()) {
    if (top === null) continue;
    const kept = new Map<string, number>();
    for (const values of byParent(keyed, index).values())
      largestFirst(query, values, index, reading)
        .slice(0, top.count)
        .forEach(({ keys }, place) => kept.set(placeOf(keys, index), place));
    keyed = keyed.flatMap(({ keys, row }): Keyed[] => {
      const own = keys[index]!;
      const place = kept.get(placeOf(keys, index)) ?? Infinity;
      if (place === Infinity && !top.others) return [];
      // One column holds the values and the word for the rest.
      const shown = place === Infinity ? othersText : top.others && own !== null ? textOf(own) : own;
      const made = keys.map((key, at) => (at === index ? shown : key));
      ranks.set(placeOf(made, index), place);
      return [{ row, keys: made }];
    });
  }
  return { keyed, ranks };
}

function byParent(keyed: readonly Keyed[], index: number): Map<string, Keyed[]> {
  const parents = new Map<string, Keyed[]>();
  for (const one of keyed) {
    const name = index === 0 ? '' : placeOf(one.keys, index - 1);
    parents.set(name, [...(parents.get(name) ?? []), one]);
  }
  return parents;
}

/** @returns one of each value of the key, the largest by the first measure first, ties by the key. */
function largestFirst(query: Query, keyed: readonly Keyed[], index: number, reading: Reading): Keyed[] {
  const measure = query.items.find(({ expr }) => holds(expr, ({ kind }) => kind === 'aggregate'))!.expr;
  const values = new Map<string, Keyed[]>();
  for (const one of keyed) {
    const name = keyOf(one.keys[index]!);
    values.set(name, [...(values.get(name) ?? []), one]);
  }
  return [...values.values()]
    .map((own) => {
      const group = { keys: own[0]!.keys, rows: own.map(({ row }) => row), context: { from: null, to: null } };
      return { first: own[0]!, size: valueOfGroup(measure, group, reading) };
    })
    .sort((a, b) => largerFirst(a.size, b.size) || compareNullsLast(a.first.keys[index]!, b.first.keys[index]!))
    .map(({ first }) => first);
}

function largerFirst(a: Cell, b: Cell): number {
  return a === null || b === null ? compareNullsLast(a, b) : compareNullsLast(b, a);
}
