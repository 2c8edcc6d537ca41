import { buildSegments } from '../../engine/store/segment-build.ts';
import type { BuildRequest } from '../../engine/store/segment-tasks.ts';
import type { TaskRegistry } from './sim-host.ts';

/** The tasks of threads that the store under test runs, over the files of a simulated process. */
export const simTasks: TaskRegistry = {
  segment: (vfs) => ({ build: (request: BuildRequest) => buildSegments(vfs, request) }),
};
