import { same, sortSpan, type Runs } from './runs.ts';

/**
 * A small table of how often pairs of group and value came: the few values that most columns have are counted here, for
 * a third of what sorting them costs. A pair that finds no place near its own is refused. Plain data.
 */
export interface Front {
  /** Group + 1, 0 = free. */
  readonly groups: Uint32Array;
  readonly values: Float64Array;
  readonly counts: Uint32Array;
  /** Places taken. */
  taken: number;
}

/** Places: a megabyte, what a core's cache holds. */
const places = 65_536;
/** Places looked at for one pair. */
const reach = 6;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** @returns a table without pairs. */
export function newFront(): Front {
  return {
    groups: new Uint32Array(places + reach),
    values: new Float64Array(places + reach),
    counts: new Uint32Array(places + reach),
    taken: 0,
  };
}

function placeOf(group: number, value: number): number {
  float[0] = value;
  const mixed = Math.imul(words[0] ^ Math.imul(words[1] ^ Math.imul(group, 0xc2b2ae35), 0x85ebca6b), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & (places - 1);
}

/** Counts a pair. @returns false where it found no place. @param value never -0. */
export function countInFront(front: Front, group: number, value: number): boolean {
  const { groups, values, counts } = front;
  const tag = group + 1;
  const first = placeOf(group, value);
  for (let at = first; at < first + reach; at++) {
    if (groups[at] === 0) {
      groups[at] = tag;
      values[at] = value;
      counts[at] = 1;
      front.taken++;
      return true;
    }
    if (groups[at] === tag && same(values[at], value)) {
      counts[at]++;
      return true;
    }
  }
  return false;
}

/** Empties the table. @returns what it held, sorted. */
export function drainFront(front: Front, groupCount: number): Runs {
  const { groups, values, counts, taken } = front;
  const starts = new Uint32Array(groupCount + 1);
  for (let at = 0; at < groups.length; at++) if (groups[at] !== 0) starts[groups[at]]++;
  for (let group = 0; group < groupCount; group++) starts[group + 1] += starts[group];
  const next = starts.slice();
  const sorted = new Float64Array(taken);
  for (let at = 0; at < groups.length; at++) if (groups[at] !== 0) sorted[next[groups[at] - 1]++] = values[at];
  const own = new Float64Array(taken);
  for (let group = 0; group < groupCount; group++) {
    sortSpan(sorted, starts[group], starts[group + 1]);
    for (let i = starts[group]; i < starts[group + 1]; i++) own[i] = counts[placeIn(front, group, sorted[i])];
  }
  groups.fill(0);
  front.taken = 0;
  return { starts, values: sorted, counts: own, shifts: new Uint8Array(groupCount) };
}

function placeIn({ groups, values }: Front, group: number, value: number): number {
  let at = placeOf(group, value);
  while (groups[at] !== group + 1 || !same(values[at], value)) at++;
  return at;
}

/** @returns the bytes of its arrays. */
export function bytesOfFront({ groups, values, counts }: Front): number {
  return groups.byteLength + values.byteLength + counts.byteLength;
}
