import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { VarveError } from '../base/errors.ts';
import type { Lock, LockProvider } from './lock.ts';

/** Unix sockets have names of at most 107 bytes; a longer one stands in the temporary folder under its digest. */
const socketPathBytesMax = 100;

/**
 * The lock of a store: a unix socket named LOCK in its folder. A live owner accepts a connection; a socket that refuses
 * was left by a process that died, and is replaced.
 */
export const nodeLock: LockProvider = {
  async acquire(directory) {
    const path = socketPath(directory);
    for (let attempt = 0; attempt < 3; attempt++) {
      const server = await listen(path);
      if (server !== null) return createLock(server);
      if (await isAlive(path)) break;
      await unlink(path).catch(() => undefined);
    }
    throw new VarveError('locked', `The store "${directory}" is open for writing in another process.`, {
      hint: 'Close that one, or open it read-only.',
    });
  },
};

function socketPath(directory: string): string {
  const path = join(directory, 'LOCK');
  return Buffer.byteLength(path) <= socketPathBytesMax
    ? path
    : join(tmpdir(), `varve-${createHash('sha256').update(directory).digest('hex').slice(0, 32)}.lock`);
}

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE'
        ? resolve(null)
        : reject(
            new VarveError(
              error.code === 'EACCES' ? 'forbidden' : 'storage_failed',
              `The lock "${path}" cannot be made: ${error.message}.`,
              { cause: error },
            ),
          ),
    );
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function createLock(server: Server): Lock {
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
