import { VarveError } from '../base/errors.ts';
import type { Expr } from '../plan/expr.ts';
import type { RowsPlan } from '../plan/select.ts';
import { childrenOf } from '../plan/visit.ts';
import type { HashRange, RowSourceDescriptor } from '../store/row-source.ts';
import { conjunctsOf } from './conditions.ts';
import { Evaluator } from './expression.ts';
import type { QueryRun } from './query-run.ts';
import type { ScanSource } from './scan-task.ts';

/**
 * @param index the table's place in `from`.
 * @param only the one place of the hash space that the plan needs, if it is one.
 * @returns the table's sources that may have rows of the plan's.
 */
export function tableSources(
  run: QueryRun,
  plan: RowsPlan,
  name: string,
  index: number,
  only: HashRange | null,
): ScanSource[] {
  const table = run.tables.get(name);
  if (table === undefined) throw new VarveError('internal', `BUG: the snapshot has no table "${name}"`);
  const { environment } = run;
  const { actor } = table.schema;
  const kept = isOfTable(plan, table.schema.name)
    ? table.sources
        .map((descriptor, place): ScanSource => ({ descriptor, index: place, table: { index, name }, actor }))
        .filter(({ descriptor }) => mayHold(plan, only, descriptor as RowSourceDescriptor))
        .map((source) => ({
          ...source,
          descriptor: environment.prepare?.(source.descriptor as RowSourceDescriptor) ?? source.descriptor,
        }))
    : [];
  run.stats.segmentsPruned += table.sources.length - kept.length;
  return kept;
}

/** @returns whether a source can have rows of the plan's range, and of the only actor. */
function mayHold(plan: RowsPlan, only: HashRange | null, descriptor: RowSourceDescriptor): boolean {
  const { timeMin, timeMax } = descriptor.kind === 'segment' ? descriptor.meta : descriptor;
  const { since, until } = plan.range;
  if ((since !== null && timeMax < since) || (until !== null && timeMin >= until)) return false;
  if (only === null || descriptor.kind === 'chunk') return true;
  return only.from < descriptor.meta.hashRange.to && descriptor.meta.hashRange.from < only.to;
}

/** @returns whether what the plan says of `_table` is true of a table. */
function isOfTable(plan: RowsPlan, name: string): boolean {
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
