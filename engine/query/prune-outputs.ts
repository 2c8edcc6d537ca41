import type { EventsPlan, RowsPlan, SourcePlan } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';

/** @returns the sources; a derived one without the outputs that the plan over it does not read. */
export function readingOnly(sources: readonly SourcePlan[], columns: readonly string[]): SourcePlan[] {
  return sources.map((source) => {
    if (source.kind === 'table') return source;
    const read = new Set(['time', ...(source.actor === null ? [] : [source.actor]), ...columns]);
    return { ...source, plan: pruned(source.plan, read) };
  });
}

/** Rows are counted though nothing of them is read: one output stays. */
function pruned(plan: RowsPlan, read: ReadonlySet<string>): RowsPlan {
  const kept = plan.outputs.filter(({ name }) => read.has(name));
  const outputs = kept.length === 0 ? plan.outputs.slice(0, 1) : kept;
  if (outputs.length === plan.outputs.length) return plan;
  return plan.kind === 'events' ? prunedEvents({ ...plan, outputs }) : { ...plan, outputs };
}

function prunedEvents(plan: EventsPlan): EventsPlan {
  const exprs = [...plan.outputs, ...plan.order].map(({ expr }) => expr);
  const read = columnsOf(plan.where === null ? exprs : [...exprs, plan.where], plan.actor);
  const columns = plan.columns.filter((name) => name === 'time' || read.includes(name));
  return { ...plan, columns, from: readingOnly(plan.from, columns) };
}
