import { stepRows, type Steps } from './steps.ts';

/** Runs that are sorted by themselves before they are merged. */
const runLength = 4096;

/**
 * Sorts numbers of rows in place: runs are sorted, then merged in pairs, bottom up.
 * @param compare has no ties, or none that matter.
 */
export function* mergeSorted(rows: Uint32Array, compare: (a: number, b: number) => number): Steps<Uint32Array> {
  const { length } = rows;
  for (let from = 0; from < length; from += runLength) {
    rows.subarray(from, from + runLength).sort(compare);
    if (from % stepRows === 0) yield;
  }
  let source = rows;
  let target = length > runLength ? new Uint32Array(length) : rows;
  for (let width = runLength; width < length; width *= 2) {
    for (let from = 0; from < length; from += 2 * width) {
      const middle = Math.min(from + width, length);
      const end = Math.min(from + 2 * width, length);
      let left = from;
      let right = middle;
      for (let at = from; at < end;) {
        const stop = Math.min(end, at + stepRows);
        while (at < stop) {
          const takeLeft = right >= end || (left < middle && compare(source[left], source[right]) <= 0);
          target[at++] = takeLeft ? source[left++] : source[right++];
        }
        yield;
      }
    }
    [source, target] = [target, source];
  }
  if (source !== rows) rows.set(source);
  return rows;
}
