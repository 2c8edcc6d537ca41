import { nodeVfs } from '../host/node-vfs.ts';
import type { ThreadTasks } from '../host/threads.ts';
import { createLogWriter, type LogGroup } from './log-writer.ts';

// One writer a thread: the thread belongs to one store.
const writer = createLogWriter(nodeVfs);

/** The tasks of the thread that writes the log. */
export const tasks: ThreadTasks = {
  open: ({ directory, number }: { readonly directory: string; readonly number: number }) =>
    writer.open(directory, number),
  write: (group: LogGroup) => writer.write(group),
  abandon: () => writer.abandon(),
  leave: () => writer.leave(),
};
