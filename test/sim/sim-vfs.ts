import { VarveError } from '../../engine/base/errors.ts';
import { directBytes, type Vfs, type VfsFile, type VfsReadFile } from '../../engine/host/vfs.ts';
import type { SimDisk } from './sim-disk.ts';
import type { Fault, FaultPlan, Operation } from './sim-faults.ts';
import type { SimFile } from './sim-file.ts';
import type { SeededRng } from './sim-rng.ts';
import type { SimProcess, SimScheduler } from './sim-scheduler.ts';

/** What a process sees the disk through. */
export interface SimVfsOptions {
  readonly disk: SimDisk;
  readonly scheduler: SimScheduler;
  readonly process: SimProcess;
  readonly rng: SeededRng;
  readonly faults: FaultPlan;
  /** Is told of each operation as it begins. */
  readonly trace: (line: string) => void;
}

/** Carries out one operation: now or when its time is over, unless it fails or its process dies. */
type Run = <T>(operation: Operation, path: string, effect: () => T, partly?: () => void) => Promise<T>;

/** The disk as one process sees it. A dead process gets no answer any more. */
export function createSimVfs(options: SimVfsOptions): Vfs {
  const { disk, process, rng } = options;
  const run = createRun(options);
  const openFile = (path: string, file: SimFile): VfsFile => createFile(options, run, path, file);
  return {
    openRead: (path) => run('openRead', path, () => openFile(path, disk.file(path))),
    openWrite: (path) => run('openWrite', path, () => openFile(path, disk.file(path))),
    create: (path) => run('create', path, () => openFile(path, disk.create(path))),
    openUncached: (path) =>
      run('openRead', path, () => {
        const file = disk.file(path);
        return {
          ...openFile(path, file),
          read: (into, at) =>
            run('read', path, () => {
              if (at % directBytes !== 0 || into.length % directBytes !== 0)
                throw new VarveError('internal', `BUG: an uncached read of "${path}" is not aligned`);
              return copy(file.uncached(), into, at);
            }),
        };
      }),
    openReadSync: (path) => createReadFile(options, path),
    list: (path) => run('list', path, () => [...(disk.folder(path)?.names.keys() ?? [])].sort()),
    exists: (path) => run('exists', path, () => disk.find(path) !== null),
    isSpecial: () => Promise.resolve(false),
    makeDirectory: (path) => run('makeDirectory', path, () => disk.makeFolder(path)),
    rename: (from, to) => run('rename', from, () => disk.rename(from, to)),
    unlink: (path) => run('unlink', path, () => disk.unlink(path)),
    removeDirectory: (path) => run('removeDirectory', path, () => disk.removeFolder(path)),
    syncDirectory(path) {
      const mark = disk.mark();
      const folder = disk.folder(path);
      return run(
        'syncDirectory',
        path,
        () => {
          if (folder === null) throw new VarveError('not_found', `"${path}" is not there.`);
          disk.syncFolder(folder, mark);
        },
        () => folder !== null && process.alive && disk.failSyncFolder(folder, mark, rng),
      );
    },
    space: (path) => run('exists', path, () => ({ freeBytes: options.faults.full ? 0 : 2 ** 40, totalBytes: 2 ** 41 })),
  };
}

function createRun({ scheduler, process, rng, faults, trace }: SimVfsOptions): Run {
  return <T>(operation: Operation, path: string, effect: () => T, partly?: () => void): Promise<T> => {
    if (!process.alive) return new Promise(() => undefined);
    const fault = faults.next(operation, path);
    trace(`${process.id} ${operation} ${path}${fault === null ? '' : ` ${JSON.stringify(fault)}`}`);
    if (fault?.kind === 'crash') {
      if (fault.done) attempt(effect);
      else partly?.();
      process.alive = false;
      scheduler.crashed = true;
      return new Promise(() => undefined);
    }
    const perform = (): Outcome<T> => {
      if (fault === null) return attempt(effect);
      partly?.();
      return { error: faultError(fault, operation, path) };
    };
    // The effect comes at once or with the answer: between the two a crash may find it either way.
    const early = rng.chance(0.5) ? perform() : null;
    return new Promise((resolve, reject) => {
      scheduler.at(scheduler.delay(), process, () => {
        const outcome = early ?? perform();
        if ('error' in outcome) reject(outcome.error as Error);
        else resolve(outcome.value);
      });
    });
  };
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

function attempt<T>(effect: () => T): Outcome<T> {
  try {
    return { value: effect() };
  } catch (error) {
    return { error };
  }
}

function faultError(fault: Extract<Fault, { kind: 'error' }>, operation: Operation, path: string): VarveError {
  return new VarveError(fault.code, `"${path}" failed: the simulated disk refuses "${operation}".`);
}

function createFile({ process, rng }: SimVfsOptions, run: Run, path: string, file: SimFile): VfsFile {
  let open = true;
  const guarded = <T>(effect: () => T): (() => T) => {
    return () => {
      if (!open) throw new VarveError('internal', `BUG: "${path}" is used after it was closed`);
      return effect();
    };
  };
  return {
    path,
    read: (into, position) =>
      run(
        'read',
        path,
        guarded(() => file.read(into, position)),
      ),
    write: (bytes, position) =>
      run(
        'write',
        path,
        guarded(() => file.write(position, bytes)),
        // A write that fails may have written a part of itself.
        () => file.write(position, bytes.subarray(0, rng.integer(bytes.length + 1))),
      ),
    truncate: (size) =>
      run(
        'truncate',
        path,
        guarded(() => file.truncate(size)),
      ),
    sync() {
      const mark = file.mark();
      return run(
        'sync',
        path,
        guarded(() => file.sync(mark)),
        () => process.alive && file.failSync(mark, rng),
      );
    },
    size: () =>
      run(
        'size',
        path,
        guarded(() => file.size),
      ),
    close: () =>
      run(
        'close',
        path,
        guarded(() => {
          open = false;
        }),
      ),
  };
}

function createReadFile({ disk, process, scheduler, faults }: SimVfsOptions, path: string): VfsReadFile {
  const check = (operation: Operation): void => {
    if (!process.alive) throw new VarveError('internal', 'BUG: a dead process reads on');
    const fault = faults.next(operation, path);
    if (fault === null) return;
    if (fault.kind === 'error') throw faultError(fault, operation, path);
    process.alive = false;
    scheduler.crashed = true;
    throw new VarveError('storage_failed', `"${path}" failed: the machine stops.`);
  };
  check('openRead');
  const file = disk.file(path);
  return {
    path,
    readSync(into, position) {
      check('read');
      return file.read(into, position);
    },
    sizeSync: () => file.size,
    closeSync: () => undefined,
  };
}

function copy(content: Uint8Array, into: Uint8Array, position: number): number {
  const part = content.subarray(position, position + into.length);
  into.set(part);
  return part.length;
}
