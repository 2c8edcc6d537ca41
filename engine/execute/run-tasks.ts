import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { HashRange } from '../store/row-source.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { openScan, type ScanQuery, type ScanResult } from './scan-task.ts';
import type { ScanTask } from './worker.ts';

let queries = 0;

/** Runs tasks: `lanes` of them at a time. */
export interface Runner {
  readonly lanes: number;
  run(slices: readonly HashRange[]): Promise<ScanResult>;
}

/**
 * Chooses where a query's tasks run.
 * @param rows how many the tasks read from segments; 0 where the pool is not worth the way.
 */
export function runnerOf(environment: ExecutionEnvironment, query: ScanQuery, rows: number): Runner {
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
export async function inOrder(
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
