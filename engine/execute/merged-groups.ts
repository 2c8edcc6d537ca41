import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { PartialGroups } from './group.ts';
import { largestOf } from './group-numbers.ts';
import { GroupTable } from './group-table.ts';
import type { Grouping } from './grouping.ts';
import { createKeyStore, createNumberStore, keyType, type KeyStore } from './key-store.ts';
import { isRepeated, newMeasureStates } from './measure-state.ts';
import type { MemoryAccount } from './memory.ts';
import { createKeyReceiver, type KeyReceiver } from './sent-keys.ts';
import { stepRows, type Steps } from './steps.ts';
import { isOfWindows, type PartialWindows } from './window-groups.ts';

/** The groups of all tasks so far. */
export interface MergedGroups {
  readonly table: GroupTable;
  readonly stores: readonly KeyStore[];
  /** Of every measure; with `compare`, those of then behind those of now. */
  readonly states: readonly AggregateState[];
  /** Groups of windows, those that the states of measures of windows are of: key 0 is the window's number plus 1. */
  readonly windows: GroupTable;
  /** What takes each key's codes, by their sender. */
  readonly receivers: Map<number, readonly KeyReceiver[]>;
}

/** While groups are added: an array that grows lies beside the one that it takes the place of. */
const growth = 1.5;

/** Fewer groups of a task say nothing of those to come. */
const foreseenGroups = 10_000;

/** @returns groups without any. */
export function newMergedGroups(grouping: Grouping): MergedGroups {
  const { plan, windows, scans } = grouping;
  return {
    table: new GroupTable(plan.keys.length),
    windows: new GroupTable(plan.keys.length),
    stores: plan.keys.map((key, index) =>
      index === 0 && windows !== null ? createNumberStore('int') : createKeyStore(keyType(key)),
    ),
    states: scans.flatMap(() => newStates(grouping)),
    receivers: new Map(),
  };
}

/** @returns a state without groups for each measure of one scan. */
export function newStates({ plan, kinds }: Grouping): AggregateState[] {
  return newMeasureStates(kinds, plan.measures);
}

/**
 * Adds one task's groups. Called in the order of the scans, and of the tasks of each, whoever did them.
 * @param scan 0 = that of the range asked for, 1 = that of the earlier one.
 * @throws VarveError `limit` with an estimate when all groups will not fit.
 */
export function* mergeGroups(
  { kinds }: Grouping,
  into: MergedGroups,
  from: PartialGroups,
  scan: number,
  memory: MemoryAccount,
): Steps<void> {
  const receivers = receiversOf(into, from.sender);
  const codes: Uint32Array[] = [];
  for (const [key, sent] of from.keys.entries()) codes.push(yield* receivers[key].take(sent));
  const before = into.table.count;
  const groupMap = new Uint32Array(from.count);
  for (let at = 0; at < from.count || at === 0; at += stepRows) {
    yield* into.table.reserve(Math.min(stepRows, from.count - at));
    const counts = into.stores.map(({ count }) => count);
    const end = at + stepRows;
    into.table.groupsOf(
      codes.map((own) => own.subarray(at, end)),
      counts,
      groupMap.subarray(at, end),
    );
    memory.hold(growth * bytesOfMerged(into, kinds));
    yield;
  }
  const windowMap = from.windows === null ? groupMap : yield* windowGroups(into, from.windows, receivers);
  for (const [index, kind] of kinds.entries()) {
    if (isRepeated(from.states, index)) continue;
    const state = into.states[scan * kinds.length + index];
    const { aggregate } = kind;
    aggregate.grow(state, isOfWindows(kind) ? into.windows.count : into.table.count);
    aggregate.merge(state, from.states[index], isOfWindows(kind) ? windowMap : groupMap);
    memory.hold(growth * bytesOfMerged(into, kinds));
    if (kind.kind === 'values') yield* kind.aggregate.settle?.(state, false) ?? [];
    yield;
  }
  memory.takeBack(from.bytes, from.count);
  memory.countGroups(into.table.count);
  // Where a task's groups are its own, as those of single actors are, the next task's will be so too.
  if (from.count >= foreseenGroups && into.table.count - before > 0.95 * from.count) memory.foresee();
}

function receiversOf({ receivers, stores }: MergedGroups, sender: number): readonly KeyReceiver[] {
  let own = receivers.get(sender);
  if (own === undefined) receivers.set(sender, (own = stores.map(createKeyReceiver)));
  return own;
}

function* windowGroups(
  into: MergedGroups,
  { count, windows, keys }: PartialWindows,
  receivers: readonly KeyReceiver[],
): Steps<Uint32Array> {
  const codes = [windows];
  for (const [key, sent] of keys.entries()) codes.push(yield* receivers[key + 1].take(sent));
  const map = new Uint32Array(count);
  into.windows.groupsOf(codes, codes.map(largestOf), map);
  return map;
}

/** Does what merging has put off, before states are finished. */
export function* settleGroups({ kinds }: Grouping, { states, table, windows }: MergedGroups): Steps<void> {
  for (const [index, state] of states.entries()) {
    const kind = kinds[index % kinds.length];
    if (kind.kind !== 'values' || isRepeated(states, index)) continue;
    kind.aggregate.grow(state, isOfWindows(kind) ? windows.count : table.count);
    yield* kind.aggregate.settle?.(state, true) ?? [];
  }
}

/** @returns what the groups take. */
export function bytesOfMerged(
  { table, windows, stores, states, receivers }: MergedGroups,
  kinds: Grouping['kinds'],
): number {
  const ofMaps = [...receivers.values()].flat().reduce((sum, { bytes }) => sum + bytes, 0);
  const ofStores = stores.reduce((sum, { bytes }) => sum + bytes, table.bytes + windows.bytes + ofMaps);
  return states.reduce(
    (sum, state, index) => (isRepeated(states, index) ? sum : sum + kinds[index % kinds.length].aggregate.bytes(state)),
    ofStores,
  );
}
