import type { Expr } from '../plan/expr.ts';
import type { ScanPlan } from '../plan/query.ts';
import type { Measure } from '../plan/select.ts';
import { conjunctsOf, holds } from '../plan/visit.ts';
import type { ScanDescriptor } from './derived-descriptor.ts';
import { rowExprsOf } from './plan-parts.ts';
import type { ScanSource } from './scan-task.ts';
import { rowsOf } from './slices.ts';

/** Bytes of text under a function that take as long as one row without. */
const bytesPerRow = 64;
/** Rows that are only compared with constants and counted, which take as long as one whose values are read. */
const rowsPerCounted = 128;
/** The same of rows of which numbers are added up or compared, all of one group. */
const rowsPerSummed = 32;
const summed = new Set(['sum', 'avg', 'min', 'max']);
const comparisons = new Set(['=', '!=', '<', '<=', '>', '>=']);

/**
 * How many rows a scan is worth the way to the pool for: one that is called off is let go of there at once, while the
 * calling thread can be held up by a single function of a long text.
 * @param tasks that the scan is cut into.
 */
export function poolRows(plan: ScanPlan, sources: readonly ScanSource[], tasks: number): number {
  const exprs = rowExprsOf(plan);
  // Rows that are only counted are not read.
  const counted = plan.kind === 'grouped' && plan.every === null && exprs.every(({ kind }) => kind === 'literal');
  // Chunks are few, and lie decoded on this thread: alone they are not worth the way to the pool.
  const read = sources.filter(
    ({ descriptor }) => descriptor.kind !== 'chunk' && !(counted && liesWithin(plan, descriptor)),
  );
  const all = tasks > 1 ? read.reduce((sum, { descriptor }) => sum + rowsOf(descriptor), 0) : 0;
  const rows = Math.floor(all / rowsPerOne(plan));
  if (!exprs.some((expr) => holds(expr, callsOnText))) return rows;
  return rows + Math.floor(sources.reduce((sum, { descriptor }) => sum + bytesOf(descriptor), 0) / bytesPerRow);
}

/**
 * How many rows take as long as one whose values are read for themselves: many, where rows are found by comparing columns
 * with constants, and all are of one group.
 */
function rowsPerOne(plan: ScanPlan): number {
  if (plan.kind !== 'grouped' || plan.keys.length > 0 || plan.every !== null) return 1;
  const compares = conjunctsOf(plan.where).every(
    (expr) =>
      expr.kind === 'call' &&
      comparisons.has(expr.name) &&
      expr.args.every(({ kind }) => kind === 'column' || kind === 'literal') &&
      expr.args.some(({ kind }) => kind === 'literal'),
  );
  if (!compares) return 1;
  const { measures } = plan;
  if (measures.every(isCount)) return rowsPerCounted;
  return measures.every((measure) => isCount(measure) || isSum(measure)) ? rowsPerSummed : 1;
}

function isCount({ name, args, filter }: Measure): boolean {
  return name === 'count' && args.length === 0 && filter === null;
}

function isSum({ name, args, filter }: Measure): boolean {
  const ofNumbers = args.every(({ kind, type }) => kind === 'column' && (type === 'int' || type === 'float'));
  return summed.has(name) && ofNumbers && filter === null;
}

/** @returns whether all rows of a source lie in the plan's range. */
function liesWithin({ range: { since, until } }: ScanPlan, descriptor: ScanDescriptor): boolean {
  if (since === null && until === null) return true;
  if (descriptor.kind !== 'segment') return false;
  const { timeMin, timeMax } = descriptor.meta;
  return timeMin >= (since ?? -Infinity) && timeMax < (until ?? Infinity);
}

function bytesOf(source: ScanDescriptor): number {
  if (source.kind === 'segment') return source.meta.bytes;
  return source.kind === 'chunk' ? source.bytes.byteLength : 0;
}

/** @returns whether a single step of a scan may hold its thread up for long: where a text is, it may be a long one. */
export function mayHoldUp(plan: ScanPlan): boolean {
  return rowExprsOf(plan).some((expr) => holds(expr, callsOnText));
}

/** @returns whether an expression is a function of a text that is no constant. */
export function callsOnText(expr: Expr): boolean {
  return expr.kind === 'call' && !comparisons.has(expr.name) && expr.args.some(readsText);
}

function readsText({ kind, type }: Expr): boolean {
  return kind !== 'literal' && kind !== 'actor' && type.endsWith('text');
}
