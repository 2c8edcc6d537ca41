import type { Expr } from '../plan/expr.ts';
import type { RowsPlan } from '../plan/select.ts';
import { childrenOf } from '../plan/visit.ts';
import type { ScanDescriptor } from './derived-descriptor.ts';
import { rowsOf } from './slices.ts';

/** Bytes of text under a function that take as long as one row without. */
const bytesPerRow = 64;
const comparisons = new Set(['=', '!=', '<', '<=', '>', '>=']);

/**
 * How many rows a scan is worth the way to the pool for: one that is called off is let go of there at once, while the
 * calling thread can be held up by a single function of a long text.
 * @param tasks that the scan is cut into.
 */
export function poolRows(plan: RowsPlan, sources: readonly ScanDescriptor[], tasks: number): number {
  // Chunks are few, and lie decoded on this thread: alone they are not worth the way to the pool.
  const stored = sources.reduce((sum, source) => sum + (source.kind === 'chunk' ? 0 : rowsOf(source)), 0);
  const rows = tasks > 1 ? stored : 0;
  if (!exprsOf(plan).some(callsOnText)) return rows;
  return rows + Math.floor(sources.reduce((sum, source) => sum + bytesOf(source), 0) / bytesPerRow);
}

function bytesOf(source: ScanDescriptor): number {
  if (source.kind === 'segment') return source.meta.bytes;
  return source.kind === 'chunk' ? source.bytes.byteLength : 0;
}

function exprsOf(plan: RowsPlan): Expr[] {
  const exprs: Expr[] = plan.where === null ? [] : [plan.where];
  if (plan.kind !== 'events')
    for (const { args, filter } of plan.measures) exprs.push(...args, ...(filter === null ? [] : [filter]));
  if (plan.kind === 'events') exprs.push(...[...plan.outputs, ...plan.order].map(({ expr }) => expr));
  if (plan.kind === 'grouped') exprs.push(...plan.keys.map(({ expr }) => expr));
  if (plan.kind === 'lives') for (const expr of [plan.starting, plan.ending]) if (expr !== null) exprs.push(expr);
  return exprs;
}

function callsOnText(expr: Expr): boolean {
  if (expr.kind === 'call' && !comparisons.has(expr.name) && expr.args.some((arg) => readsText(arg))) return true;
  return childrenOf(expr).some(callsOnText);
}

function readsText({ kind, type }: Expr): boolean {
  return kind !== 'literal' && kind !== 'actor' && type.endsWith('text');
}
