import { limits } from '../base/limits.ts';
import type { Scalar, Values } from '../column/values.ts';
import { scalarAt } from '../functions/access.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';
import type { Expr } from '../plan/expr.ts';
import type { EventsPlan, SelectPlan } from '../plan/select.ts';
import { wholeHashSpace, type HashRange, type RowSource, type RowSourceDescriptor } from '../store/row-source.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import type { OpenSource } from './block-view.ts';
import { Evaluator } from './expression.ts';
import { finishGroups, sortRows, type Finished } from './finish.ts';
import { groupSlice, mergeGroupStates, newGroupStates } from './group.ts';
import type { ExecutionResult, ExecutionStats } from './result.ts';
import { overlaps, scanSlice, type ScanContext } from './scan.ts';

/** What execution takes from around it. */
export interface ExecutionEnvironment {
  openSource(descriptor: RowSourceDescriptor): RowSource;
}

/**
 * Answers a plan over one table's snapshot, slice by slice: the same plan and snapshot give the same answer however the
 * slices are dealt out.
 * @throws VarveError `cancelled`, `limit`, `type` (a sum beyond 64 bits), `data_corrupted`.
 */
export async function executePlan(
  environment: ExecutionEnvironment,
  plan: SelectPlan,
  table: TableSnapshot,
  signal?: AbortSignal,
): Promise<ExecutionResult> {
  const stats: ExecutionStats = { rowsScanned: 0, rowsMatched: 0, bytesScanned: 0, segmentsPruned: 0, blocksPruned: 0 };
  const missing = new Map<string, number>();
  const evaluator = new Evaluator({
    timezone: plan.timezone,
    now: plan.now,
    noteNoValue: (name, rows) => missing.set(name, (missing.get(name) ?? 0) + rows),
  });
  const context: ScanContext = { evaluator, stats, signal };
  const sources = openSources(environment, plan, table, stats);
  try {
    const finished = plan.kind === 'grouped' ? runGrouped(plan, sources, context) : runEvents(plan, sources, context);
    for (const { source } of sources) stats.bytesScanned += source.bytesRead;
    const warnings = [...missing].map(
      ([name, rows]) =>
        `${rows} ${rows === 1 ? 'value' : 'values'} of ${name} could not be had and ${rows === 1 ? 'is' : 'are'} null.`,
    );
    return { ...finished, stats, warnings };
  } finally {
    for (const { source } of sources) source.release();
  }
}

function openSources(
  environment: ExecutionEnvironment,
  plan: SelectPlan,
  table: TableSnapshot,
  stats: ExecutionStats,
): OpenSource[] {
  const open: OpenSource[] = [];
  table.sources.forEach((descriptor, index) => {
    const { timeMin, timeMax } = descriptor.kind === 'segment' ? descriptor.meta : descriptor;
    if (overlaps(plan, timeMin, timeMax))
      open.push({ source: environment.openSource(descriptor), index, texts: new Map(), actors: null });
    else stats.segmentsPruned++;
  });
  return open;
}

/** Cuts the hash space into a power of two of equal ranges, so many that a slice holds at most sliceActorsMax actors on average. */
export function slicesOf(sources: readonly OpenSource[]): HashRange[] {
  const entries = sources.reduce((sum, { source }) => sum + source.readActors(wholeHashSpace).count, 0);
  let count = 1;
  while (count * limits.sliceActorsMax < entries && count < 65_536) count *= 2;
  const width = 2 ** 32 / count;
  return Array.from({ length: count }, (_, slice) => ({ from: slice * width, to: (slice + 1) * width }));
}

function runGrouped(
  plan: Extract<SelectPlan, { kind: 'grouped' }>,
  sources: readonly OpenSource[],
  context: ScanContext,
): Finished {
  const total = newGroupStates(plan);
  for (const slice of slicesOf(sources)) mergeGroupStates(plan, total, groupSlice(plan, sources, slice, context));
  return finishGroups(plan, total, context.evaluator);
}

/** Rows kept while scanning, as plain columns: outputs, then sort keys; the last are time, source and row. */
interface Kept {
  readonly columns: Scalar[][];
}

function runEvents(plan: EventsPlan, sources: readonly OpenSource[], context: ScanContext): Finished {
  const exprs: readonly Expr[] = [
    ...plan.outputs.map(({ expr }) => expr),
    ...plan.order.map(({ expr }) => expr),
    { kind: 'column', name: 'time', type: 'time' },
  ];
  const most = plan.limit === null ? Infinity : plan.offset + plan.limit;
  let kept: Kept = { columns: exprs.map(() => []) };
  const sortKept = (): void => {
    const columns = kept.columns.map((column) => valuesFromScalars(column));
    const rows = Uint32Array.from({ length: kept.columns[0]!.length }, (_, row) => row);
    const firstSort = plan.outputs.length;
    const order = [...plan.order, { expr: exprs[exprs.length - 1]!, descending: false }];
    const places = new Map(order.map((sort, index) => [sort, columns[firstSort + index]!]));
    const sorted = sortRows(rows, order, (sort) => places.get(sort)!).subarray(0, most === Infinity ? undefined : most);
    kept = { columns: kept.columns.map((column) => Array.from(sorted, (row) => column[row]!)) };
  };
  // Slice by slice keeps the rows of one actor together; equal times keep the stored order.
  for (const slice of slicesOf(sources)) {
    scanSlice(plan, sources, slice, context, (view, leaves) => {
      const values: Values[] = exprs.map((expr) => context.evaluator.evaluate(expr, leaves));
      for (let i = 0; i < view.rows.length; i++)
        values.forEach((column, index) => kept.columns[index]!.push(scalarAt(column, i)));
      if (kept.columns[0]!.length > 2 * most + limits.blockRowsMax) sortKept();
    });
  }
  sortKept();
  const rowCount = Math.max(0, kept.columns[0]!.length - plan.offset);
  return {
    columns: plan.outputs.map(({ name, expr }) => ({ name, type: expr.type })),
    data: plan.outputs.map((_, index) => valuesFromScalars(kept.columns[index]!.slice(plan.offset))),
    rowCount,
  };
}
