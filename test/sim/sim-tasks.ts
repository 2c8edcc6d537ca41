import type { TaskRegistry } from './sim-host.ts';

/** The tasks of threads that the store under test runs, over the files of a simulated process. */
export const simTasks: TaskRegistry = {};
