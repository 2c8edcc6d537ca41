import type { Values } from '../../column/values.ts';
import type { ArgumentShape, SignatureResult } from '../scalars/scalar.ts';

/**
 * Partial state of one aggregate over all groups of a slice: only typed arrays (and arrays of text where a text is the
 * state), so that transfer and merge need no code per aggregate. `groups` is how many groups it has room for.
 */
export interface AggregateState {
  groups: number;
}

/**
 * An aggregate. Its state is made, grown and updated on a worker, slice by slice, and merged on the calling thread in
 * the order of the slices, so that the same query gives the same bytes whatever the number of workers.
 */
export interface Aggregate<S extends AggregateState = AggregateState> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** A query over the table `events` that shows it; it is run by the contract test. */
  readonly example: string;
  /** What a sample does to it: totals scale with 1/share, the rest keeps. */
  readonly scaling: 'scales' | 'keeps';
  /** True for counts: an empty group of `every` reads 0, not null. */
  readonly emptyIsZero: boolean;
  signature(args: readonly ArgumentShape[]): SignatureResult;
  /** @param argTypes kinds of `Values` the updates will bring (a `coded` argument's texts differ from call to call). */
  newState(argTypes: readonly ArgumentShape[]): S;
  /** Makes room for `groups` groups; new ones are empty. */
  grow(state: S, groups: number): void;
  /**
   * Adds rows.
   * @param args evaluated arguments, all of `rowCount` rows; none for count().
   * @param groups `groups[row]` is the row's group, below `state.groups`; null = all rows in group 0.
   * @param rows which rows count, ascending; null = all.
   */
  update(
    state: S,
    args: readonly Values[],
    groups: Uint32Array | null,
    rows: Uint32Array | null,
    rowCount: number,
  ): void;
  /** `groupMap[g]` is the group in `into` for group `g` of `from`; `into` has room already. */
  merge(into: S, from: S, groupMap: Uint32Array): void;
  /** @returns one value a group, `groupCount` long. @throws VarveError `type` when a sum of ints leaves 64 bits. */
  finish(state: S, groupCount: number): Values;
  /** @returns the bytes the state's arrays hold. */
  bytes(state: S): number;
}
