import { limits } from '../base/limits.ts';
import type { RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import type { CallOff } from './call-off.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import type { ScanPiece } from './scan-piece.ts';
import { openScan, type Scan, type ScanQuery, type ScanResult } from './scan-task.ts';
import { doInTurns } from './steps.ts';
import { poolRunner } from './pool-runner.ts';

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

/** Opens a scan on this thread. */
export function openOwnScan(environment: ExecutionEnvironment, query: ScanQuery, callOff: CallOff): Scan {
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
