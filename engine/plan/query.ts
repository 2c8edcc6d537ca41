import type { BehaviourPlan } from './behaviour.ts';
import type { RowsPlan, SelectPlan } from './select.ts';

/** Whatever a query asks. */
export type QueryPlan = SelectPlan | BehaviourPlan;

/** Whatever reads the rows of sources. */
export type ScanPlan = RowsPlan | BehaviourPlan;

/** @returns whether a plan asks how actors behave. */
export function isBehaviour(plan: ScanPlan): plan is BehaviourPlan {
  return plan.kind === 'funnel' || plan.kind === 'retention' || plan.kind === 'paths' || plan.kind === 'lifecycle';
}
