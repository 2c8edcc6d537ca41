import type { Runs } from './runs.ts';

/** How often each group has each whole number from `first` on: `counts[group · range + number − first]`. Plain data. */
export interface PairTable {
  readonly first: number;
  readonly range: number;
  readonly counts: Float64Array;
}

/** Pairs that a table may have room for: 8 MiB. */
const pairsMax = 1_048_576;

/** @returns how many groups a table has room for. */
function groupsOf({ range, counts }: PairTable): number {
  return counts.length / range;
}

/**
 * Adds how often groups have whole numbers to a table that has room for them: the same one, or a larger.
 * @param rows entry i is how often group `groups[i]` has each number from `first` on: `range` counts from
 * `places[i] · range`; null = entry i itself.
 * @returns null where there would be too many pairs: then nothing was added.
 */
export function addedPairs(
  table: PairTable | null,
  first: number,
  range: number,
  rows: Uint32Array | Float64Array,
  places: Uint32Array | null,
  groups: Uint32Array,
  groupCount: number,
): PairTable | null {
  const own = withRoom(table, first, range, groupCount);
  if (own === null) return null;
  const { counts } = own;
  for (let i = 0; i < groups.length; i++) {
    const from = (places === null ? i : places[i]) * range;
    const into = groups[i] * own.range + first - own.first;
    // A loop each: one over both kinds of arrays tells them apart at every number.
    if (rows instanceof Uint32Array) addWords(counts, into, rows, from, range);
    else addFloats(counts, into, rows, from, range);
  }
  return own;
}

function addWords(counts: Float64Array, into: number, rows: Uint32Array, from: number, range: number): void {
  for (let number = 0; number < range; number++) counts[into + number] += rows[from + number];
}

function addFloats(counts: Float64Array, into: number, rows: Float64Array, from: number, range: number): void {
  for (let number = 0; number < range; number++) counts[into + number] += rows[from + number];
}

function withRoom(table: PairTable | null, first: number, range: number, groupCount: number): PairTable | null {
  if (table === null) {
    if (groupCount * range > pairsMax) return null;
    return { first, range, counts: new Float64Array(groupCount * range) };
  }
  const low = Math.min(table.first, first);
  const high = Math.max(table.first + table.range, first + range);
  const known = groupsOf(table);
  if (low === table.first && high - low === table.range && groupCount <= known) return table;
  const groups = groupCount <= known ? known : Math.max(groupCount, Math.min(2 * known, pairsMax / (high - low)));
  const whole = Math.floor(groups);
  if (whole * (high - low) > pairsMax) return null;
  const larger: PairTable = { first: low, range: high - low, counts: new Float64Array(whole * (high - low)) };
  for (let group = 0; group < known; group++)
    larger.counts.set(
      table.counts.subarray(group * table.range, (group + 1) * table.range),
      group * larger.range + table.first - low,
    );
  return larger;
}

/** @returns a table's counts as runs. @param places which of its rows, one a group; null = all. */
export function runsOfPairs(
  first: number,
  range: number,
  rows: Uint32Array | Float64Array,
  places: Uint32Array | null,
): Runs {
  const groups = places?.length ?? rows.length / range;
  const starts = new Uint32Array(groups + 1);
  for (let group = 0; group < groups; group++) {
    let distinct = 0;
    const from = (places === null ? group : places[group]) * range;
    for (let at = from; at < from + range; at++) if (rows[at] !== 0) distinct++;
    starts[group + 1] = starts[group] + distinct;
  }
  const values = new Float64Array(starts[groups]);
  const counts = new Float64Array(values.length);
  let to = 0;
  for (let group = 0; group < groups; group++) {
    const from = (places === null ? group : places[group]) * range;
    for (let number = 0; number < range; number++) {
      if (rows[from + number] === 0) continue;
      values[to] = first + number;
      counts[to++] = rows[from + number];
    }
  }
  return { starts, values, counts, shifts: new Uint8Array(groups) };
}
