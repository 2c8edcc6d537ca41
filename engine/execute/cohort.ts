import type { Expr } from '../plan/expr.ts';
import type { ScanPlan } from '../plan/query.ts';
import type { GroupedPlan, SelectPlan } from '../plan/select.ts';
import { childrenOf, conjunctsOf, holds } from '../plan/visit.ts';
import { actorPlaces, readActorsFromDirectory } from './actor-column.ts';
import { planOfSet } from './plan-parts.ts';
import type { ScanSource } from './scan-task.ts';

/**
 * What `in (select ACTOR …)` gives where nobody answers it beforehand: tasks tell in each slice which of its actors belong
 * to it, by what they count of the rows of its own sources.
 */
export interface Cohort {
  readonly kind: 'cohort';
  /** Grouped by the actor alone, with measures that count rows. */
  readonly plan: GroupedPlan;
  /** Those that can hold rows of the plan. */
  readonly sources: readonly ScanSource[];
}

/** Functions of which every value can be had, and that take no time over a long text. */
const simpleCalls = new Set(['=', '!=', '<', '<=', '>', '>=', 'is_null']);

/**
 * Tells whether a subquery of a plan need not be answered beforehand: it gives actors of the plan's own tables by what
 * is counted of their rows, and is asked of the actor alone, by conditions that every row has to fulfil.
 * @param plan reads actors from the directory.
 * @returns the subquery, which does so too; null where it is to be answered.
 */
export function cohortPlan(plan: ScanPlan, index: number): GroupedPlan | null {
  const asked = conjunctsOf(plan.where).filter((expr) => asksActor(expr, index)).length;
  if (asked === 0 || asked < timesAsked(plan, index)) return null;
  const original = plan.subqueries[index];
  const own = readActorsFromDirectory(planOfSet(original), original.actor);
  return own.kind === 'grouped' && isOfTables(plan, own) && countsByActor(own) ? own : null;
}

/** @returns whether a subquery of a plan, as it was compiled, is not answered beforehand. */
export function isToldInTasks(plan: ScanPlan, index: number): boolean {
  return cohortPlan(readActorsFromDirectory(plan, plan.actor), index) !== null;
}

function asksActor(expr: Expr, index: number): boolean {
  const inner = expr.kind === 'not' ? expr.arg : expr;
  return inner.kind === 'in_query' && inner.subquery === index && inner.arg.kind === 'actor';
}

/** @returns how often a plan asks a subquery, wherever it may: what it reads and asks for themselves has others. */
function timesAsked({ subqueries: _, from: __, ...own }: ScanPlan, index: number): number {
  let times = 0;
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if (!ArrayBuffer.isView(part)) Object.values(part).forEach(visit);
    const { kind, subquery } = part as { readonly kind?: unknown; readonly subquery?: unknown };
    if (kind === 'in_query' && subquery === index) times++;
  };
  visit(own);
  return times;
}

function isOfTables(plan: ScanPlan, own: SelectPlan): boolean {
  return (
    own.from.length === plan.from.length &&
    own.from.every((source, at) => {
      const outer = plan.from[at];
      return source.kind === 'table' && outer.kind === 'table' && source.name === outer.name;
    })
  );
}

function countsByActor(plan: GroupedPlan): boolean {
  const { keys, outputs, measures, every, trailing, compare, having, order, limit, offset, subqueries, where } = plan;
  if (every !== null || trailing !== null || compare !== null || limit !== null || offset > 0) return false;
  if (keys.length !== 1 || order.length > 0 || subqueries.length > 0) return false;
  const [{ expr, unnest, top }] = keys;
  if (expr.kind !== 'actor' || unnest || top !== null || outputs[0].expr.kind !== 'key') return false;
  if (!measures.every(({ name, args }) => name === 'count' && args.length === 0)) return false;
  // Actors that are named are looked up, each by itself.
  if (actorPlaces(where, 0) !== null) return false;
  const overRows = [where, ...measures.map(({ filter }) => filter)];
  return (
    overRows.every((own) => own === null || isSimple(own, ['column', 'actor', 'table'])) &&
    (having === null || isSimple(having, ['measure']))
  );
}

/** @param leaves that an expression may read beside constants. */
function isSimple(expr: Expr, leaves: readonly Expr['kind'][]): boolean {
  return !holds(expr, (part) => {
    if (part.kind === 'call') return !simpleCalls.has(part.name);
    if (part.kind === 'and' || part.kind === 'or' || part.kind === 'not' || part.kind === 'in') return false;
    return part.kind !== 'literal' && (childrenOf(part).length > 0 || !leaves.includes(part.kind));
  });
}
