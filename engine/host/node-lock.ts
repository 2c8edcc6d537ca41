import { createHash } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Lock, LockProvider, ReaderPin, ReaderPins } from './lock.ts';

/** Unix sockets have names of at most 107 bytes; a longer one stands in the temporary folder under its digest. */
const socketPathBytesMax = 100;

/**
 * The lock of a store: a unix socket named LOCK in its folder. A live owner accepts a connection; a socket that refuses
 * was left by a process that died, and is replaced. A reader that writes "pin\n" is answered with the number of the version
 * that is kept for it, and a line end.
 */
export const nodeLock: LockProvider = {
  async acquire(directory, readers) {
    const path = socketPath(directory);
    for (let attempt = 0; attempt < 3; attempt++) {
      const lock = await listen(path, readers);
      if (lock !== null) return lock;
      const alive = await connectTo(path);
      alive?.destroy();
      if (alive !== null) break;
      await unlink(path).catch(() => undefined);
    }
    throw new VarveError('locked', `The store "${directory}" is open for writing in another process.`, {
      hint: 'Close that one, or open it read-only.',
    });
  },
  async pin(directory) {
    const socket = await connectTo(socketPath(directory));
    return socket === null ? null : pinThrough(socket);
  },
};

function socketPath(directory: string): string {
  const path = join(directory, 'LOCK');
  return Buffer.byteLength(path) <= socketPathBytesMax
    ? path
    : join(tmpdir(), `varve-${createHash('sha256').update(directory).digest('hex').slice(0, 32)}.lock`);
}

function listen(path: string, readers: ReaderPins): Promise<Lock | null> {
  return new Promise((resolve, reject) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      serveReader(socket, readers);
    });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE'
        ? resolve(null)
        : reject(
            error.code === 'EACCES' || error.code === 'EROFS'
              ? new VarveError('forbidden', `"${path}" may not be made by this user, so nothing can be written here.`, {
                  hint: 'Give this user the right to write to the folder, or take a copy of it.',
                  cause: error,
                })
              : new VarveError('storage_failed', `The lock "${path}" cannot be made: ${error.message}.`, {
                  cause: error,
                }),
          ),
    );
    server.listen(path, () => {
      server.unref();
      resolve(createLock(server, sockets));
    });
  });
}

/** Keeps a version for as long as the connection lasts. */
function serveReader(socket: Socket, readers: ReaderPins): void {
  let version: number | null = null;
  let asked = '';
  socket.unref();
  socket.setEncoding('utf8');
  socket.setTimeout(limits.readerPinMsMax, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    asked += text;
    if (version !== null || asked.length > 4) return void socket.destroy();
    if (asked !== 'pin\n') return;
    version = readers.pin();
    socket.write(`${version}\n`);
  });
  socket.on('close', () => {
    if (version !== null) readers.unpin(version);
  });
}

/** @returns a connection to a live owner of the lock, or null. */
function connectTo(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}

function pinThrough(socket: Socket): Promise<ReaderPin | null> {
  return new Promise((resolve) => {
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      if (!answer.endsWith('\n')) return;
      socket.unref();
      resolve({ version: Number(answer), release: () => void socket.destroy() });
    });
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(null));
    socket.write('pin\n');
  });
}

function createLock(server: Server, sockets: ReadonlySet<Socket>): Lock {
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
