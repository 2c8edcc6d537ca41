import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { access, mkdir, open, readdir, rename, rmdir, stat, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { isVarveError, VarveError, type ErrorCode } from '../base/errors.ts';
import { directBytes, type Vfs, type VfsFile, type VfsReadFile } from './vfs.ts';

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'not_found',
  ENOTDIR: 'not_found',
  ENOSPC: 'storage_full',
  EDQUOT: 'storage_full',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
};

const words: Readonly<Partial<Record<ErrorCode, string>>> = {
  not_found: 'is not there',
  storage_full: 'cannot be written: the disk is full',
  forbidden: 'may not be opened or changed by this user',
};

const hints: Readonly<Partial<Record<ErrorCode, string>>> = {
  storage_full: 'Make room and try again; what was acknowledged is kept.',
  forbidden: 'Give this user the right to it, or run as the one who owns it.',
};

function failure(path: string, cause: unknown): VarveError {
  const code = codes[(cause as NodeJS.ErrnoException).code ?? ''] ?? 'storage_failed';
  const hint = hints[code];
  return new VarveError(code, `"${path}" ${words[code] ?? `failed: ${(cause as Error).message}`}.`, { hint, cause });
}

/** A sync that fails for want of room has lost something as well: `storage_full` would say that nothing was changed. */
async function guardedSync(path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    throw new VarveError('storage_failed', `"${path}" could not be synced: ${(cause as Error).message}.`, { cause });
  }
}

async function guarded<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw isVarveError(cause) ? cause : failure(path, cause);
  }
}

/** The machine's file system. */
export const nodeVfs: Vfs = {
  openRead: (path) => guarded(path, async () => createFile(path, await open(path, 'r'))),
  create: (path) => guarded(path, async () => createFile(path, await open(path, 'wx+'))),
  openWrite: (path) => guarded(path, async () => createFile(path, await open(path, 'r+'))),
  openReadSync(path) {
    try {
      return createReadFile(path, openSync(path, 'r'));
    } catch (cause) {
      throw failure(path, cause);
    }
  },
  openUncached: (path) =>
    guarded(path, async () => createUncachedFile(path, (await openDirect(path)) ?? (await open(path, 'r')))),
  async list(path) {
    try {
      return (await readdir(path)).sort();
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw failure(path, cause);
    }
  },
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  isSpecial: (path) =>
    stat(path).then(
      (found) => !found.isFile() && !found.isDirectory(),
      () => false,
    ),
  makeDirectory: (path) =>
    guarded(path, async () => {
      await mkdir(path, { recursive: true });
    }),
  rename: (from, to) => guarded(from, () => rename(from, to)),
  unlink: (path) => guarded(path, () => unlink(path)),
  removeDirectory: (path) => guarded(path, () => rmdir(path)),
  syncDirectory: (path) =>
    guarded(path, async () => {
      const handle = await open(path, 'r');
      try {
        await guardedSync(path, () => handle.sync());
      } finally {
        await handle.close();
      }
    }),
  space: (path) =>
    guarded(path, async () => {
      const { bavail, blocks, bsize } = await statfs(path);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    }),
};

function createFile(path: string, handle: FileHandle): VfsFile {
  return {
    path,
    read: (into, position) =>
      guarded(path, async () => {
        let done = 0;
        while (done < into.length) {
          const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return done;
      }),
    // A write may end short without an error (a disk that fills up): it goes on until the error or the end.
    write: (bytes, position) =>
      guarded(path, async () => {
        for (let done = 0; done < bytes.length;) {
          done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
        }
      }),
    truncate: (size) => guarded(path, () => handle.truncate(size)),
    sync: () => guardedSync(path, () => handle.datasync()),
    size: () => guarded(path, async () => (await handle.stat()).size),
    close: () => guarded(path, () => handle.close()),
  };
}

/** @returns null where the file system or the machine knows no uncached reads. */
async function openDirect(path: string): Promise<FileHandle | null> {
  // Not every platform has the flag, whatever the types say.
  const direct = constants.O_DIRECT as number | undefined;
  if (direct === undefined) return null;
  try {
    return await open(path, constants.O_RDONLY | direct);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EINVAL') return null;
    throw cause;
  }
}

/** An uncached read ends short only at the end of the file, and cannot go on from a place that is not aligned. */
function createUncachedFile(path: string, handle: FileHandle): VfsFile {
  return {
    ...createFile(path, handle),
    read: (into, position) =>
      guarded(path, async () => {
        let done = 0;
        while (done < into.length && done % directBytes === 0) {
          const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return done;
      }),
  };
}

/** What is read ahead is read here, all of it at once: nobody looks at it. */
const nowhere = new Uint8Array(1024 * 1024);

function createReadFile(path: string, descriptor: number): VfsReadFile {
  return {
    path,
    readSync(into, position) {
      try {
        let done = 0;
        while (done < into.length) {
          const count = readSync(descriptor, into, done, into.length - done, position + done);
          if (count === 0) break;
          done += count;
        }
        return done;
      } catch (cause) {
        throw failure(path, cause);
      }
    },
    // Into the page cache. Whoever reads the bytes is told of what fails; the file may be closed before.
    ahead: (position, bytes) =>
      read(descriptor, nowhere, 0, Math.min(bytes, nowhere.length), position, () => undefined),
    sizeSync: () => fstatSync(descriptor).size,
    closeSync: () => closeSync(descriptor),
  };
}
