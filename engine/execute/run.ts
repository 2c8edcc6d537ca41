import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Threads } from '../host/threads.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import type { SelectPlan } from '../plan/select.ts';
import type { BlockCache } from '../store/block-cache.ts';
import type { HashRange, RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { actorHashRange, readActorsFromDirectory } from './actor-column.ts';
import { finishEvents, type PartialEvents } from './events.ts';
import { Evaluator } from './expression.ts';
import { finishGroups, type Finished } from './finish.ts';
import { mergeGroups, newMergedGroups } from './group.ts';
import type { ExecutionResult } from './result.ts';
import { newStats, openScan, type ScanQuery, type ScanResult } from './scan-task.ts';
import { dealSlices, rowsOf, slicesOf, type ScanSizes } from './slices.ts';
import type { ScanTask } from './worker.ts';

/** What execution takes from around it. */
export interface ExecutionEnvironment {
  /** Opens a source on this thread. */
  openSource(descriptor: RowSourceDescriptor): RowSource;
  /** The cache in which segments' blocks lie. */
  readonly blockCache?: () => BlockCache;
  /** Makes a descriptor fit for other threads: a chunk gets its order. */
  prepare?(descriptor: RowSourceDescriptor): RowSourceDescriptor;
  /** Lets what waits for this thread have its turn: between tasks that run on it. */
  yield?(): Promise<void>;
  /** Where large scans run; without one, on this thread. */
  readonly pool?: { readonly threads: Threads; memory(): SharedMemory };
  /** Other sizes than the usual, so that small tables are cut and dealt out as large ones are. */
  readonly sizes?: ScanSizes;
  /** Seed of the actor hash; without it, a condition on the actor leaves no slice out. */
  readonly seed?: number;
}

let queries = 0;

/**
 * Answers a plan over one table's snapshot. The slices and their deal to tasks depend on the plan and the snapshot
 * alone, and what tasks find is merged in their order: the answer is the same to the byte whatever the number of threads.
 * @throws VarveError `cancelled`, `limit`, `type` (a sum beyond 64 bits), `data_corrupted`.
 */
export async function executePlan(
  environment: ExecutionEnvironment,
  original: SelectPlan,
  table: TableSnapshot,
  signal?: AbortSignal,
): Promise<ExecutionResult> {
  const { actor } = table.schema;
  const plan = readActorsFromDirectory(original, actor);
  const only = environment.seed === undefined ? null : actorHashRange(plan.where, environment.seed);
  const kept = table.sources
    .map((descriptor, index) => ({ descriptor, index }))
    .filter(({ descriptor }) => mayHold(plan, only, descriptor))
    .map(({ descriptor, index }) => ({ descriptor: environment.prepare?.(descriptor) ?? descriptor, index }));
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
  return { ...finished, stats, warnings };
}

/** @returns whether a source can have rows of the plan's range, and of the only actor. */
function mayHold(plan: SelectPlan, only: HashRange | null, descriptor: RowSourceDescriptor): boolean {
  const { timeMin, timeMax } = descriptor.kind === 'segment' ? descriptor.meta : descriptor;
  const { since, until } = plan.range;
  if ((since !== null && timeMax < since) || (until !== null && timeMin >= until)) return false;
  if (only === null || descriptor.kind === 'chunk') return true;
  return only.from < descriptor.meta.hashRange.to && descriptor.meta.hashRange.from < only.to;
}

/** What tasks found, made one. */
interface Answer {
  take(result: ScanResult): void;
  finish(): Finished;
}

function createAnswer(plan: SelectPlan, actor: string | null, evaluator: Evaluator): Answer {
  if (plan.kind === 'grouped') {
    const merged = newMergedGroups(plan, actor);
    return {
      take: ({ groups }) => mergeGroups(plan, actor, merged, groups!),
      finish: () => finishGroups(plan, actor, merged, evaluator),
    };
  }
  const parts: PartialEvents[] = [];
  return { take: ({ events }) => void parts.push(events!), finish: () => finishEvents(plan, parts) };
}

/** Runs tasks: `lanes` of them at a time. */
interface Runner {
  readonly lanes: number;
  run(slices: readonly HashRange[]): Promise<ScanResult>;
}

function runnerOf(environment: ExecutionEnvironment, query: ScanQuery, rows: number): Runner {
  const { pool, sizes } = environment;
  if (pool === undefined || pool.threads.count === 0 || rows < (sizes ?? limits).poolRowsMin) {
    const scan = openScan(query, (descriptor) => environment.openSource(descriptor), environment.blockCache);
    let first = true;
    return {
      lanes: 1,
      async run(slices) {
        if (!first) await environment.yield?.();
        first = false;
        return scan.run(slices);
      },
    };
  }
  const queryNumber = ++queries;
  const memory = pool.memory();
  return {
    // One more than run at once waits in the pool: no thread is idle while an answer is on its way here.
    lanes: pool.threads.count + 1,
    run(slices) {
      const task: ScanTask = { queryNumber, query, slices, memory };
      return pool.threads.run<ScanResult>('execute', 'scan', task);
    },
  };
}

/**
 * Does all tasks and takes what they found in their order. The first failure, or the signal, has the others end at
 * their next block; all have ended when this settles.
 */
async function inOrder(
  deal: readonly (readonly HashRange[])[],
  runner: Runner,
  cancelled: Int32Array,
  signal: AbortSignal | undefined,
  take: (result: ScanResult) => void,
): Promise<void> {
  const callOff = (): void => void Atomics.store(cancelled, 0, 1);
  if (signal?.aborted === true) throw new VarveError('cancelled', 'The query was called off before it began.');
  signal?.addEventListener('abort', callOff);
  const waiting = new Map<number, ScanResult>();
  let next = 0;
  let taken = 0;
  let failure: { readonly error: unknown } | null = null;
  const lane = async (): Promise<void> => {
    while (failure === null && next < deal.length) {
      const number = next++;
      try {
        waiting.set(number, await runner.run(deal[number]));
        for (let result = waiting.get(taken); result !== undefined; result = waiting.get(taken)) {
          waiting.delete(taken++);
          take(result);
        }
      } catch (error) {
        failure ??= { error };
        callOff();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(runner.lanes, deal.length) }, lane));
  signal?.removeEventListener('abort', callOff);
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
}
