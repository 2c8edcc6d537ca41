import { stepRows, type Steps } from './steps.ts';

/** Runs that are sorted by themselves before they are merged, where rows are in no order. */
const runLength = 4096;
/** Rows that lie in order in runs of so many, on average, are merged as they lie. */
const naturalLength = 32;

type Compare = (a: number, b: number) => number;

/**
 * Sorts numbers of rows in place: runs that are in order, or are sorted first, are merged in pairs, bottom up.
 * @param compare has no ties, or none that matter.
 */
export function* mergeSorted(rows: Uint32Array, compare: Compare): Steps<Uint32Array> {
  let ends = (yield* naturalRuns(rows, compare)) ?? (yield* sortedRuns(rows, compare));
  let source = rows;
  let target = ends.length > 1 ? new Uint32Array(rows.length) : rows;
  let done = 0;
  while (ends.length > 1) {
    const merged: number[] = [];
    for (let run = 0, from = 0; run < ends.length; run += 2) {
      const middle = ends[run];
      const end = run + 1 < ends.length ? ends[run + 1] : middle;
      const cursor = { left: from, right: middle };
      for (let at = from; at < end;) {
        const stop = Math.min(end, at + stepRows);
        mergeUntil(source, target, cursor, at, stop, middle, end, compare);
        if ((done += stop - at) >= stepRows) {
          done = 0;
          yield;
        }
        at = stop;
      }
      merged.push(end);
      from = end;
    }
    ends = merged;
    [source, target] = [target, source];
  }
  if (source !== rows) rows.set(source);
  return rows;
}

/** @returns where each run ends that is in order already; null where these are short. */
function* naturalRuns(rows: Uint32Array, compare: Compare): Steps<number[] | null> {
  const ends: number[] = [];
  const most = Math.max(1, rows.length / naturalLength);
  let rested = 0;
  for (let from = 0; from < rows.length;) {
    const end = endOfRun(rows, from, Math.min(rows.length, from + stepRows), compare);
    if (from > 0 && compare(rows[from - 1], rows[from]) <= 0) ends[ends.length - 1] = end;
    else if (ends.push(end) > most) return null;
    if (end - rested >= stepRows) {
      rested = end;
      yield;
    }
    from = end;
  }
  return ends;
}

function endOfRun(rows: Uint32Array, from: number, stop: number, compare: Compare): number {
  let end = from + 1;
  while (end < stop && compare(rows[end - 1], rows[end]) <= 0) end++;
  return end;
}

/** Sorts stretches of one length. @returns where each ends. */
function* sortedRuns(rows: Uint32Array, compare: Compare): Steps<number[]> {
  const ends: number[] = [];
  for (let from = 0; from < rows.length; from += runLength) {
    rows.subarray(from, from + runLength).sort(compare);
    ends.push(Math.min(rows.length, from + runLength));
    if (from % stepRows === 0) yield;
  }
  return ends;
}

/** Merges two neighbouring runs, of which the target has those before `at` already, until it has those before `stop`. */
function mergeUntil(
  source: Uint32Array,
  target: Uint32Array,
  cursor: { left: number; right: number },
  at: number,
  stop: number,
  middle: number,
  end: number,
  compare: Compare,
): void {
  let { left, right } = cursor;
  while (at < stop) {
    const takeLeft = right >= end || (left < middle && compare(source[left], source[right]) <= 0);
    target[at++] = takeLeft ? source[left++] : source[right++];
  }
  cursor.left = left;
  cursor.right = right;
}
