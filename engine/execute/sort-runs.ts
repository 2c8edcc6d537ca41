/**
 * Sorts the rows of each actor by time, stable, where they are not in this order already; rows without a time come last.
 * @param rows entry by entry.
 * @param times by row; `nulls[row]` 1 = it has none.
 * @param skipped 1 = the entry's rows keep their order.
 * @returns whether any row had to move.
 */
export function sortRunsByTime(
  rows: Uint32Array,
  firstRows: Uint32Array,
  times: Float64Array,
  nulls: Uint8Array | null,
  skipped: Uint8Array | null,
): boolean {
  let spare = new Uint32Array(64);
  let moved = false;
  const keys = nulls === null ? times : times.map((time, row) => (nulls[row] === 1 ? Infinity : time));
  for (let entry = 0; entry + 1 < firstRows.length; entry++) {
    const from = firstRows[entry];
    const to = firstRows[entry + 1];
    if (skipped !== null && skipped[entry] === 1) continue;
    if (isAscending(rows, from, to, keys)) continue;
    if (to - from > spare.length) spare = new Uint32Array(2 * (to - from));
    mergeRuns(rows, from, to, keys, spare);
    moved = true;
  }
  return moved;
}

/** @returns whether the rows at [from, to) are in order of their keys. */
function isAscending(rows: Uint32Array, from: number, to: number, keys: Float64Array): boolean {
  for (let at = from + 1; at < to; at++) if (keys[rows[at - 1]] > keys[rows[at]]) return false;
  return true;
}

/**
 * Merges the ascending runs that lie in [from, to), neighbours first, until they are one: stable, and linear in rows for
 * a few runs.
 * @param spare room for to − from rows.
 */
export function mergeRuns(rows: Uint32Array, from: number, to: number, keys: Float64Array, spare: Uint32Array): void {
  for (let merged = true; merged;) {
    merged = false;
    for (let at = from; at < to;) {
      const middle = endOfRun(rows, at, to, keys);
      if (middle === to) break;
      const end = endOfRun(rows, middle, to, keys);
      mergeTwo(rows, at, middle, end, keys, spare);
      at = end;
      merged = true;
    }
  }
}

function endOfRun(rows: Uint32Array, from: number, to: number, keys: Float64Array): number {
  let at = from + 1;
  while (at < to && keys[rows[at - 1]] <= keys[rows[at]]) at++;
  return at;
}

function mergeTwo(
  rows: Uint32Array,
  from: number,
  middle: number,
  to: number,
  keys: Float64Array,
  spare: Uint32Array,
): void {
  const length = middle - from;
  for (let i = 0; i < length; i++) spare[i] = rows[from + i];
  let left = 0;
  let right = middle;
  let at = from;
  while (left < length && right < to) {
    if (keys[spare[left]] <= keys[rows[right]]) rows[at++] = spare[left++];
    else rows[at++] = rows[right++];
  }
  while (left < length) rows[at++] = spare[left++];
}
