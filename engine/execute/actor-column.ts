import { hash64OfText } from '../base/hash64.ts';
import type { Expr } from '../plan/expr.ts';
import { mapBehaviour } from '../plan/behaviour-exprs.ts';
import { isBehaviour, type ScanPlan } from '../plan/query.ts';
import { mapLeaves } from '../plan/visit.ts';
import type { HashRange } from '../store/row-source.ts';

/**
 * Reads the actor column, where it is text, as the actor: its texts come from the directory of the slice that is being
 * scanned, not from that of the whole source.
 */
export function readActorsFromDirectory<P extends ScanPlan>(plan: P, actor: string | null): P {
  if (actor === null) return plan;
  return mapPlan(plan, (part) => (isActorText(part, actor) ? { kind: 'actor', type: 'text' } : part));
}

/** @returns the plan with the leaves of every expression that stands over its sources' rows replaced. */
function mapPlan<P extends ScanPlan>(plan: P, map: (expr: Expr) => Expr): P;
function mapPlan(plan: ScanPlan, map: (expr: Expr) => Expr): ScanPlan {
  const own = (expr: Expr): Expr => mapLeaves(expr, map);
  if (isBehaviour(plan)) return mapBehaviour(plan, own);
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

/** Actors that a condition may name so that each is looked up by itself: beyond them, whole slices are read. */
const placesMax = 256;

/**
 * Finds which actors a condition leaves, where it names them: `actor = 'text'`, `actor in ('text', …)`, and these joined
 * by `and` and `or`.
 * @param seed of the actor hash.
 * @returns their places in the hash space, ascending, each a slice of its own; null where all may pass, or too many.
 */
export function actorPlaces(where: Expr | null, seed: number): HashRange[] | null {
  const found = where === null ? null : placesOf(where, seed);
  if (found === null || found.size === 0) return null;
  return [...found].sort((a, b) => a - b).map((high) => ({ from: high, to: high + 1 }));
}

/** @returns the upper words of the hashes of the actors for which an expression can be true; null = of any. */
function placesOf(expr: Expr, seed: number): ReadonlySet<number> | null {
  if (expr.kind === 'and' || expr.kind === 'or') {
    const parts = expr.args.map((arg) => placesOf(arg, seed));
    const known = parts.filter((part) => part !== null);
    if (expr.kind === 'and') return known.reduce<ReadonlySet<number> | null>(fewer, null);
    const all = new Set(known.flatMap((part) => [...part]));
    return known.length < parts.length || all.size > placesMax ? null : all;
  }
  const texts = namedActors(expr);
  if (texts === null || texts.length > placesMax) return null;
  return new Set(texts.map((text) => hash64OfText(text, seed).high));
}

function fewer(a: ReadonlySet<number> | null, b: ReadonlySet<number>): ReadonlySet<number> {
  return a === null || b.size < a.size ? b : a;
}

/** @returns the actors that `actor = 'text'` or `actor in ('text', …)` names; null for any other expression. */
export function namedActors(expr: Expr): readonly string[] | null {
  if (expr.kind === 'in') {
    const isText = (value: unknown): value is string => typeof value === 'string';
    return expr.arg.kind === 'actor' && expr.values.every(isText) ? expr.values : null;
  }
  if (expr.kind !== 'call' || expr.name !== '=' || !expr.args.some((arg) => arg.kind === 'actor')) return null;
  const literal = expr.args.find((arg) => arg.kind === 'literal');
  return typeof literal?.value === 'string' ? [literal.value] : null;
}
