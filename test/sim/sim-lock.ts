import { VarveError } from '../../engine/base/errors.ts';
import type { LockProvider, ReaderPins } from '../../engine/host/lock.ts';
import type { SimDisk } from './sim-disk.ts';
import type { SimProcess, SimScheduler } from './sim-scheduler.ts';

/** Who writes to a folder, and how other processes ask it to keep a version. */
export interface LockHolder {
  readonly process: SimProcess;
  readonly readers: ReaderPins;
}

/** What the locks of one process stand on. */
export interface SimLockOptions {
  readonly disk: SimDisk;
  readonly scheduler: SimScheduler;
  readonly process: SimProcess;
  /** Shared by all processes of the machine. */
  readonly holders: Map<string, LockHolder>;
}

/** One writer a folder; the lock dies with its process. */
export function createSimLock({ disk, scheduler, process, holders }: SimLockOptions): LockProvider {
  const wait = (): Promise<void> => scheduler.sleep(process, scheduler.delay());
  const liveHolder = (directory: string): LockHolder | undefined => {
    const holder = holders.get(directory);
    return holder?.process.alive === true ? holder : undefined;
  };
  return {
    async acquire(directory, readers) {
      await wait();
      if (disk.folder(directory) === null)
        throw new VarveError('storage_failed', `"${directory}" is not there: no lock can be made.`);
      if (liveHolder(directory) !== undefined)
        throw new VarveError('locked', `The store "${directory}" is open for writing in another process.`);
      const own: LockHolder = { process, readers };
      holders.set(directory, own);
      return {
        async release() {
          await wait();
          if (holders.get(directory) === own) holders.delete(directory);
        },
      };
    },
    async pin(directory) {
      await wait();
      const holder = liveHolder(directory);
      if (holder === undefined) return null;
      const state = holder.readers.pin();
      if (state === null) return null;
      await wait();
      return {
        ...state,
        release: () => {
          if (holder.process.alive) holder.readers.unpin(state.version);
        },
      };
    },
  };
}
