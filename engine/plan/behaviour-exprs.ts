import type { BehaviourPlan } from './behaviour.ts';
import type { Expr } from './expr.ts';

/** @returns the expressions of a plan that stand over events, `where` among them. */
export function exprsOfBehaviour(plan: BehaviourPlan): Expr[] {
  const exprs: Expr[] = [];
  mapBehaviour(plan, (expr) => {
    exprs.push(expr);
    return expr;
  });
  return exprs;
}

/** @returns the plan with each of its expressions over events replaced by what `map` gives for it. */
export function mapBehaviour<P extends BehaviourPlan>(plan: P, map: (expr: Expr) => Expr): P;
export function mapBehaviour(plan: BehaviourPlan, map: (expr: Expr) => Expr): BehaviourPlan {
  const orNull = (expr: Expr | null): Expr | null => (expr === null ? null : map(expr));
  const within = <T extends { readonly expr: Expr }>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, expr: map(item.expr) }));
  const shared = { where: orNull(plan.where), keys: within(plan.keys) };
  switch (plan.kind) {
    case 'funnel':
      return {
        ...plan,
        ...shared,
        steps: within(plan.steps),
        exclude: within(plan.exclude),
        holding: plan.holding.map(map),
      };
    case 'retention':
      return { ...plan, ...shared, start: map(plan.start), returning: orNull(plan.returning) };
    case 'paths':
      return {
        ...plan,
        ...shared,
        node: map(plan.node),
        starting: orNull(plan.starting),
        ending: orNull(plan.ending),
      };
    case 'lifecycle':
      return { ...plan, ...shared };
  }
}
