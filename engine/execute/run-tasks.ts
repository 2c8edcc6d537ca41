import { limits } from '../base/limits.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import type { RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import type { CallOff } from './call-off.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import type { ScanPiece } from './scan-piece.ts';
import { openScan, type Scan, type ScanQuery, type ScanResult } from './scan-task.ts';
import { doInTurns } from './steps.ts';
import type { ScanCall, TaskResults } from './worker.ts';

let queries = 0;
let memories = 0;
const memoryNumbers = new WeakMap<SharedMemory, number>();

/** What one task scans. */
export type ScanTask = readonly ScanPiece[];

/** Takes the result of the task of that number, of those of one `run`. */
export type TakeResult = (number: number, result: ScanResult) => Promise<void>;

/** Runs tasks of one query. */
export interface Runner {
  /**
   * Runs tasks, several at once where there are threads; results come in any order. When it settles, all have ended.
   * @param last no other tasks will come: threads let go of the query at once.
   * @throws the first failure, with which the query is called off: other tasks end at their next block.
   */
  run(tasks: readonly ScanTask[], take: TakeResult, last: boolean): Promise<void>;
  /** All tasks have ended: threads let go of what they keep between them, answers in shared memory and open files. */
  end(): void;
}

/**
 * Chooses where a query's tasks run.
 * @param rows how many the tasks read that are worth the way to the pool; 0 where it is not.
 */
export function runnerOf(environment: ExecutionEnvironment, query: ScanQuery, rows: number, callOff: CallOff): Runner {
  const { pool, sizes } = environment;
  return pool === undefined || pool.threads.count === 0 || rows < (sizes ?? limits).poolRowsMin
    ? ownRunner(environment, query, callOff)
    : poolRunner(environment, pool, query, callOff);
}

function openOwnScan(environment: ExecutionEnvironment, query: ScanQuery, callOff: CallOff): Scan {
  const openSource = (descriptor: RowSourceDescriptor): RowSource => environment.openSource(descriptor);
  return openScan(query, openSource, environment.blockCache, callOff.check);
}

function ownRunner(environment: ExecutionEnvironment, query: ScanQuery, callOff: CallOff): Runner {
  const scan = openOwnScan(environment, query, callOff);
  return {
    async run(tasks, take) {
      try {
        for (const [number, task] of tasks.entries()) await take(number, await doInTurns(scan.run(task), callOff.turn));
      } finally {
        scan.rest();
      }
    },
    end: () => undefined,
  };
}

/**
 * A thread is sent the query once for many tasks: it takes one after another by a counter that all threads share, and
 * answers with what it has found so far. Until as many calls have arrived as there are threads, this one takes tasks too:
 * the first query does not wait for threads to start.
 */
function poolRunner(
  environment: ExecutionEnvironment,
  { threads, memory }: NonNullable<ExecutionEnvironment['pool']>,
  query: ScanQuery,
  callOff: CallOff,
): Runner {
  const queryNumber = ++queries;
  // Of which nobody knows whether a thread still holds the query.
  let calls = 0;
  return {
    async run(tasks, take, last) {
      const next = new Int32Array(new SharedArrayBuffer(8));
      const own = memory();
      const memoryNumber = numberOf(own);
      const call: ScanCall = { queryNumber, query, tasks, next, last, memory: own, memoryNumber };
      let failed = false;
      const send = (): Promise<TaskResults> => {
        calls++;
        const sent = threads.run<TaskResults>('execute', 'scan', call);
        // Its failure is told when its turn comes; until then nobody waits for it.
        sent.catch(() => undefined);
        return sent;
      };
      const lane = async (): Promise<void> => {
        for (let waiting: Promise<TaskResults> | null = send(); waiting !== null;) {
          const sent = waiting;
          waiting = null;
          try {
            const { results, forgotten } = await sent;
            if (forgotten) calls--;
            if (failed) return;
            // The thread goes on while its results are taken.
            if (Atomics.load(next, 0) < tasks.length) waiting = send();
            for (const [number, result] of results) await take(number, result);
          } catch (error) {
            failed = true;
            callOff.fail(error);
          }
        }
      };
      const lanes = Math.min(threads.count, tasks.length);
      const help = async (): Promise<void> => {
        let scan: Scan | null = null;
        try {
          while (!failed && Atomics.load(next, 1) < lanes) {
            const number = Atomics.add(next, 0, 1);
            if (number >= tasks.length) break;
            scan ??= openOwnScan(environment, query, callOff);
            await take(number, await doInTurns(scan.run(tasks[number]), callOff.turn));
          }
        } catch (error) {
          failed = true;
          callOff.fail(error);
        } finally {
          scan?.rest();
        }
      };
      const helping = later(environment, help);
      await Promise.all(Array.from({ length: lanes }, lane));
      await helping.end();
      callOff.check();
    },
    end() {
      // One a thread that may have had a task: each goes to one that is idle. Others forget with their next query's.
      for (let thread = 0; thread < Math.min(threads.count, calls); thread++)
        threads.run('execute', 'forget', queryNumber).catch(() => undefined);
    },
  };
}

/** Threads that run have taken up a query after this long; those that start take tens of milliseconds. */
const threadsWaitMs = 3;

/** Lets this thread lend a hand when threads keep it waiting. `end` waits for that, or has it not begin. */
function later({ after }: ExecutionEnvironment, help: () => Promise<void>): { end(): Promise<void> } {
  let helping: Promise<void> = Promise.resolve();
  const callOff = after?.(threadsWaitMs, () => {
    helping = help();
  });
  return {
    end() {
      callOff?.();
      return helping;
    },
  };
}

function numberOf(memory: SharedMemory): number {
  let number = memoryNumbers.get(memory);
  if (number === undefined) memoryNumbers.set(memory, (number = ++memories));
  return number;
}

/** Does all tasks and takes what they found in their order. */
export async function inOrder(
  tasks: readonly ScanTask[],
  runner: Runner,
  callOff: CallOff,
  take: (result: ScanResult) => Promise<void>,
): Promise<void> {
  callOff.check();
  const waiting = new Map<number, ScanResult>();
  let taken = 0;
  let taking = false;
  const takeInOrder = async (number: number, found: ScanResult): Promise<void> => {
    waiting.set(number, found);
    if (taking) return;
    taking = true;
    for (let result = waiting.get(taken); result !== undefined; result = waiting.get(taken)) {
      waiting.delete(taken++);
      await take(result);
    }
    taking = false;
  };
  await runner.run(tasks, takeInOrder, true);
  callOff.check();
}
