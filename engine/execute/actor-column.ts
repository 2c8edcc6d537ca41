import { hash64OfText } from '../base/hash64.ts';
import type { Expr } from '../plan/expr.ts';
import type { RowsPlan } from '../plan/select.ts';
import { conjunctsOf, mapLeaves } from '../plan/visit.ts';
import type { HashRange } from '../store/row-source.ts';

/**
 * Reads the actor column, where it is text, as the actor: its texts come from the directory of the slice that is being
 * scanned, not from that of the whole source.
 */
export function readActorsFromDirectory<P extends RowsPlan>(plan: P, actor: string | null): P {
  if (actor === null) return plan;
  return mapPlan(plan, (part) => (isActorText(part, actor) ? { kind: 'actor', type: 'text' } : part));
}

/** @returns the plan with the leaves of every expression that stands over its sources' rows replaced. */
function mapPlan<P extends RowsPlan>(plan: P, map: (expr: Expr) => Expr): P;
function mapPlan(plan: RowsPlan, map: (expr: Expr) => Expr): RowsPlan {
  const own = (expr: Expr): Expr => mapLeaves(expr, map);
  const orNull = (expr: Expr | null): Expr | null => (expr === null ? null : own(expr));
  const named = <T extends { readonly expr: Expr }>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, expr: own(item.expr) }));
  const where = orNull(plan.where);
  if (plan.kind === 'events') return { ...plan, where, outputs: named(plan.outputs), order: named(plan.order) };
  const measures = plan.measures.map((measure) => ({
    ...measure,
    args: measure.args.map(own),
    filter: orNull(measure.filter),
  }));
  if (plan.kind === 'grouped') return { ...plan, where, keys: named(plan.keys), measures };
  return { ...plan, where, measures, starting: orNull(plan.starting), ending: orNull(plan.ending) };
}

function isActorText(expr: Expr, actor: string): boolean {
  return expr.kind === 'column' && expr.name === actor && expr.type === 'text';
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
