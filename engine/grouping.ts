import type { AnsweredBehaviour, Grouping, ResultColumn } from './api.ts';
import type { Expr } from './plan/expr.ts';
import type { BehaviourPlan } from './plan/behaviour.ts';
import { isBehaviour, type QueryPlan } from './plan/query.ts';
import { holds } from './plan/visit.ts';

/**
 * @param columns of the answer.
 * @returns which of them are keys and which are measures, or null where a plan gives events.
 */
export function groupingOf(plan: QueryPlan, columns: readonly ResultColumn[]): Grouping | null {
  if (isBehaviour(plan)) return behaviourGrouping(plan, columns);
  if (plan.kind !== 'grouped') return null;
  const measures: number[] = [];
  const keys: number[] = [];
  let time: number | null = null;
  plan.outputs.forEach(({ expr }, index) => {
    if (holdsMeasure(expr)) measures.push(index);
    // With `every` the first key is the bucket.
    else if (plan.every !== null && expr.kind === 'key' && expr.index === 0) time = index;
    else keys.push(index);
  });
  return { time, keys, measures };
}

/** What rows of these answers are told apart by, beside the keys of `group by`, which may have taken the name. */
const ownKeys: Readonly<Record<BehaviourPlan['kind'], RegExp>> = {
  funnel: /^(step|name)(_\d+)?$/,
  retention: /^(cohort|period)(_\d+)?$/,
  paths: /^(step|source|target)$/,
  lifecycle: /^$/,
};

/** Keys of `group by` stand first. */
function behaviourGrouping(plan: BehaviourPlan, columns: readonly ResultColumn[]): Grouping {
  const own = ownKeys[plan.kind];
  const keys: number[] = [];
  const measures: number[] = [];
  let time: number | null = null;
  columns.forEach(({ name, type }, index) => {
    if (index < plan.keys.length) keys.push(index);
    else if (/^time(_\d+)?$/.test(name) && type === 'time') time = index;
    else if (own.test(name)) keys.push(index);
    else if (type === 'int' || type === 'float') measures.push(index);
  });
  return { time, keys, measures };
}

/** @returns which verb of behaviour a plan is of, or null where it is of none. */
export function answeredBehaviour(plan: QueryPlan): AnsweredBehaviour | null {
  if (!isBehaviour(plan)) return null;
  if (plan.kind !== 'funnel') return { kind: plan.kind };
  return { kind: 'funnel', optional: plan.steps.map(({ optional }) => optional), at: plan.at };
}

function holdsMeasure(expr: Expr): boolean {
  return holds(expr, ({ kind }) => kind === 'measure');
}
