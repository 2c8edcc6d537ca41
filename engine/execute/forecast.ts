/** What the first task of a query may take for those after it, ms: dictionaries, directories, code that never ran. */
const firstTaskMs = 150;

/** Tells from tasks that are done what others are going to take. */
export interface Forecast {
  /** Notes that a task is done. */
  done(): void;
  /** @returns the ms that so many tasks are going to take, one after another; 0 where nothing can be told. */
  msFor(tasks: number): number;
}

/**
 * Begins with the first task. That one is not like the others: once more are done, it tells nothing.
 * @param now ms, from any begin on.
 */
export function createForecast(now: () => number): Forecast {
  const begun = now();
  let first = begun;
  let last = begun;
  let count = 0;
  return {
    done() {
      last = now();
      if (count++ === 0) first = last;
    },
    msFor(tasks) {
      const each = count > 1 ? (last - first) / (count - 1) : last - begun - firstTaskMs;
      return Math.max(0, each * tasks);
    },
  };
}
