import type { Grouping } from './api.ts';
import type { Expr } from './plan/expr.ts';
import type { QueryPlan } from './plan/query.ts';
import { holds } from './plan/visit.ts';

/** @returns which of a plan's outputs are keys and which are measures, or null where it gives events. */
export function groupingOf(plan: QueryPlan): Grouping | null {
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

function holdsMeasure(expr: Expr): boolean {
  return holds(expr, ({ kind }) => kind === 'measure');
}
