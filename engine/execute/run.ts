import { VarveError } from '../base/errors.ts';
import type { SelectPlan } from '../plan/select.ts';
import type { HashRange, RowSourceDescriptor } from '../store/row-source.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { actorHashRange, readActorsFromDirectory } from './actor-column.ts';
import { createAnswer } from './answer.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { Evaluator } from './expression.ts';
import { groupingOf } from './grouping.ts';
import type { ExecutionResult, ExecutionStats } from './result.ts';
import { inOrder, runnerOf } from './run-tasks.ts';
import { newStats, type ScanQuery, type ScanResult } from './scan-task.ts';
import { dealSlices, rowsOf, slicesOf } from './slices.ts';
import type { TimeCells, TimeSpan } from './time-windows.ts';

/**
 * Answers a plan over the tables of a snapshot. The slices and their deal to tasks depend on the plan and the snapshot
 * alone, and what tasks find is merged in their order: the answer is the same to the byte whatever the number of threads.
 * @throws VarveError `cancelled`, `limit`, `type` (a sum beyond 64 bits), `data_corrupted`.
 */
export async function executePlan(
  environment: ExecutionEnvironment,
  original: SelectPlan,
  tables: ReadonlyMap<string, TableSnapshot>,
  signal?: AbortSignal,
): Promise<ExecutionResult> {
  const [source] = original.from;
  const table = source.kind === 'table' ? tables.get(source.name) : undefined;
  if (table === undefined) throw new VarveError('internal', 'BUG: a source that is no table');
  const { actor } = original;
  const plan = readActorsFromDirectory(original, actor);
  const grouping = plan.kind === 'grouped' ? groupingOf(plan, spanOf(table)) : null;
  const scans = grouping?.scans ?? [{ plan, cells: null }];
  const stats = newStats();
  const missing = new Map<string, number>();
  const noteNoValue = (name: string, rows: number): void => void missing.set(name, (missing.get(name) ?? 0) + rows);
  const answer = createAnswer(plan, grouping, new Evaluator({ timezone: plan.timezone, now: plan.now, noteNoValue }));
  for (const [number, scan] of scans.entries()) {
    await runScan(environment, scan, table, stats, signal, (result) => {
      answer.take(result, number);
      for (const [name, count] of result.missing) noteNoValue(name, count);
    });
  }
  const finished = answer.finish();
  const warnings = [...missing].map(
    ([name, count]) =>
      `${count} ${count === 1 ? 'value' : 'values'} of ${name} could not be had and ${count === 1 ? 'is' : 'are'} null.`,
  );
  return { ...finished, stats, warnings };
}

/** Reads a table once and adds to the costs; `take` gets what each task found, in their order. */
async function runScan(
  environment: ExecutionEnvironment,
  { plan, cells }: { readonly plan: SelectPlan; readonly cells: TimeCells | null },
  table: TableSnapshot,
  stats: ExecutionStats,
  signal: AbortSignal | undefined,
  take: (result: ScanResult) => void,
): Promise<void> {
  const only = environment.seed === undefined ? null : actorHashRange(plan.where, environment.seed);
  const kept = table.sources
    .map((descriptor, index) => ({ descriptor, index }))
    .filter(({ descriptor }) => cells?.bounds.length !== 0 && mayHold(plan, only, descriptor))
    .map(({ descriptor, index }) => ({
      descriptor: environment.prepare?.(descriptor) ?? descriptor,
      index,
      table: { index: 0, name: table.schema.name },
    }));
  const descriptors = kept.map(({ descriptor }) => descriptor);
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const query: ScanQuery = { plan, actor: plan.actor, sources: kept, cells, cancelled };
  const deal = dealSlices(only === null ? slicesOf(descriptors, environment.sizes) : [only]);
  stats.segmentsPruned += table.sources.length - kept.length;
  // Chunks are few, and lie decoded on this thread: alone they are not worth the way to the pool.
  const segments = descriptors.filter(({ kind }) => kind === 'segment');
  const rows = segments.reduce((sum, descriptor) => sum + rowsOf(descriptor), 0);
  await inOrder(deal, runnerOf(environment, query, deal.length > 1 ? rows : 0), cancelled, signal, (result) => {
    take(result);
    stats.rowsScanned += result.stats.rowsScanned;
    stats.rowsMatched += result.stats.rowsMatched;
    stats.bytesScanned += result.stats.bytesScanned;
    stats.blocksPruned += result.stats.blocksPruned;
  });
}

/** @returns the span of time of a table's events. */
function spanOf({ sources }: TableSnapshot): TimeSpan {
  let timeMin = Infinity;
  let timeMax = -Infinity;
  for (const source of sources) {
    const own = source.kind === 'segment' ? source.meta : source;
    timeMin = Math.min(timeMin, own.timeMin);
    timeMax = Math.max(timeMax, own.timeMax);
  }
  return { timeMin, timeMax };
}

/** @returns whether a source can have rows of the plan's range, and of the only actor. */
function mayHold(plan: SelectPlan, only: HashRange | null, descriptor: RowSourceDescriptor): boolean {
  const { timeMin, timeMax } = descriptor.kind === 'segment' ? descriptor.meta : descriptor;
  const { since, until } = plan.range;
  if ((since !== null && timeMax < since) || (until !== null && timeMin >= until)) return false;
  if (only === null || descriptor.kind === 'chunk') return true;
  return only.from < descriptor.meta.hashRange.to && descriptor.meta.hashRange.from < only.to;
}
