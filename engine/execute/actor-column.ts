import { hash64OfText } from '../base/hash64.ts';
import type { Expr } from '../plan/expr.ts';
import type { SelectPlan } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
import { conjunctsOf } from './conditions.ts';

/**
 * Reads the actor column, where it is text, as the actor: its texts come from the directory of the slice that is being
 * scanned, not from that of the whole source.
 */
export function readActorsFromDirectory(plan: SelectPlan, actor: string | null): SelectPlan {
  if (actor === null) return plan;
  const own = (expr: Expr): Expr =>
    mapExpr(expr, (part) => (isActorText(part, actor) ? { kind: 'actor', type: 'text' } : part));
  const named = <T extends { readonly expr: Expr }>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, expr: own(item.expr) }));
  const where = plan.where === null ? null : own(plan.where);
  if (plan.kind === 'events') return { ...plan, where, outputs: named(plan.outputs), order: named(plan.order) };
  const measures = plan.measures.map((measure) => ({
    ...measure,
    args: measure.args.map(own),
    filter: measure.filter === null ? null : own(measure.filter),
  }));
  return { ...plan, where, keys: named(plan.keys), measures };
}

function isActorText(expr: Expr, actor: string): boolean {
  return expr.kind === 'column' && expr.name === actor && expr.type === 'text';
}

function mapExpr(expr: Expr, map: (expr: Expr) => Expr): Expr {
  const own = (part: Expr): Expr => mapExpr(part, map);
  switch (expr.kind) {
    case 'call':
    case 'and':
    case 'or':
      return { ...expr, args: expr.args.map(own) };
    case 'not':
    case 'in':
      return { ...expr, arg: own(expr.arg) };
    case 'case':
      return {
        ...expr,
        branches: expr.branches.map(({ when, then }) => ({ when: own(when), then: own(then) })),
        otherwise: own(expr.otherwise),
      };
    default:
      return map(expr);
  }
}

/**
 * @param seed of the actor hash.
 * @returns the one place of the hash space that a condition `actor = 'text'` leaves, or null without such a condition.
 */
export function actorHashRange(where: Expr | null, seed: number): HashRange | null {
  for (const expr of conjunctsOf(where)) {
    if (expr.kind !== 'call' || expr.name !== '=') continue;
    const literal = expr.args.find((arg) => arg.kind === 'literal');
    if (!expr.args.some((arg) => arg.kind === 'actor') || typeof literal?.value !== 'string') continue;
    const { high } = hash64OfText(literal.value, seed);
    return { from: high, to: high + 1 };
  }
  return null;
}
