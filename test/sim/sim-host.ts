import type { Host } from '../../engine/host/host.ts';
import { createInlineThreads } from '../../engine/host/inline-threads.ts';
import type { ThreadEntry, ThreadTasks } from '../../engine/host/threads.ts';
import type { Vfs } from '../../engine/host/vfs.ts';
import { createSimClock } from './sim-clock.ts';
import { SimDisk } from './sim-disk.ts';
import { noFaults, type FaultPlan } from './sim-faults.ts';
import { createSeededRng, type SeededRng } from './sim-rng.ts';
import { createSimLock, type LockHolder } from './sim-lock.ts';
import { SimScheduler, type SimProcess } from './sim-scheduler.ts';
import { createSimVfs } from './sim-vfs.ts';

/** Tasks of the thread entries, made over the simulated files of one process. */
export type TaskRegistry = Partial<Readonly<Record<ThreadEntry, (vfs: Vfs) => ThreadTasks>>>;

/** A machine: one disk, one clock, and processes that come and go. */
export interface SimMachine {
  readonly rng: SeededRng;
  readonly scheduler: SimScheduler;
  readonly disk: SimDisk;
  /** Who holds the lock of which folder. */
  readonly locks: Map<string, LockHolder>;
  readonly tasks: TaskRegistry;
  /** All that were started since the last end. */
  readonly processes: SimProcess[];
  /** Is told of what happens, a line each; nothing listens unless asked. */
  trace: (line: string) => void;
}

/** A `Host` of the simulation. */
export interface SimHost extends Host {
  readonly process: SimProcess;
}

/** Makes a machine whose whole fate the seed decides. */
export function createSimMachine(seed: number, tasks: TaskRegistry): SimMachine {
  const rng = createSeededRng(seed);
  return {
    rng,
    scheduler: new SimScheduler(rng.fork()),
    disk: new SimDisk(),
    locks: new Map(),
    tasks,
    processes: [],
    trace: () => undefined,
  };
}

let processes = 0;

/** Starts a process. It runs until its `alive` is taken away. */
export function startProcess(machine: SimMachine, faults: FaultPlan = noFaults): SimHost {
  const { scheduler, disk, tasks } = machine;
  const process: SimProcess = { id: ++processes, alive: true };
  machine.processes.push(process);
  const rng = machine.rng.fork();
  const vfs = createSimVfs({ disk, scheduler, process, rng, faults, trace: (line) => machine.trace(line) });
  const entries = Object.fromEntries(Object.entries(tasks).map(([entry, make]) => [entry, make(vfs)]));
  const inline = createInlineThreads(entries);
  return {
    process,
    vfs,
    clock: createSimClock(scheduler),
    rng,
    scheduler: scheduler.forProcess(process),
    lock: createSimLock({ disk, scheduler, process, holders: machine.locks }),
    threads: {
      ...inline,
      // A task of another thread begins and answers after a turn of its own.
      async run<T>(entry: ThreadEntry, task: string, argument: unknown, signal?: AbortSignal): Promise<T> {
        await scheduler.sleep(process, scheduler.delay());
        const result = await inline.run<T>(entry, task, argument, signal);
        await scheduler.sleep(process, scheduler.delay());
        return result;
      },
    },
    log: (event, fields) => void machine.trace(`${process.id} logs ${event} ${JSON.stringify(fields)}`),
  };
}
