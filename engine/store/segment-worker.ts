import type { ThreadTasks } from '../host/threads.ts';
import { nodeVfs } from '../host/node-vfs.ts';
import { buildSegments } from './segment-build.ts';
import type { BuildRequest, BuildResult } from './segment-tasks.ts';

/** What the threads of the entry `segment` do. */
export const tasks: ThreadTasks = {
  build: (request: BuildRequest): Promise<BuildResult> => buildSegments(nodeVfs, request),
};
