import type { Expr } from '../plan/expr.ts';
import { exprsOfBehaviour } from '../plan/behaviour-exprs.ts';
import { isBehaviour, type ScanPlan } from '../plan/query.ts';
import type { OutputColumn, SelectPlan } from '../plan/select.ts';
import { columnsOf, holds } from '../plan/visit.ts';

/** @returns the expressions of a plan that stand over the rows of its sources. */
export function rowExprsOf(plan: ScanPlan): Expr[] {
  if (isBehaviour(plan)) return exprsOfBehaviour(plan);
  const exprs: (Expr | null)[] = [plan.where];
  if (plan.kind === 'events') exprs.push(...[...plan.outputs, ...plan.order].map(({ expr }) => expr));
  else for (const { args, filter } of plan.measures) exprs.push(...args, filter);
  if (plan.kind === 'grouped') exprs.push(...plan.keys.map(({ expr }) => expr));
  if (plan.kind === 'lives') exprs.push(plan.starting, plan.ending);
  return exprs.filter((expr) => expr !== null);
}

/** @returns the names of the columns that a plan reads of its sources; whatever else it does, it reads the time. */
export function columnsRead(plan: ScanPlan): ReadonlySet<string> {
  return new Set(['time', ...columnsOf(rowExprsOf(plan), plan.actor)]);
}

/** @returns whether a plan's answer depends on the order of its sources' rows. */
export function readsOrder(plan: ScanPlan): boolean {
  return plan.kind !== 'grouped' || rowExprsOf(plan).some((expr) => holds(expr, ({ kind }) => kind === 'place'));
}

/**
 * Leaves out of a plan that is a source what nobody reads.
 * @param wanted names of columns.
 */
export function withOutputs<P extends ScanPlan>(plan: P, wanted: ReadonlySet<string>): P {
  if (isBehaviour(plan)) return plan;
  return { ...plan, outputs: plan.outputs.filter(({ name }) => wanted.has(name)) };
}

/** @returns the plan of the values that `in (select …)` asks for: those of the first column, each once where that is less work. */
export function planOfSet(plan: SelectPlan): SelectPlan {
  const [{ name, expr }] = plan.outputs;
  if (plan.kind === 'grouped' || plan.limit !== null || plan.offset > 0)
    return { ...plan, outputs: plan.outputs.slice(0, 1) };
  const key: OutputColumn = { name, expr: { kind: 'key', index: 0, type: expr.type } };
  const { order: _order, ...rest } = plan;
  return {
    ...rest,
    kind: 'grouped',
    keys: [{ name, expr, unnest: false, top: null, type: expr.type }],
    measures: [],
    every: null,
    trailing: null,
    compare: null,
    having: null,
    order: [],
    outputs: [key],
  };
}
