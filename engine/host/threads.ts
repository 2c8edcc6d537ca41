/** The tasks that may run on another thread; `node-threads.ts` maps each to its built entry. */
export type ThreadEntry = 'execute' | 'parse' | 'segment';

/** Entries that take a thread of their own, for as long as their user wants it. */
export type OwnThreadEntry = 'log';

/**
 * A pool of threads. A task is a named function of an entry module (`execute/worker.ts`, `ingest/parse-worker.ts`,
 * `store/segment-worker.ts`), called with one plain-data argument; a `SharedArrayBuffer` or a shared
 * `WebAssembly.Memory` in it is shared, not copied.
 */
export interface Threads {
  /** How many tasks run at once. */
  readonly count: number;
  /**
   * Runs `task` of `entry` with `argument` and resolves with what it returns.
   * @throws what the task threw, as a `VarveError`; `cancelled` when `signal` fired.
   */
  run<T>(entry: ThreadEntry, task: string, argument: unknown, signal?: AbortSignal): Promise<T>;
  /** Starts a thread that keeps its state between tasks; null where there are no threads: the caller does the work. */
  start(entry: OwnThreadEntry): OwnThread | null;
  close(): Promise<void>;
}

/** A thread that belongs to one user. Keeps the process alive only while a task runs. */
export interface OwnThread {
  /** Runs a task of the entry; tasks begin in the order of the calls. @throws what the task threw, as a `VarveError`. */
  run<T>(task: string, argument: unknown): Promise<T>;
  close(): Promise<void>;
}

/** An entry module's tasks, as its `tasks` export. */
export type ThreadTasks = Readonly<Record<string, (argument: never) => unknown>>;
