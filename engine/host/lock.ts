/** Keeps a second writer out of a store, and tells the writer which versions other processes read. */
export interface LockProvider {
  /**
   * Takes the store's lock: `LOCK`, a unix socket in the folder. The lock dies with its process.
   * @param readers is asked by other processes that open the store to read.
   * @throws VarveError `locked` when a live process holds it, `forbidden`, `storage_failed`.
   */
  acquire(directory: string, readers: ReaderPins): Promise<Lock>;
  /**
   * Asks the live writer to keep its present version; null when there is no writer.
   * @throws VarveError `busy` when it does not answer for readerAnswerMsMax.
   */
  pin(directory: string): Promise<ReaderPin | null>;
}

export interface Lock {
  release(): Promise<void>;
}

/** One durable moment of a store that a writer has open. */
export interface DurableState {
  /** Number of the last edit of the manifest. */
  readonly version: number;
  /** Number of the manifest that holds it. */
  readonly manifest: number;
  /** Sequence of the last frame of the log. */
  readonly frame: number;
}

/** The writer's side of a reader's pin. */
export interface ReaderPins {
  /** Keeps the files of the present version; null while the store is being opened. */
  pin(): DurableState | null;
  unpin(version: number): void;
}

/** A version that the writer keeps until it is released, the reader's process ends, or readerPinMsMax has passed. */
export interface ReaderPin extends DurableState {
  release(): void;
}
