import { printDuration } from '../base/duration.ts';
import type { BehaviourPlan, FunnelPlan } from './behaviour.ts';
import type { PlanStep } from './explain.ts';
import { printExpr } from './print-expr.ts';

/** @returns what is done with the events that a question about behaviour reads. */
export function behaviourSteps(plan: BehaviourPlan): PlanStep[] {
  const keys = plan.keys.map(({ name }) => name).join(', ');
  return [
    { what: plan.kind, detail: detailOf(plan) },
    ...(keys === '' ? [] : [{ what: 'group by', detail: keys }]),
    { what: 'by actor', detail: 'events of an actor in the order of time, slice by slice' },
  ];
}

function detailOf(plan: BehaviourPlan): string {
  switch (plan.kind) {
    case 'funnel':
      return funnelDetail(plan);
    case 'retention': {
      const returning = plan.returning === null ? 'any event' : printExpr(plan.returning);
      return `${printExpr(plan.start)} then ${returning}, ${plan.periods} periods of ${printDuration(plan.every)} in ${plan.timezone}`;
    }
    case 'paths':
      return `${plan.depth} values of ${printExpr(plan.node)}, sessions end after ${plan.gap} ms`;
    case 'lifecycle':
      return `by ${printDuration(plan.every)} in ${plan.timezone}`;
  }
}

function funnelDetail({ steps, rules, exclude, holding, every }: FunnelPlan): string {
  const parts = [
    `${steps.length} steps within ${rules.window} ms`,
    `order ${rules.order}`,
    ...(exclude.length === 0 ? [] : [`${exclude.length} excluded`]),
    ...(holding.length === 0 ? [] : [`holding ${holding.map((expr) => printExpr(expr)).join(', ')}`]),
    ...(every === null ? [] : [`every ${printDuration(every)}`]),
  ];
  return parts.join(', ');
}
