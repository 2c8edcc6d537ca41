import { VarveError } from '../base/errors.ts';
import type { SelectPlan } from '../plan/select.ts';
import type { HashRange, RowSourceDescriptor } from '../store/row-source.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { actorHashRange, readActorsFromDirectory } from './actor-column.ts';
import { createAnswer } from './answer.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { Evaluator } from './expression.ts';
import type { ExecutionResult } from './result.ts';
import { inOrder, runnerOf } from './run-tasks.ts';
import { newStats, type ScanQuery } from './scan-task.ts';
import { dealSlices, rowsOf, slicesOf } from './slices.ts';

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
  const only = environment.seed === undefined ? null : actorHashRange(plan.where, environment.seed);
  const kept = table.sources
    .map((descriptor, index) => ({ descriptor, index }))
    .filter(({ descriptor }) => mayHold(plan, only, descriptor))
    .map(({ descriptor, index }) => ({
      descriptor: environment.prepare?.(descriptor) ?? descriptor,
      index,
      table: { index: 0, name: table.schema.name },
    }));
  const descriptors = kept.map(({ descriptor }) => descriptor);
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const query: ScanQuery = { plan, actor, sources: kept, cancelled };
  const deal = dealSlices(only === null ? slicesOf(descriptors, environment.sizes) : [only]);
  const stats = newStats();
  stats.segmentsPruned = table.sources.length - kept.length;
  const missing = new Map<string, number>();
  const noteNoValue = (name: string, rows: number): void => void missing.set(name, (missing.get(name) ?? 0) + rows);
  const answer = createAnswer(plan, actor, new Evaluator({ timezone: plan.timezone, now: plan.now, noteNoValue }));
  // Chunks are few, and lie decoded on this thread: alone they are not worth the way to the pool.
  const segments = descriptors.filter(({ kind }) => kind === 'segment');
  const rows = segments.reduce((sum, descriptor) => sum + rowsOf(descriptor), 0);
  await inOrder(deal, runnerOf(environment, query, deal.length > 1 ? rows : 0), cancelled, signal, (result) => {
    answer.take(result);
    stats.rowsScanned += result.stats.rowsScanned;
    stats.rowsMatched += result.stats.rowsMatched;
    stats.bytesScanned += result.stats.bytesScanned;
    stats.blocksPruned += result.stats.blocksPruned;
    for (const [name, count] of result.missing) noteNoValue(name, count);
  });
  const finished = answer.finish();
  const warnings = [...missing].map(
    ([name, count]) =>
      `${count} ${count === 1 ? 'value' : 'values'} of ${name} could not be had and ${count === 1 ? 'is' : 'are'} null.`,
  );
  return { ...finished, stats, warnings, approximate: [] };
}

/** @returns whether a source can have rows of the plan's range, and of the only actor. */
function mayHold(plan: SelectPlan, only: HashRange | null, descriptor: RowSourceDescriptor): boolean {
  const { timeMin, timeMax } = descriptor.kind === 'segment' ? descriptor.meta : descriptor;
  const { since, until } = plan.range;
  if ((since !== null && timeMax < since) || (until !== null && timeMin >= until)) return false;
  if (only === null || descriptor.kind === 'chunk') return true;
  return only.from < descriptor.meta.hashRange.to && descriptor.meta.hashRange.from < only.to;
}
