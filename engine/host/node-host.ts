import { systemClock } from './clock.ts';
import type { Host } from './host.ts';
import { nodeLock } from './node-lock.ts';
import { nodeVfs } from './node-vfs.ts';
import { systemRng } from './rng.ts';
import { systemScheduler } from './scheduler.ts';

/** @returns the machine that the process runs on. */
export function createNodeHost(log: Host['log']): Host {
  return { vfs: nodeVfs, clock: systemClock, rng: systemRng, scheduler: systemScheduler, lock: nodeLock, log };
}
