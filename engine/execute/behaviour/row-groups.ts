import type { Values } from '../../column/values.ts';
import type { Found } from '../../functions/aggregates/kernel-form.ts';
import type { GroupedPlan } from '../../plan/select.ts';
import type { PartialGroups } from '../group.ts';
import { GroupTable } from '../group-table.ts';
import type { KeyStore } from '../key-store.ts';
import type { MemoryAccount } from '../memory.ts';
import { isRepeated, measureKind, newMeasureStates, type MeasureKind } from '../measure-state.ts';
import { bytesOfSent, createKeySender, type KeySender } from '../sent-keys.ts';

/** What the rows that a thread makes of events are grouped by; kept from task to task. */
export interface RowGrouping {
  readonly plan: GroupedPlan;
  readonly kinds: readonly MeasureKind[];
  /** What gives each key's codes. */
  readonly stores: readonly KeyStore[];
  readonly senders: readonly KeySender[];
  readonly sender: number;
}

/** @param sender the number of whoever groups, among those who group for a query. */
export function newRowGrouping(plan: GroupedPlan, stores: readonly KeyStore[], sender: number): RowGrouping {
  const kinds = plan.measures.map((_, index) => measureKind(plan, index));
  return { plan, kinds, stores, senders: stores.map(createKeySender), sender };
}

/** Rows that are made of events, as measures take them. */
export interface MadeRows {
  readonly count: number;
  /** Codes of each key's store, a list a key. */
  readonly codes: readonly Uint32Array[];
  /** The arguments of each measure. */
  readonly args: readonly (readonly Values[])[];
  /** Which rows count for each measure, ascending; null = all. */
  readonly rows: readonly (Uint32Array | null)[];
}

/**
 * Rows that stand for many each: for each measure how many a row counts; of what is no count, the value that they come to
 * together, or what kernels found of them.
 */
export type CountedRows = Pick<MadeRows, 'count' | 'codes'> & {
  readonly tallies: readonly (Float64Array | Values | Found)[];
};

/** The groups of one task. */
export interface RowGroups {
  add(rows: MadeRows): void;
  /** Adds rows that stand for many each. */
  addCounted(rows: CountedRows): void;
  readonly bytes: number;
  /** @returns what was found, to be sent; it is handed over. */
  partial(memory: MemoryAccount): PartialGroups;
}

/** Opens the groups of a task, without any. */
export function openRowGroups({ plan, kinds, stores, senders, sender }: RowGrouping): RowGroups {
  const table = new GroupTable(stores.length);
  const states = newMeasureStates(kinds, plan.measures);
  const bytesOfStates = (): number =>
    kinds.reduce(
      (sum, { aggregate }, index) => sum + (isRepeated(states, index) ? 0 : aggregate.bytes(states[index])),
      0,
    );
  const codesOfStores = (): number[] => stores.map((store) => store.count);
  return {
    add({ count, codes, args, rows }) {
      const groups = new Uint32Array(count);
      table.groupsOf(codes, codesOfStores(), groups);
      kinds.forEach((kind, index) => {
        if (kind.kind !== 'values' || isRepeated(states, index)) return;
        kind.aggregate.grow(states[index], table.count);
        kind.aggregate.update(states[index], args[index], groups, rows[index], count);
      });
    },
    addCounted({ count, codes, tallies }) {
      const groups = new Uint32Array(count);
      table.groupsOf(codes, codesOfStores(), groups);
      kinds.forEach((kind, index) => {
        if (kind.kind !== 'values') return;
        kind.aggregate.grow(states[index], table.count);
        const tally = tallies[index];
        if (tally instanceof Float64Array) kind.aggregate.updateRuns!(states[index], groups, tally);
        else if ('counts' in tally) kind.aggregate.kernels!.add(states[index], groups, tally);
        else kind.aggregate.update(states[index], [tally], groups, null, count);
      });
    },
    get bytes() {
      return table.bytes + bytesOfStates();
    },
    partial(memory) {
      kinds.forEach((kind, index) => {
        if (isRepeated(states, index)) return;
        kind.aggregate.grow(states[index], table.count);
        kind.aggregate.seal?.(states[index]);
      });
      const keys = senders.map((own, key) => own.send(table.codesOfKey(key)));
      const bytes = keys.reduce((sum, key) => sum + bytesOfSent(key), bytesOfStates());
      memory.hold(0);
      memory.handOver(bytes, table.count);
      return { count: table.count, sender, keys, states, windows: null, bytes, left: 0 };
    },
  };
}
