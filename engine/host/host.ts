import type { Clock } from './clock.ts';
import type { Rng } from './rng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Threads } from './threads.ts';
import type { Vfs } from './vfs.ts';
import type { LockProvider } from './lock.ts';

/** Everything the engine takes from the machine, injected, so that a simulation can stand in for it. */
export interface Host {
  readonly vfs: Vfs;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly scheduler: Scheduler;
  readonly lock: LockProvider;
  readonly threads: Threads;
  /** Structured lines for the operator (recovery, torn tails, failures). */
  log(event: string, fields: Readonly<Record<string, unknown>>): void;
}
