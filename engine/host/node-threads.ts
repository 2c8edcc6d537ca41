import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { errorFromUnknown, errorFromWire, VarveError, wireFromError, type WireError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { createInlineThreads, runTask } from './inline-threads.ts';
import type { OwnThread, OwnThreadEntry, ThreadEntry, Threads, ThreadTasks } from './threads.ts';

/** Where the built entries lie, below `engine`. */
const entryFiles: Readonly<Record<ThreadEntry | OwnThreadEntry, string>> = {
  execute: 'execute/worker.js',
  parse: 'ingest/parse-worker.js',
  segment: 'store/segment-worker.js',
  log: 'store/log-thread.js',
};

// Threads take no options of the process: some (--input-type, --eval) are meant for its main module alone.

/** What a thread answers: a value, or the error as plain data. */
type Reply = { readonly value: unknown } | { readonly error: WireError };

interface OwnThreadData {
  readonly varveEntry: string;
}

/**
 * Makes a pool of threads that starts none before the first task, and lets idle ones end.
 * @param count how many; 0 = everything in the calling thread; undefined = as many as the machine runs at once.
 */
export function createNodeThreads(count: number = availableParallelism()): Threads {
  if (count === 0) return createInlineThreads(inlineEntries());
  let pool: Promise<Piscina> | null = null;
  let closed = false;
  return {
    count,
    async run<T>(entry: ThreadEntry, task: string, argument: unknown, signal?: AbortSignal): Promise<T> {
      // A pool that came to be now would never be ended.
      if (closed) throw endedError();
      pool ??= createPool(count);
      let reply: Reply;
      try {
        const threads = await pool;
        reply = (await threads.run(
          { url: builtFile(entryFiles[entry]).href, entry, task, argument },
          signal === undefined ? {} : { signal },
        )) as Reply;
      } catch (error) {
        if (closed) throw endedError(error);
        if (signal?.aborted === true) throw new VarveError('cancelled', 'The work was called off.', { cause: error });
        throw errorFromUnknown(error);
      }
      return valueOf<T>(reply);
    },
    start: (entry) => startThread(entry),
    async close() {
      closed = true;
      const ending = pool;
      pool = null;
      await (await ending)?.destroy();
    },
  };
}

// The pool is loaded by the first task: most processes that open a store never have one, and its threads load this file.
async function createPool(count: number): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina({
    filename: builtFile('host/node-threads.js').href,
    name: 'runInPool',
    minThreads: 0,
    maxThreads: count,
    idleTimeout: limits.idleThreadMs,
    execArgv: [],
  });
  // A task's failure is told to whoever waits for it. What is left is an answer from a thread that was ended meanwhile,
  // for which nobody waits.
  pool.on('error', () => undefined);
  return pool;
}

function endedError(cause?: unknown): VarveError {
  return new VarveError('cancelled', 'The work was called off: the threads were ended.', { cause });
}

/** Runs a task in a thread of the pool: what the pool calls. */
export async function runInPool(call: {
  readonly url: string;
  readonly entry: string;
  readonly task: string;
  readonly argument: unknown;
}): Promise<Reply> {
  try {
    return { value: await runTask(await loadTasks(call.url), call.entry, call.task, call.argument) };
  } catch (error) {
    return { error: wireFromError(errorFromUnknown(error)) };
  }
}

/** @returns a built file, in the bundle where one was made: a thread loads that in a third of the time. */
function builtFile(file: string): URL {
  return new URL(file, (folder ??= builtFolder()));
}

let folder: string | undefined;

/** Sources run under a test runner have their threads run what was built from them. */
function builtFolder(): string {
  const url = import.meta.url;
  const bundle = /^.*\/engine\/bundle\/(?=(host\/)?[^/]+\.js$)/.exec(url);
  if (bundle !== null) return bundle[0];
  const modules = new URL(url.endsWith('.ts') ? '../../dist/engine/' : '../', url);
  const bundled = new URL('bundle/', modules);
  return (existsSync(bundled) ? bundled : modules).href;
}

async function loadTasks(url: string): Promise<ThreadTasks> {
  return ((await import(/* @vite-ignore */ url)) as { readonly tasks: ThreadTasks }).tasks;
}

function inlineEntries(): Record<ThreadEntry, () => Promise<ThreadTasks>> {
  const loader = (entry: ThreadEntry) => () => loadTasks(builtFile(entryFiles[entry]).href);
  return { execute: loader('execute'), parse: loader('parse'), segment: loader('segment') };
}

function valueOf<T>(reply: Reply): T {
  if ('error' in reply) throw errorFromWire(reply.error);
  return reply.value as T;
}

function startThread(entry: OwnThreadEntry): OwnThread {
  const data: OwnThreadData = { varveEntry: builtFile(entryFiles[entry]).href };
  const worker = new Worker(builtFile('host/node-threads.js'), { workerData: data, execArgv: [] });
  worker.unref();
  const waiting = new Map<number, { resolve: (reply: Reply) => void; reject: (error: VarveError) => void }>();
  let calls = 0;
  let ended: VarveError | null = null;
  const end = (cause: unknown): void => {
    ended ??= new VarveError('storage_failed', `The thread "${entry}" ended.`, { cause });
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on('message', ({ call, reply }: { call: number; reply: Reply }) => {
    waiting.get(call)?.resolve(reply);
    waiting.delete(call);
    if (waiting.size === 0) worker.unref();
  });
  worker.on('error', end);
  worker.on('exit', end);
  return {
    async run<T>(task: string, argument: unknown): Promise<T> {
      if (ended !== null) throw ended;
      const call = calls++;
      const reply = await new Promise<Reply>((resolve, reject) => {
        waiting.set(call, { resolve, reject });
        worker.ref();
        worker.postMessage({ call, task, argument });
      });
      return valueOf<T>(reply);
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** The other side of `startThread`: one task after another, in the order of the messages. */
function serveOwnThread(url: string): void {
  let turn: Promise<unknown> = Promise.resolve();
  parentPort!.on('message', ({ call, task, argument }: { call: number; task: string; argument: unknown }) => {
    turn = turn.then(async () => {
      parentPort!.postMessage({ call, reply: await runInPool({ url, entry: url, task, argument }) });
    });
  });
}

// This file is the main module of an own thread as well; everywhere else the condition is false.
if (!isMainThread && typeof (workerData as Partial<OwnThreadData> | null)?.varveEntry === 'string')
  serveOwnThread((workerData as OwnThreadData).varveEntry);
