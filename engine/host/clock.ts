/** Wall time and elapsed time. */
export interface Clock {
  /** UTC milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never goes back, with fractions. */
  monotonic(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
