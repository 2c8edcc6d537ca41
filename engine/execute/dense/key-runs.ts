import type { Pointer } from '../../kernels/kernels.ts';
import type { CodeRuns } from '../../store/code-runs.ts';
import type { Arena } from '../arena.ts';
import { isRange, type BlockView } from '../block-view.ts';
import type { DenseView, LocalKey } from './local-codes.ts';

/** Runs of the codes of a view that is a range, as kernels over runs take them: the first holds row `from`. */
export interface RunCodes {
  readonly ends: Pointer;
  readonly codes: Pointer;
  /** Of each code: 1, 2 or 4. */
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** @returns the runs of a view's rows; null where these are no range of the block. */
export function runsOfView(view: BlockView, { ends, codes }: CodeRuns, { place }: Arena): RunCodes | null {
  if (view.mask !== null || view.rows !== null) return null;
  const { from, length } = view;
  const run = from === 0 ? 0 : runAt(ends, from);
  return {
    ends: place(ends) + 4 * run,
    codes: place(codes) + codes.BYTES_PER_ELEMENT * run,
    bytes: codes.BYTES_PER_ELEMENT,
    from,
    to: from + length,
  };
}

/** Binary search of the run that holds a row. */
export function runAt(ends: Uint32Array, row: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @returns of each key the runs of the view's block that were never read before: those save writing out a code a row.
 * From then on codes cost less than runs do, beside keys that have none. Empty where none are looked for.
 */
export function freshRunsOfKeys(keys: readonly LocalKey[], view: BlockView): readonly (CodeRuns | null)[] {
  if (keys.length <= 1 || !isRange(view)) return none;
  return keys.map(({ readRuns }) => readRuns?.(view, true) ?? null);
}

const none: readonly null[] = [];

/** @returns the runs of the combinations of the rows of a view that is a range, where all keys have such; null where one has none. */
export function joinAllRuns(keys: readonly LocalKey[], { view, arena }: DenseView): RunCodes | null {
  if (keys.length === 0 || !isRange(view)) return null;
  const first = keys[0].readRuns?.(view) ?? null;
  if (first === null) return null;
  const joined = runsOfView(view, first, arena)!;
  return keys.length === 1 ? joined : joinOthers(keys, joined, view, arena);
}

/** @param joined the runs of key 0. */
function joinOthers(keys: readonly LocalKey[], joined: RunCodes, view: BlockView, arena: Arena): RunCodes | null {
  const others: CodeRuns[] = [];
  for (let key = 1; key < keys.length; key++) {
    const own = keys[key].readRuns?.(view) ?? null;
    if (own === null) return null;
    others.push(own);
  }
  // By turns: what is joined lies in one, what comes of it in the other.
  const rooms: RunRoom[] = [];
  others.forEach((own, at) => {
    const room = (rooms[at & 1] ??= roomOfRuns(view.length, arena));
    joined = joinRuns(joined, runsOfView(view, own, arena)!, keys[at + 1].size, arena, room);
  });
  return joined;
}

/** Room for as many runs as a view has rows. */
export interface RunRoom {
  readonly ends: Pointer;
  readonly codes: Pointer;
}

/** @returns room for runs. */
export function roomOfRuns(rows: number, { take }: Arena): RunRoom {
  return { ends: take(4 * (rows + 1)), codes: take(4 * (rows + 1)) };
}

/** @returns runs of `code * size + other`, in the room: one ends where either does. */
export function joinRuns(
  runs: RunCodes,
  own: RunCodes,
  size: number,
  { kernels }: Arena,
  { ends, codes }: RunRoom,
): RunCodes {
  const { from, to } = runs;
  kernels.mergeCodeRuns(runs.ends, runs.codes, runs.bytes, own.ends, own.codes, own.bytes, from, to, size, ends, codes);
  return { ends, codes, bytes: 4, from, to };
}
