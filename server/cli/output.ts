import { constants } from 'node:fs';
import { open as openFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VarveError, type ErrorCode } from '../../engine/index.ts';
import type { Terminal } from './terminal.ts';

/** Pieces are gathered to writes of about this size. */
const gatheredMax = 65_536;

/** Where results go: standard output, or a file that has its name only once it is whole. */
export interface Output {
  /** The terminal when it is what the results are seen on. */
  readonly terminal: Terminal | null;
  /** Nobody reads any more: nothing more need be made. */
  readonly closed: boolean;
  /** Bytes taken so far. */
  readonly bytes: number;
  write(piece: string | Uint8Array): Promise<void>;
  /** All is written: a file gets its name. */
  finish(): Promise<void>;
  /** Something failed: what was written of a file goes. Nothing after `finish`. */
  abandon(): Promise<void>;
}

/**
 * Opens what `-o` names; without it, or with `-`, standard output.
 * @param force whether a file of that name may be replaced.
 * @throws VarveError `conflict` when there is a file of that name, `not_found`, `forbidden`, `storage_full`, `storage_failed`.
 */
export async function openOutput(terminal: Terminal, path: string | undefined, force: boolean): Promise<Output> {
  if (path === undefined || path === '-') return gathered(terminal, terminalSink(terminal));
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true)
    throw new VarveError('usage', `"${path}" is a folder.`, { hint: 'Name a file: -o FILE.' });
  // A device or a named pipe is written as it is: to put a file in its place would destroy it.
  if (found !== null && !found.isFile()) return gathered(null, await fileSink(path, path));
  if (found !== null && !force)
    throw new VarveError('conflict', `"${path}" is there already.`, {
      hint: '--force replaces it, or name another file.',
    });
  return gathered(null, await fileSink(path, `${path}.${process.pid}.part`));
}

/** @throws VarveError `usage` when bytes that are no text would go to a terminal. */
export function refuseBinary(output: Output, format: string): void {
  if (output.terminal?.output.isTTY !== true) return;
  throw new VarveError('usage', `${format} is binary, and nothing to show on a terminal.`, {
    hint: `Write it to a file, -o answer.${format}, or to a program through a pipe.`,
  });
}

interface Sink {
  readonly closed: () => boolean;
  readonly take: (bytes: string | Uint8Array) => Promise<void>;
  readonly finish: () => Promise<void>;
  readonly abandon: () => Promise<void>;
}

function gathered(terminal: Terminal | null, sink: Sink): Output {
  let text = '';
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (text === '') return;
    const taken = text;
    text = '';
    bytes += Buffer.byteLength(taken);
    await sink.take(taken);
  };
  return {
    terminal,
    get closed() {
      return sink.closed();
    },
    get bytes() {
      return bytes + Buffer.byteLength(text);
    },
    async write(piece) {
      if (typeof piece === 'string') {
        text += piece;
        if (text.length > gatheredMax) await flush();
        return;
      }
      await flush();
      bytes += piece.length;
      await sink.take(piece);
    },
    async finish() {
      await flush();
      await sink.finish();
    },
    abandon: () => sink.abandon(),
  };
}

function terminalSink(terminal: Terminal): Sink {
  return {
    closed: () => terminal.closed,
    take: (bytes) => terminal.print(bytes),
    finish: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
  };
}

async function fileSink(path: string, written: string): Promise<Sink> {
  const own = written !== path;
  const flags = own ? constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC : constants.O_WRONLY;
  const handle: FileHandle = await openFile(written, flags).catch((error: unknown) => {
    throw fileError(path, error);
  });
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await handle.close();
    open = false;
  };
  return {
    closed: () => false,
    async take(bytes) {
      await handle.writeFile(bytes).catch((error: unknown) => {
        throw fileError(path, error);
      });
    },
    async finish() {
      try {
        if (own) await handle.sync();
        await close();
        if (own) await rename(written, path);
      } catch (error) {
        throw fileError(path, error);
      }
    },
    async abandon() {
      if (!open) return;
      await close().catch(() => undefined);
      if (own) await rm(written, { force: true });
    },
  };
}

function fileError(path: string, error: unknown): VarveError {
  const { code, message } = error as NodeJS.ErrnoException;
  const make = (own: ErrorCode, text: string, hint: string): VarveError =>
    new VarveError(own, text, { hint, cause: error });
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return make('not_found', `There is no folder "${dirname(path)}" to write "${path}" in.`, 'Make it first.');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return make('forbidden', `"${path}" may not be written.`, 'Name a file in a folder of your own.');
    case 'ENOSPC':
    case 'EDQUOT':
      return make('storage_full', `There is no room to write "${path}".`, 'Make room, or write it to another disk.');
    default:
      return make('storage_failed', `"${path}" cannot be written: ${message}.`, 'Try another file or disk.');
  }
}
