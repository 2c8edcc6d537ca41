import { largestOf } from './group-numbers.ts';
import { GroupTable } from './group-table.ts';
import type { Grouping } from './grouping.ts';
import { nowhere, regroup } from './regroup.ts';
import { ascending } from './sort.ts';
import type { Steps } from './steps.ts';
import type { TimeWindows } from './time-windows.ts';
import type { ToppedGroups } from './top.ts';
import { joinWindowStates } from './window-groups.ts';

/** Groups of buckets; `shown` are the bounds of those that the answer has, the codes of key 0 count from the first. */
export interface BucketGroups extends ToppedGroups {
  readonly shown: Float64Array;
}

/**
 * Makes groups of buckets of groups of cells: a bucket's is all cells of its window joined, pass by pass: the j-th
 * brings each cell to the j-th of the windows that it lies in.
 * @param numbers the number of the cell by the code of key 0.
 * @param ofWindows the groups of windows, of which some states are.
 * @param met the cells of all events that passed, in whatever groups.
 */
export function* expandWindows(
  grouping: Grouping,
  windows: TimeWindows,
  groups: ToppedGroups,
  numbers: Float64Array,
  met: Iterable<number>,
  ofWindows: GroupTable,
): Steps<BucketGroups> {
  const { plan } = grouping;
  const cells = groups.codes[0].map((code) => numbers[code]);
  const kept = groups.kept ?? Uint32Array.from(cells.keys());
  const [low, high] = shownBuckets(grouping, windows, met);
  const table = new GroupTable(plan.keys.length);
  const passRows = (pass: number): Uint32Array | null => {
    const rows = kept.filter((group) => windows.from[cells[group]] + pass <= windows.to[cells[group]]);
    return rows.length === 0
      ? null
      : rows.filter((group) => {
          const bucket = windows.buckets[windows.from[cells[group]] + pass];
          return bucket >= low && bucket <= high;
        });
  };
  const numbersOfPass = (pass: number, rows: Uint32Array): Uint32Array => {
    const of = new Uint32Array(rows.length);
    const buckets = rows.map((group) => windows.buckets[windows.from[cells[group]] + pass] - low + 1);
    const codes = groups.codes.map((own, key) => (key === 0 ? buckets : rows.map((group) => own[group])));
    table.groupsOf(codes, codes.map(largestOf), of);
    return of;
  };
  const ranks = groups.ranks.map((own) => (own === null ? null : ([] as number[])));
  for (let pass = 0, rows = passRows(0); rows !== null; rows = passRows(++pass)) {
    yield;
    const before = table.count;
    const of = numbersOfPass(pass, rows);
    if (table.count === before) continue;
    groups.ranks.forEach((own, key) => {
      if (own !== null) for (let i = 0; i < of.length; i++) ranks[key]![of[i]] = own[rows![i]];
    });
  }
  const { count } = table;
  // The groups are numbered by now: what is left of a pass is told again, so that no two passes are kept at once.
  function* maps(): Generator<Uint32Array> {
    for (let pass = 0, rows = passRows(0); rows !== null; rows = passRows(++pass)) {
      if (rows.length === 0) continue;
      const of = numbersOfPass(pass, rows);
      const map = new Uint32Array(groups.count).fill(nowhere);
      for (let i = 0; i < of.length; i++) map[rows[i]] = of[i];
      yield map;
    }
  }
  const states = yield* regroup(grouping, groups, maps(), count);
  joinWindowStates(grouping.kinds, groups.states, states, shownGroups(table, ofWindows, windows, low, high), count + 1);
  return {
    count,
    codes: groups.codes.map((_, key) => table.codesOfKey(key)),
    states,
    kept: null,
    ranks: ranks.map((own) => (own === null ? null : Uint32Array.from(own))),
    shown: windows.bounds.slice(low, high + 2),
  };
}

/** @returns for each group of a window that of the answer, or the number of these where its bucket is not shown. */
function shownGroups(
  table: GroupTable,
  ofWindows: GroupTable,
  { buckets }: TimeWindows,
  low: number,
  high: number,
): Uint32Array {
  const { count } = table;
  const codes = Array.from({ length: table.keyCount }, (_, key) => ofWindows.codesOfKey(key));
  const map = new Uint32Array(ofWindows.count).fill(count);
  const inside = ascending(ofWindows.count).filter((group) => {
    const bucket = buckets[codes[0][group] - 1];
    return bucket >= low && bucket <= high;
  });
  const own = codes.map((list, key) =>
    inside.map((group) => (key === 0 ? buckets[list[group] - 1] - low + 1 : list[group])),
  );
  const found = new Uint32Array(inside.length);
  // Each is one of the table's already: a window's rows are those of its cells.
  table.groupsOf(own, own.map(largestOf), found);
  inside.forEach((group, at) => (map[group] = found[at]));
  return map;
}

/** From a written `since`, else the first event; to a written `until`, else the last event, with `since` at least now. */
function shownBuckets(
  { plan: { written, now }, passing }: Grouping,
  { bounds, bucketOfCell }: TimeWindows,
  met: Iterable<number>,
): readonly [low: number, high: number] {
  const last = bounds.length - 2;
  let first = Infinity;
  let final = -1;
  for (const cell of met) {
    const bucket = bucketOfCell[cell];
    if (bucket < 0) continue;
    first = Math.min(first, bucket);
    final = Math.max(final, bucket);
  }
  if (passing !== null && passing.timeMin <= passing.timeMax) {
    first = Math.min(first, bucketAt(bounds, passing.timeMin));
    final = Math.max(final, bucketAt(bounds, passing.timeMax));
  }
  if (written.since !== null) first = 0;
  if (written.until !== null) final = last;
  else if (written.since !== null) {
    let present = last;
    while (present > 0 && bounds[present] >= now) present--;
    final = Math.max(final, present);
  }
  return first <= final ? [first, final] : [0, -1];
}

/** @returns the bucket that holds a time, the first or last one for a time without. */
function bucketAt(bounds: Float64Array, time: number): number {
  const next = bounds.findIndex((bound) => bound > time);
  return Math.max(0, (next < 0 ? bounds.length - 1 : next) - 1);
}
