import { limits } from '../base/limits.ts';
import type { Threads } from '../host/threads.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import type { CallOff } from './call-off.ts';
import { createForecast } from './forecast.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { mayHoldUp } from './pool-rows.ts';
import { openOwnScan, type Runner, type ScanTask, type TakeResult } from './runner.ts';
import type { Scan, ScanQuery } from './scan-task.ts';
import { doInTurns } from './steps.ts';
import type { ScanCall, TaskResults } from './worker.ts';

let queries = 0;
let memories = 0;
const memoryNumbers = new WeakMap<SharedMemory, number>();

/** When a query last had use for these threads, ms. */
const lastUsed = new WeakMap<Threads, number>();
/**
 * What is left of a query is worth it to start threads for, ms on this one: to start one takes 100 ms of a core, and it
 * is slow at first. Where there are but two cores, these are often one in truth.
 */
const startWorthMs = (beside: number): number => 200 + 1_000 / beside;

/** @returns whether threads have been wanted lately, so that they run or are worth starting. */
function areInUse({ monotonic }: ExecutionEnvironment, threads: Threads): boolean {
  if (monotonic === undefined) return true;
  const last = lastUsed.get(threads);
  return last !== undefined && monotonic() - last < limits.idleThreadMs;
}

function noteUse({ monotonic }: ExecutionEnvironment, threads: Threads): void {
  if (monotonic !== undefined) lastUsed.set(threads, monotonic());
}

/** The tasks of one `run`, and those who do them. */
interface PoolWork {
  readonly environment: ExecutionEnvironment;
  readonly query: ScanQuery;
  readonly callOff: CallOff;
  readonly tasks: readonly ScanTask[];
  readonly take: TakeResult;
  /** See `ScanCall`. */
  readonly next: Int32Array;
  /** Asks a thread for as long as tasks are left; never rejects. */
  lane(): Promise<void>;
  failed(): boolean;
  fail(error: unknown): void;
}

/**
 * A thread is sent the query once for many tasks: it takes one after another by a counter that all threads share, and
 * answers with what it has found so far. Where threads run, this one only lends a hand until they have taken the query
 * up; where none do, it works from the first moment on and starts threads when much is left, unless it may be held up.
 */
export function poolRunner(
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
      const call: ScanCall = { queryNumber, query, tasks, next, last, memory: own, memoryNumber: numberOf(own) };
      let failed = false;
      const fail = (error: unknown): void => {
        failed = true;
        callOff.fail(error);
      };
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
            fail(error);
          }
        }
      };
      const work: PoolWork = { environment, query, callOff, tasks, take, next, lane, failed: () => failed, fail };
      // This thread must not be held up: what may do so is left to others as soon as they run.
      const toThreads = areInUse(environment, threads) || mayHoldUp(query.plan);
      noteUse(environment, threads);
      await (toThreads ? workInThreads(work, threads.count) : workHere(work, Math.max(1, threads.count - 1)));
      noteUse(environment, threads);
      callOff.check();
    },
    end() {
      // One a thread that may have had a task: each goes to one that is idle. Others forget with their next query's.
      for (let thread = 0; thread < Math.min(threads.count, calls); thread++)
        threads.run('execute', 'forget', queryNumber).catch(() => undefined);
    },
  };
}

/** Until as many calls have arrived as there are threads, this one takes tasks too. */
async function workInThreads(work: PoolWork, count: number): Promise<void> {
  const { environment, tasks, next, lane } = work;
  const lanes = Math.min(count, tasks.length);
  const helping = later(environment, () =>
    help(
      work,
      () => Atomics.load(next, 1) < lanes,
      () => undefined,
    ),
  );
  await Promise.all(Array.from({ length: lanes }, lane));
  await helping.end();
}

/**
 * This thread takes tasks to the end, and other threads beside it once it has seen that much is left.
 * @param beside how many.
 */
async function workHere(work: PoolWork, beside: number): Promise<void> {
  const { environment, tasks, next, lane } = work;
  const lanes: Promise<void>[] = [];
  const forecast = createForecast(environment.monotonic!);
  const see = (): void => {
    forecast.done();
    if (lanes.length > 0) return;
    const left = tasks.length - Atomics.load(next, 0);
    if (forecast.msFor(left) < startWorthMs(beside)) return;
    for (let thread = 0; thread < Math.min(beside, left); thread++) lanes.push(lane());
  };
  await help(work, () => true, see);
  await Promise.all(lanes);
}

/**
 * Takes tasks on this thread.
 * @param wanted asked before each.
 * @param done called after each.
 */
async function help(work: PoolWork, wanted: () => boolean, done: () => void): Promise<void> {
  const { environment, query, callOff, tasks, take, next } = work;
  let scan: Scan | null = null;
  try {
    while (!work.failed() && wanted()) {
      const number = Atomics.add(next, 0, 1);
      if (number >= tasks.length) break;
      scan ??= openOwnScan(environment, query, callOff);
      await take(number, await doInTurns(scan.run(tasks[number]), callOff.turn));
      done();
    }
  } catch (error) {
    work.fail(error);
  } finally {
    scan?.rest();
  }
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
