import type { Expr } from '../plan/expr.ts';
import { isBehaviour, type ScanPlan } from '../plan/query.ts';
import type { OutputColumn } from '../plan/select.ts';
import { holds } from '../plan/visit.ts';

/** @returns the names of the outputs that read a measure which is not exact. */
export function inexactOutputs(outputs: readonly OutputColumn[], measures: readonly boolean[]): string[] {
  const isSuch = (leaf: Expr): boolean => leaf.kind === 'measure' && measures[leaf.index];
  return outputs.filter(({ expr }) => holds(expr, isSuch)).map(({ name }) => name);
}

/**
 * @param columns names of the sources' columns whose values are not exact.
 * @returns the names of the plan's outputs that are made of them.
 */
export function outputsOfInexact(plan: ScanPlan, columns: ReadonlySet<string>): string[] {
  if (columns.size === 0 || isBehaviour(plan)) return [];
  const isColumn = (leaf: Expr): boolean => leaf.kind === 'column' && columns.has(leaf.name);
  if (plan.kind === 'events') return plan.outputs.filter(({ expr }) => holds(expr, isColumn)).map(({ name }) => name);
  const keys = plan.kind === 'grouped' ? plan.keys.map(({ expr }) => holds(expr, isColumn)) : [];
  // With `compare`, those of then stand behind those of now.
  const measures = plan.measures.map(({ args, filter }) =>
    [...args, ...(filter === null ? [] : [filter])].some((expr) => holds(expr, isColumn)),
  );
  const isSuch = (leaf: Expr): boolean =>
    leaf.kind === 'key' ? keys[leaf.index] === true : leaf.kind === 'measure' && measures[leaf.index % measures.length];
  return plan.outputs.filter(({ expr }) => holds(expr, isSuch)).map(({ name }) => name);
}
