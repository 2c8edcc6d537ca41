import { aggregateFunctions } from '../functions/aggregates/index.ts';
import type { Expr } from '../plan/expr.ts';
import type { QueryPlan } from '../plan/query.ts';
import type { GroupedPlan, LivesPlan, OutputColumn } from '../plan/select.ts';
import { holds } from '../plan/visit.ts';
import { measureKind } from './measure-state.ts';

/** Leaves of a life that are numbers, by the index of their key. */
const numbers: ReadonlySet<number> = new Set([1, 2, 3, 4]);

/**
 * Sessions and actors of tables whose rows are only grouped need not be made a source: no actor lies in two tasks, so
 * each task groups what it cuts.
 * @returns the plan of the lives, with the groups that they go into; null where rows are to be made.
 */
export function livesIntoGroups(plan: QueryPlan): LivesPlan | null {
  if (plan.kind !== 'grouped' || plan.from.length !== 1) return null;
  const [source] = plan.from;
  if (source.kind !== 'derived' || source.plan.kind !== 'lives') return null;
  const lives = source.plan;
  const { starting, ending, from, starts } = lives;
  const isCut = starting === null && ending === null && from.every(({ kind }) => kind === 'table');
  // A range that is asked of the rows is one of their starts: those alone are cut.
  if (plan.range.since !== starts.since || plan.range.until !== starts.until) return null;
  if (!isCut || !isGroupedAlone(plan, lives.outputs)) return null;
  const read = lives.outputs.filter(({ name }) => exprsOf(plan).some((expr) => readsColumn(expr, name)));
  return read.every(({ expr }) => isTold(expr, lives)) ? { ...lives, outputs: read, into: plan } : null;
}

function exprsOf({ keys, measures }: GroupedPlan): Expr[] {
  const all = [...keys.map(({ expr }) => expr), ...measures.flatMap(({ args, filter }) => [...args, filter])];
  return all.filter((expr) => expr !== null);
}

function readsColumn(expr: Expr, name: string): boolean {
  return holds(expr, (part) => part.kind === 'column' && part.name === name);
}

/** Nothing is asked that needs buckets, ranks, other queries, who the actor is, or in what order rows stand. */
function isGroupedAlone(plan: GroupedPlan, outputs: readonly OutputColumn[]): boolean {
  const { every, trailing, compare, keys, subqueries, measures } = plan;
  if (every !== null || trailing !== null || compare !== null || subqueries.length > 0) return false;
  if (plan.where !== null || keys.some(({ unnest, top }) => unnest || top !== null)) return false;
  const known = new Set(outputs.map(({ name }) => name));
  const isColumn = (expr: Expr): boolean =>
    !holds(expr, (part) => part.kind === 'actor' || part.kind === 'place' || part.kind === 'table' || isUnknown(part));
  const isUnknown = (part: Expr): boolean => part.kind === 'column' && !known.has(part.name);
  return (
    exprsOf(plan).every(isColumn) &&
    measures.every(({ name }, index) => {
      const aggregate = aggregateFunctions.get(name);
      return aggregate !== undefined && aggregate.ordered !== true && measureKind(plan, index).kind === 'values';
    })
  );
}

/** The first and the last value of a session are notes of its events; numbers are those of its times. */
function isTold(expr: Expr, { measures }: LivesPlan): boolean {
  if (expr.kind === 'key') return numbers.has(expr.index);
  if (expr.kind !== 'measure') return false;
  const { name, filter, args } = measures[expr.index];
  return (name === 'first' || name === 'last') && filter === null && args[0].kind !== 'actor';
}
