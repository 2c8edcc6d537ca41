import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { PartialGroups } from './group.ts';
import { GroupTable } from './group-table.ts';
import type { Grouping } from './grouping.ts';
import { createKeyStore, createNumberStore, keyType, type KeyStore } from './key-store.ts';
import { newMeasureState } from './measure-state.ts';

/** The groups of all tasks so far. */
export interface MergedGroups {
  readonly table: GroupTable;
  readonly stores: readonly KeyStore[];
  /** Of every measure; with `compare`, those of then behind those of now. */
  readonly states: readonly AggregateState[];
}

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
  return plan.measures.map((measure, index) => newMeasureState(kinds[index], measure));
}

/**
 * Adds one task's groups. Called in the order of the scans, and of the tasks of each, whoever did them.
 * @param scan 0 for now, 1 for then.
 */
export function mergeGroups({ kinds }: Grouping, into: MergedGroups, from: PartialGroups, scan: number): void {
  const codes = from.keys.map((column, key) => {
    const own = new Uint32Array(from.count);
    into.stores[key].codesOfColumn(column, own);
    return own;
  });
  const groupMap = new Uint32Array(from.count);
  into.table.groupsOf(
    codes,
    into.stores.map(({ count }) => count),
    groupMap,
  );
  kinds.forEach(({ aggregate }, index) => {
    const state = into.states[scan * kinds.length + index];
    aggregate.grow(state, into.table.count);
    aggregate.merge(state, from.states[index], groupMap);
  });
}
