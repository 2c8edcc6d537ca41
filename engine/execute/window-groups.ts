import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { MeasureKind } from './measure-state.ts';
import type { SentKeys } from './sent-keys.ts';

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
export interface RowsPass {
  readonly rows: Uint32Array;
  readonly groups: Uint32Array;
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
