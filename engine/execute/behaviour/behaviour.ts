import type { BehaviourPlan } from '../../plan/behaviour.ts';
import type { GroupedPlan } from '../../plan/select.ts';
import type { HashRange } from '../../store/row-source.ts';
import type { OpenSource } from '../block-view.ts';
import type { Finished } from '../finish.ts';
import type { PartialGroups } from '../group.ts';
import type { Grouping } from '../grouping.ts';
import type { KeyContext } from '../key-reader.ts';
import type { MergedGroups } from '../merged-groups.ts';
import type { ScanContext } from '../scan.ts';
import type { Steps } from '../steps.ts';
import type { TimeSpan } from '../time-windows.ts';

/** One question in one thread; kept from task to task. */
export interface BehaviourScan {
  /** Makes rows of the events of consecutive slices, and groups them. */
  run(sources: readonly OpenSource[], slices: readonly HashRange[], context: ScanContext): Steps<PartialGroups>;
}

/** @returns the texts of a column, in any order, if it has up to `most`; else, or where that is not told at once, null. */
export type TextsOf = (column: string, most: number) => readonly string[] | null;

/** How a kind of question about behaviour is answered. */
export interface Behaviour<P extends BehaviourPlan = BehaviourPlan> {
  readonly kind: P['kind'];
  /** @returns this plan, with what the sources tell at once. */
  known?(plan: P, textsOf: TextsOf): P;
  /** @returns a plan that is answered before this one; null where none is. */
  first?(plan: P): P | null;
  /** @returns this plan, with what that answer says. */
  joined?(plan: P, answer: Finished): P;
  /** @returns how the rows that are made of events are grouped and measured. */
  grouped(plan: P): GroupedPlan;
  /** @returns the plan by which events are read: those that can say nothing are left out by its `where`. */
  scanned(plan: P): P;
  /** @returns whether events are put in order, which is done within a core's cache: slices are small then. */
  ordersEvents(plan: P): boolean;
  /**
   * @param span when the first and the last event that passes were; those of all sources where a written range says more.
   * @param sender the number of whoever groups, among those who group for a query.
   */
  open(plan: P, span: TimeSpan, context: KeyContext, sender: number): BehaviourScan;
  /** Makes the answer of all groups. */
  finish(plan: P, span: TimeSpan, grouping: Grouping, merged: MergedGroups): Steps<Finished>;
}
