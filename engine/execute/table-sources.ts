import { VarveError } from '../base/errors.ts';
import type { Expr } from '../plan/expr.ts';
import type { ScanPlan } from '../plan/query.ts';

import { childrenOf, conjunctsOf } from '../plan/visit.ts';
import type { HashRange } from '../store/row-source.ts';
import type { ScanDescriptor } from './derived-descriptor.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { Evaluator } from './expression.ts';
import type { QueryRun } from './query-run.ts';
import type { ScanSource } from './scan-task.ts';
import type { TimeSpan } from './time-windows.ts';

/**
 * @param index the table's place in `from`.
 * @returns all sources of a table.
 */
export function tableSources({ tables }: Pick<QueryRun, 'tables'>, name: string, index: number): ScanSource[] {
  const found = tables.get(name);
  if (found === undefined) throw new VarveError('internal', `BUG: the snapshot has no table "${name}"`);
  const { actor } = found.schema;
  return found.sources.map((descriptor, place) => ({ descriptor, index: place, table: { index, name }, actor }));
}

/** @returns the span of time of all that sources hold. */
export function spanOf(sources: readonly ScanSource[]): TimeSpan {
  let timeMin = Infinity;
  let timeMax = -Infinity;
  for (const { descriptor } of sources) {
    const own = descriptor.kind === 'segment' ? descriptor.meta : descriptor;
    timeMin = Math.min(timeMin, own.timeMin);
    timeMax = Math.max(timeMax, own.timeMax);
  }
  return { timeMin, timeMax };
}

/**
 * @param only the places of the hash space that the plan needs, where it names them.
 * @returns the sources that may have rows of the plan's, fit for other threads.
 */
export function keptSources(
  { prepare }: ExecutionEnvironment,
  plan: ScanPlan,
  sources: readonly ScanSource[],
  only: readonly HashRange[] | null,
): ScanSource[] {
  const tables = new Map<string, boolean>();
  const ofTable = (name: string): boolean => {
    let known = tables.get(name);
    if (known === undefined) tables.set(name, (known = isOfTable(plan, name)));
    return known;
  };
  return sources
    .filter(({ descriptor, table }) => mayHold(plan, only, descriptor) && ofTable(table.name))
    .map((source) => {
      const { descriptor } = source;
      const ready = descriptor.kind === 'derived' ? descriptor : prepare?.(descriptor);
      return ready === undefined ? source : { ...source, descriptor: ready };
    });
}

/** @returns whether a source can have rows of the plan's range, and of the actors that it names. */
function mayHold(plan: ScanPlan, only: readonly HashRange[] | null, descriptor: ScanDescriptor): boolean {
  const { timeMin, timeMax } = descriptor.kind === 'segment' ? descriptor.meta : descriptor;
  const { since, until } = plan.range;
  if ((since !== null && timeMax < since) || (until !== null && timeMin >= until)) return false;
  if (only === null || descriptor.kind !== 'segment') return true;
  const { hashRange } = descriptor.meta;
  return only.some(({ from, to }) => from < hashRange.to && hashRange.from < to);
}

/** @returns whether what the plan says of `_table` is true of a table. */
function isOfTable(plan: ScanPlan, name: string): boolean {
  const evaluator = new Evaluator({ timezone: plan.timezone, now: plan.now, noteNoValue: () => undefined });
  const leaves = {
    length: 1,
    leaf: () => ({ kind: 'coded', length: 1, codes: new Uint8Array(1), texts: [name], nulls: null }) as const,
  };
  return conjunctsOf(plan.where)
    .filter(readsTableAlone)
    .every((expr) => {
      const values = evaluator.evaluate(expr, leaves);
      return values.kind === 'bool' && values.values[0] === 1 && values.nulls?.[0] !== 1;
    });
}

function readsTableAlone(expr: Expr): boolean {
  let reads = false;
  let other = false;
  const visit = (part: Expr): void => {
    const children = childrenOf(part);
    if (part.kind === 'table') reads = true;
    else if (part.kind === 'in_query' || (children.length === 0 && part.kind !== 'literal')) other = true;
    children.forEach(visit);
  };
  visit(expr);
  return reads && !other;
}
