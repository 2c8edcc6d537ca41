/** Keeps a second writer out of a store. */
export interface LockProvider {
  /**
   * Takes the store's lock: `LOCK`, a unix socket in the folder. The lock dies with its process.
   * @throws VarveError `locked` when a live process holds it.
   */
  acquire(directory: string): Promise<Lock>;
}

export interface Lock {
  release(): Promise<void>;
}
