import { createHash } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { platform, tmpdir } from 'node:os';
import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Lock, LockProvider, ReaderPin, ReaderPins } from './lock.ts';

/** Unix sockets have names of at most 107 bytes; a longer one stands in the temporary folder under its digest. */
const socketPathBytesMax = 100;

/** How often and how long apart a process asks again that finds another one at the lock. */
const guardAttempts = 500;
const guardPauseMs = 10;

/**
 * The lock of a store: a unix socket named LOCK in its folder. A live owner accepts a connection; a socket that refuses
 * was left by a process that died, and is replaced. A reader that writes "pin\n" is answered with the version that is kept
 * for it, the number of the manifest that holds it and the last durable frame of the log: three numbers with blanks
 * between them and a line end, or an empty line while the store is being opened.
 */
export const nodeLock: LockProvider = {
  async acquire(directory, readers) {
    const identity = await identityOf(directory);
    const guard = await enterGuard(identity);
    try {
      const lock = guard === null ? null : await replaceStale(socketPath(directory, identity), readers);
      if (lock !== null) return lock;
    } finally {
      await new Promise((resolve) => (guard?.server === undefined ? resolve(null) : guard.server.close(resolve)));
    }
    throw new VarveError('locked', `The store "${directory}" is open for writing in another process.`, {
      hint: 'Close that one, or open it read-only.',
    });
  },
  async pin(directory) {
    const socket = await connectTo(socketPath(directory, await identityOf(directory)));
    return socket === null ? null : pinThrough(socket, directory);
  },
};

/** @returns what is the same for a folder by whatever path it is reached. */
async function identityOf(directory: string): Promise<string> {
  const { dev, ino } = await stat(directory, { bigint: true }).catch((cause: unknown) => {
    throw lockError(join(directory, 'LOCK'), cause as NodeJS.ErrnoException);
  });
  return createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 32);
}

function socketPath(directory: string, identity: string): string {
  const path = join(directory, 'LOCK');
  return Buffer.byteLength(path) <= socketPathBytesMax ? path : join(tmpdir(), `varve-${identity}.lock`);
}

/**
 * Waits until no other process is at the lock. The guard is a socket without a file, which ends with its process; only
 * Linux has such: elsewhere, two that replace the lock of a dead process at the same instant may both have it.
 * @returns null when another one stays at it.
 */
async function enterGuard(identity: string): Promise<{ readonly server?: Server } | null> {
  if (platform() !== 'linux') return {};
  for (let attempt = 0; attempt < guardAttempts; attempt++) {
    const server = createServer((socket) => socket.destroy());
    const refusal = await new Promise<string | null>((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      server.listen(`\0varve-${identity}`, () => resolve(null));
    });
    if (refusal === null) return { server };
    // Where such sockets are not to be had at all there is nothing to wait for.
    if (refusal !== 'EADDRINUSE') return {};
    await new Promise((resolve) => setTimeout(resolve, guardPauseMs));
  }
  return null;
}

/** @returns the lock, or null when a live process holds it. */
async function replaceStale(path: string, readers: ReaderPins): Promise<Lock | null> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const lock = await listen(path, readers);
    if (lock !== null) return lock;
    const alive = await connectTo(path);
    alive?.destroy();
    if (alive !== null) return null;
    await unlink(path).catch(() => undefined);
  }
  return null;
}

function lockError(path: string, cause: NodeJS.ErrnoException): VarveError {
  return cause.code === 'EACCES' || cause.code === 'EROFS'
    ? new VarveError('forbidden', `"${path}" may not be made by this user, so nothing can be written here.`, {
        hint: 'Give this user the right to write to the folder, or take a copy of it.',
        cause,
      })
    : new VarveError('storage_failed', `The lock "${path}" cannot be made: ${cause.message}.`, { cause });
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
      error.code === 'EADDRINUSE' ? resolve(null) : reject(lockError(path, error)),
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
    const state = readers.pin();
    version = state?.version ?? null;
    socket.write(state === null ? '\n' : `${state.version} ${state.manifest} ${state.frame}\n`);
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

/** @throws VarveError `busy` when the writer stays silent for readerAnswerMsMax: it hangs, or is stopped. */
function pinThrough(socket: Socket, directory: string): Promise<ReaderPin | null> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const patience = setTimeout(() => {
      reject(
        new VarveError('busy', `The process that has the store "${directory}" open does not answer.`, {
          hint: 'Try again; if it stays so, that process hangs or was stopped: let it go on, or end it.',
        }),
      );
      socket.destroy();
    }, limits.readerAnswerMsMax);
    socket.on('close', () => clearTimeout(patience));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      if (!answer.endsWith('\n')) return;
      clearTimeout(patience);
      socket.unref();
      if (answer === '\n') return void socket.destroy();
      const [version, manifest, frame] = answer.split(' ').map(Number) as [number, number, number];
      resolve({ version, manifest, frame, release: () => void socket.destroy() });
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
