import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { GroupTable } from './group-table.ts';
import type { MeasureKind } from './measure-state.ts';
import type { SentKeys } from './sent-keys.ts';
import type { TimeCells } from './time-windows.ts';

/** Groups of windows that a task met, for measures of which each window has to see the rows: plain data. */
export interface PartialWindows {
  readonly count: number;
  /** The window's number plus 1, by group. */
  readonly windows: Uint32Array;
  /** The keys behind the bucket. */
  readonly keys: readonly SentKeys[];
}

/** @returns whether a measure's states are of windows. */
export function isOfWindows(kind: MeasureKind): boolean {
  return kind.kind === 'slots' && kind.ofWindows === true;
}

/** Rows of a view, each with its group by its place in the view. */
export interface WindowPass {
  readonly rows: Uint32Array;
  readonly groups: Uint32Array;
}

/**
 * Puts rows into the groups of all windows that they lie in, a row at most once a pass. What a pass holds is good until
 * the next.
 * @param codes of the rows, a list a key; those of key 0 are their cells plus 1.
 * @param counts the largest code of each key.
 */
export function* windowPasses(
  { from, to, windows }: TimeCells,
  codes: readonly Uint32Array[],
  counts: readonly number[],
  table: GroupTable,
): Generator<WindowPass> {
  const [cells] = codes;
  const own = codes.map(() => new Uint32Array(cells.length));
  const found = new Uint32Array(cells.length);
  const groups = new Uint32Array(cells.length);
  const rows = new Uint32Array(cells.length);
  for (let pass = 0; ; pass++) {
    let count = 0;
    for (let row = 0; row < cells.length; row++) {
      const cell = cells[row] - 1;
      const window = from[cell] + pass;
      if (window > to[cell]) continue;
      own[0][count] = window + 1;
      for (let key = 1; key < codes.length; key++) own[key][count] = codes[key][row];
      rows[count++] = row;
    }
    if (count === 0) return;
    const out = found.subarray(0, count);
    table.groupsOf(
      own.map((list) => list.subarray(0, count)),
      [windows, ...counts.slice(1)],
      out,
    );
    for (let i = 0; i < count; i++) groups[rows[i]] = out[i];
    yield { rows: rows.subarray(0, count), groups };
  }
}

/**
 * Joins the states of windows to those of the answer's groups.
 * @param map the answer's group of each window's, or beyond them the one that takes what is not shown.
 */
export function joinWindowStates(
  kinds: readonly MeasureKind[],
  from: readonly AggregateState[],
  into: readonly AggregateState[],
  map: Uint32Array,
  groups: number,
): void {
  into.forEach((state, index) => {
    const kind = kinds[index % kinds.length];
    if (!isOfWindows(kind)) return;
    kind.aggregate.grow(state, groups);
    kind.aggregate.grow(from[index], map.length);
    kind.aggregate.merge(state, from[index], map);
  });
}
