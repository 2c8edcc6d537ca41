/** The tasks that may run on another thread; `node-threads.ts` maps each to its built entry. */
export type ThreadEntry = 'execute' | 'parse' | 'segment';

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
  close(): Promise<void>;
}

/** An entry module's tasks, as its `tasks` export. */
export type ThreadTasks = Readonly<Record<string, (argument: never) => unknown>>;
