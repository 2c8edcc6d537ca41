import type { AggregateState } from './aggregate.ts';

/** What kernels keep of a group's values beside how many there were. */
export type PartKind = 'sum' | 'least' | 'greatest' | 'spread' | 'pairs';

/** What kernels found of some groups: entry i of each list is of group i of those given along. */
export interface Found {
  /** Values that were met; without an argument, rows. */
  readonly counts: Uint32Array;
  /** By the part: sums, extremes (anything where no value was met), or three numbers a group: count, mean, squares. */
  readonly numbers: Float64Array;
  /** How often each whole number from `first` on was met: `table[places[i] · range + number − first]`. */
  readonly pairs: {
    readonly first: number;
    readonly range: number;
    readonly table: Uint32Array;
    readonly places: Uint32Array;
  } | null;
}

/** How an aggregate of one bare column of numbers is kept by kernels until its groups are known. */
export interface KernelForm<S extends AggregateState> {
  /** null = counts alone. */
  readonly part: PartKind | null;
  /** Adds what was found; two entries may be of the same group. */
  add(state: S, groups: Uint32Array, found: Found): void;
}
