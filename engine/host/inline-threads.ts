import { errorFromUnknown, VarveError } from '../base/errors.ts';
import type { ThreadEntry, Threads, ThreadTasks } from './threads.ts';

/** How an entry's tasks are come by: as they are, or loaded when first wanted. */
export type InlineEntry = ThreadTasks | (() => Promise<ThreadTasks>);

/** Runs every task in the calling thread: for the simulator and for `threads: 0`. */
export function createInlineThreads(entries: Partial<Readonly<Record<ThreadEntry, InlineEntry>>>): Threads {
  return {
    count: 0,
    async run<T>(entry: ThreadEntry, task: string, argument: unknown, signal?: AbortSignal): Promise<T> {
      const found = entries[entry];
      if (found === undefined) throw new VarveError('internal', `BUG: no tasks of "${entry}" in this process`);
      if (signal?.aborted === true) throw new VarveError('cancelled', 'The work was called off before it began.');
      try {
        return (await runTask(typeof found === 'function' ? await found() : found, entry, task, argument)) as T;
      } catch (error) {
        throw errorFromUnknown(error);
      }
    },
    start: () => null,
    close: () => Promise.resolve(),
  };
}

/** Calls one task of an entry. @throws VarveError `internal` when there is none of that name, else what it throws. */
export function runTask(tasks: ThreadTasks, entry: string, task: string, argument: unknown): unknown {
  const run = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
  if (run === undefined) throw new VarveError('internal', `BUG: "${entry}" has no task "${task}"`);
  return run(argument as never);
}
