import { isBehaviour, type ScanPlan } from '../plan/query.ts';
import type { EventsPlan, SourcePlan } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';

/** @returns the plan whose derived sources give what is read of them and nothing else, all the way down. */
export function pruned<P extends ScanPlan>(plan: P): P {
  return {
    ...plan,
    from: plan.from.map((source) => readingOnly(source, plan.columns)),
    subqueries: plan.subqueries.map(pruned),
  };
}

function readingOnly(source: SourcePlan, columns: readonly string[]): SourcePlan {
  if (source.kind === 'table') return source;
  const read = new Set(['time', ...(source.actor === null ? [] : [source.actor]), ...columns]);
  return { ...source, plan: pruned(withOutputs(source.plan, read)) };
}

/** Rows are counted though nothing of them is read: one output stays. */
function withOutputs(plan: ScanPlan, read: ReadonlySet<string>): ScanPlan {
  if (isBehaviour(plan)) return plan;
  const kept = plan.outputs.filter(({ name }) => read.has(name));
  const outputs = kept.length === 0 ? plan.outputs.slice(0, 1) : kept;
  return plan.kind === 'events' ? withColumns({ ...plan, outputs }) : { ...plan, outputs };
}

function withColumns(plan: EventsPlan): EventsPlan {
  const exprs = [...plan.outputs, ...plan.order].map(({ expr }) => expr);
  const read = columnsOf(plan.where === null ? exprs : [...exprs, plan.where], plan.actor);
  return { ...plan, columns: plan.columns.filter((name) => name === 'time' || read.includes(name)) };
}
