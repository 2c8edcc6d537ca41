import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { PartialGroups } from './group.ts';
import { GroupTable } from './group-table.ts';
import type { Grouping } from './grouping.ts';
import { createKeyStore, createNumberStore, keyType, type KeyStore } from './key-store.ts';
import { isRepeated, newMeasureStates } from './measure-state.ts';
import type { MemoryAccount } from './memory.ts';
import { stepRows, type Steps } from './steps.ts';

/** The groups of all tasks so far. */
export interface MergedGroups {
  readonly table: GroupTable;
  readonly stores: readonly KeyStore[];
  /** Of every measure; with `compare`, those of then behind those of now. */
  readonly states: readonly AggregateState[];
}

/** While groups are added: an array that grows lies beside the one that it takes the place of. */
const growth = 1.5;

/** @returns groups without any. */
export function newMergedGroups(grouping: Grouping): MergedGroups {
  const { plan, windows, scans } = grouping;
  return {
    table: new GroupTable(plan.keys.length),
    stores: plan.keys.map((key, index) =>
      index === 0 && windows !== null ? createNumberStore('int') : createKeyStore(keyType(key)),
    ),
    states: scans.flatMap(() => newStates(grouping)),
  };
}

/** @returns a state without groups for each measure of one scan. */
export function newStates({ plan, kinds }: Grouping): AggregateState[] {
  return newMeasureStates(kinds, plan.measures);
}

/**
 * Adds one task's groups. Called in the order of the scans, and of the tasks of each, whoever did them.
 * @param scan 0 for now, 1 for then.
 * @throws VarveError `limit` with an estimate when all groups will not fit.
 */
export function* mergeGroups(
  { kinds }: Grouping,
  into: MergedGroups,
  from: PartialGroups,
  scan: number,
  memory: MemoryAccount,
): Steps<void> {
  const codes: Uint32Array[] = [];
  for (const [key, column] of from.keys.entries()) {
    const own = new Uint32Array(from.count);
    yield* into.stores[key].codesOfColumn(column, own);
    codes.push(own);
  }
  const groupMap = new Uint32Array(from.count);
  for (let at = 0; at < from.count || at === 0; at += stepRows) {
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
  for (const [index, { aggregate }] of kinds.entries()) {
    if (isRepeated(from.states, index)) continue;
    const state = into.states[scan * kinds.length + index];
    aggregate.grow(state, into.table.count);
    aggregate.merge(state, from.states[index], groupMap);
    memory.hold(growth * bytesOfMerged(into, kinds));
    yield;
  }
  memory.takeBack(from.bytes, from.count);
  memory.countGroups(into.table.count);
}

/** @returns what the groups take. */
export function bytesOfMerged({ table, stores, states }: MergedGroups, kinds: Grouping['kinds']): number {
  const ofStores = stores.reduce((sum, { bytes }) => sum + bytes, table.bytes);
  return states.reduce(
    (sum, state, index) => (isRepeated(states, index) ? sum : sum + kinds[index % kinds.length].aggregate.bytes(state)),
    ofStores,
  );
}
