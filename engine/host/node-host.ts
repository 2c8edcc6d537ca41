import { systemClock } from './clock.ts';
import type { Host } from './host.ts';
import { nodeLock } from './node-lock.ts';
import { nodeVfs } from './node-vfs.ts';
import { createNodeThreads } from './node-threads.ts';
import { systemRng } from './rng.ts';
import { systemScheduler } from './scheduler.ts';

/**
 * The machine that the process runs on. No thread starts before the first task.
 * @param threads how many tasks run beside the calling thread; 0 = all in it; undefined = one a processor.
 */
export function createNodeHost(log: Host['log'], threads?: number): Host {
  return {
    vfs: nodeVfs,
    clock: systemClock,
    rng: systemRng,
    scheduler: systemScheduler,
    lock: nodeLock,
    threads: createNodeThreads(threads),
    log,
  };
}
