import { limits } from '../base/limits.ts';
import type { HashRange, RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import type { CallOff } from './call-off.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { openScan, type ScanQuery, type ScanResult } from './scan-task.ts';
import { doInTurns } from './steps.ts';
import type { ScanTask } from './worker.ts';

let queries = 0;

/** Runs tasks: `lanes` of them at a time. */
export interface Runner {
  readonly lanes: number;
  run(slices: readonly HashRange[]): Promise<ScanResult>;
  /** All tasks have ended: threads let go of what they keep between them, answers in shared memory and open files. */
  end(): void;
}

/**
 * Chooses where a query's tasks run.
 * @param rows how many the tasks read that are worth the way to the pool; 0 where it is not.
 */
export function runnerOf(environment: ExecutionEnvironment, query: ScanQuery, rows: number, callOff: CallOff): Runner {
  const { pool, sizes } = environment;
  if (pool === undefined || pool.threads.count === 0 || rows < (sizes ?? limits).poolRowsMin) {
    const openSource = (descriptor: RowSourceDescriptor): RowSource => environment.openSource(descriptor);
    const scan = openScan(query, openSource, environment.blockCache, callOff.check);
    return { lanes: 1, run: (slices) => doInTurns(scan.run(slices), callOff.turn), end: () => undefined };
  }
  const queryNumber = ++queries;
  const memory = pool.memory();
  let started = 0;
  return {
    // One more than run at once waits in the pool: no thread is idle while an answer is on its way here.
    lanes: pool.threads.count + 1,
    run(slices) {
      started++;
      const task: ScanTask = { queryNumber, query, slices, memory };
      return pool.threads.run<ScanResult>('execute', 'scan', task);
    },
    end() {
      // One a thread that may have had a task: each goes to one that is idle. Others forget with their next query's.
      for (let thread = 0; thread < Math.min(pool.threads.count, started); thread++)
        pool.threads.run('execute', 'forget', queryNumber).catch(() => undefined);
    },
  };
}

/**
 * Does all tasks and takes what they found in their order. The first failure, or the query being called off, has the
 * others end at their next block; all have ended when this settles.
 */
export async function inOrder(
  deal: readonly (readonly HashRange[])[],
  runner: Runner,
  callOff: CallOff,
  take: (result: ScanResult) => Promise<void>,
): Promise<void> {
  callOff.check();
  const waiting = new Map<number, ScanResult>();
  let next = 0;
  let taken = 0;
  let taking = false;
  let failed = false;
  const takeWaiting = async (): Promise<void> => {
    if (taking) return;
    taking = true;
    for (let result = waiting.get(taken); result !== undefined; result = waiting.get(taken)) {
      waiting.delete(taken++);
      await take(result);
    }
    taking = false;
  };
  const lane = async (): Promise<void> => {
    while (!failed && next < deal.length) {
      const number = next++;
      try {
        waiting.set(number, await runner.run(deal[number]));
        await takeWaiting();
      } catch (error) {
        failed = true;
        callOff.fail(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(runner.lanes, deal.length) }, lane));
  callOff.check();
}
