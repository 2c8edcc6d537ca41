import type { Values } from '../../column/values.ts';
import type { KernelForm } from './kernel-form.ts';
import type { ArgumentShape, SignatureResult } from '../scalars/scalar.ts';

/**
 * Partial state of one aggregate over all groups of a task: plain data, mostly typed arrays, so that it can be sent to
 * another thread as it is. `groups` is how many groups it has room for.
 */
export interface AggregateState {
  groups: number;
}

/** Rows of a bare text column: one code a row, the same for the same text wherever it comes from. */
export interface CodedTexts {
  /** 0 = null. */
  readonly codes: Uint32Array;
  /** The largest code so far. */
  readonly count: number;
  /** hash64 of each code's text: low word at 2 · code, high at 2 · code + 1. */
  readonly hashes: Uint32Array;
}

/**
 * An aggregate. A state is made, grown and updated by one task, which takes a fixed range of the hash space, slice by
 * slice; states are merged on the calling thread in the order of the tasks: the same query gives the same bytes
 * whatever the number of workers.
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
  /**
   * Aggregates of the same word keep the same state of one argument: p50(x), p95(x) and median(x) under one filter may
   * share one, which is updated and merged once and finished by each. Their other arguments, if any, must be equal too.
   */
  readonly sharedState?: string;
  /**
   * Whether it needs to know which events come first: five arguments follow the written ones in `newState` and `update`,
   * the event's time and the four parts of its place in stored order (`PlaceExpr`), none of them null.
   */
  readonly ordered?: true;
  /** @returns whether any group's answer is not exact: its column is then named in the result's `approximate`. */
  isApproximate?(state: S): boolean;
  /**
   * @param argTypes kinds of `Values` the updates will bring (a `coded` argument's texts differ from call to call), and
   * the values of constant ones.
   */
  newState(argTypes: readonly ArgumentShape[]): S;
  /** Makes room for `groups` groups; new ones are empty. */
  grow(state: S, groups: number): void;
  /**
   * Adds rows.
   * @param args evaluated arguments, all of `rowCount` rows; none for count(). They are valid during the call only.
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
  /** A faster `update` where the one argument is a bare text column. */
  updateTexts?(
    state: S,
    texts: CodedTexts,
    groups: Uint32Array | null,
    rows: Uint32Array | null,
    rowCount: number,
  ): void;
  /** What stands in for `update` where the one argument, if any, is a bare column of numbers. */
  readonly kernels?: KernelForm<S>;
  /** A faster `update` without arguments: so many rows of a group, and of the next, and so on. */
  updateRuns?(state: S, groups: Uint32Array, lengths: Uint32Array | Float64Array): void;
  /** What stands in for it where the one argument is the event's actor. */
  readonly ofActors?: ActorAggregate;
  /** Frees what only updates need; called once, before the state is sent or merged. */
  seal?(state: S): void;
  /** `groupMap[g]` is the group in `into` for group `g` of `from`; `into` has room already. */
  merge(into: S, from: S, groupMap: Uint32Array): void;
  /**
   * Does what merging has put off, at rest now and then: called behind each merge, and once before states are finished.
   * @param whole whether all of it must be done.
   */
  settle?(state: S, whole: boolean): Generator<undefined, void, undefined>;
  /** @returns one value a group, `groupCount` long. @throws VarveError `type` when a sum of ints leaves 64 bits. */
  finish(state: S, groupCount: number): Values;
  /** @returns the bytes the state's arrays hold. */
  bytes(state: S): number;
}

/**
 * An aggregate of actors by slot. No actor lies in two slices, so what slices know of single actors never has to meet:
 * it ends with the slice, and what is merged are counts.
 */
export interface ActorAggregate<S extends AggregateState = AggregateState> {
  newState(): S;
  grow(state: S, groups: number): void;
  /** Begins a slice of `slotCount` actors. */
  startSlice(state: S, slotCount: number): void;
  /** @param slots the slot of each row's actor, 0xffffffff for nobody. */
  update(state: S, slots: Uint32Array, groups: Uint32Array | null, rows: Uint32Array | null, rowCount: number): void;
  /** Adds so many actors to each of the first groups, for which it has room: those of a slice that others counted. */
  add(state: S, counts: Uint32Array | Float64Array, groups: number): void;
  seal(state: S): void;
  merge(into: S, from: S, groupMap: Uint32Array): void;
  finish(state: S, groupCount: number): Values;
  bytes(state: S): number;
}
