import { limits } from '../base/limits.ts';
import type { CallOff } from './call-off.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { poolRunner } from './pool-runner.ts';
import { openOwnScan, type Runner, type ScanTask } from './runner.ts';
import type { ScanQuery, ScanResult } from './scan-task.ts';
import { doInTurns } from './steps.ts';

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
