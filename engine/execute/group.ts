import { aggregateFunctions } from '../functions/aggregates/index.ts';
import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { GroupedPlan } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
import type { OpenSource } from './block-view.ts';
import { trueRows } from './expression.ts';
import { GroupTable } from './group-keys.ts';
import { scanSlice, type ScanContext } from './scan.ts';

/** Groups met so far and every measure's state over them. */
export interface GroupStates {
  readonly table: GroupTable;
  readonly states: readonly AggregateState[];
}

/** @returns states that hold no group yet. */
export function newGroupStates(plan: GroupedPlan): GroupStates {
  return {
    table: new GroupTable(plan.keys.length),
    states: plan.measures.map(({ name, args }) =>
      aggregateFunctions.get(name)!.newState(args.map(({ type }) => ({ type }))),
    ),
  };
}

/** Groups the rows of one slice. */
export function groupSlice(
  plan: GroupedPlan,
  sources: readonly OpenSource[],
  slice: HashRange,
  context: ScanContext,
): GroupStates {
  const into = newGroupStates(plan);
  scanSlice(plan, sources, slice, context, (view, leaves) => {
    const { length } = view.rows;
    const groups = into.table.groupsOf(
      plan.keys.map(({ expr }) => context.evaluator.evaluate(expr, leaves)),
      length,
    );
    const every = Uint32Array.from({ length }, (_, i) => i);
    plan.measures.forEach((measure, index) => {
      const aggregate = aggregateFunctions.get(measure.name)!;
      const state = into.states[index]!;
      aggregate.grow(state, into.table.count);
      const rows = measure.filter === null ? null : trueRows(context.evaluator.evaluate(measure.filter, leaves), every);
      const args = measure.args.map((arg) => context.evaluator.evaluate(arg, leaves));
      aggregate.update(state, args, plan.keys.length === 0 ? null : groups, rows, length);
    });
  });
  return into;
}

/** Adds one slice's states to the answer's. Called in the order of the slices, whoever made them. */
export function mergeGroupStates(plan: GroupedPlan, into: GroupStates, from: GroupStates): void {
  const groupMap = into.table.merge(from.table);
  plan.measures.forEach((measure, index) => {
    const aggregate = aggregateFunctions.get(measure.name)!;
    aggregate.grow(into.states[index]!, into.table.count);
    aggregate.merge(into.states[index]!, from.states[index]!, groupMap);
  });
}
