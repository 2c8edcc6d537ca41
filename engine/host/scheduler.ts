/** Timers and turns: whatever makes code run later. */
export interface Scheduler {
  /** Runs `action` after `delayMs`; @returns a function that calls it off. Does not keep the process alive. */
  after(delayMs: number, action: () => void): () => void;
  /** Resolves after the pending input and output of this turn. */
  yield(): Promise<void>;
}

/** The event loop of the process. */
export const systemScheduler: Scheduler = {
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  yield: () => new Promise((resolve) => setImmediate(resolve)),
};
