import type { Clock } from '../../engine/host/clock.ts';
import type { SimScheduler } from './sim-scheduler.ts';

/** 2026-01-01, where every simulation begins. */
const epochMs = 1_767_225_600_000;

/** The clock of a simulated machine: virtual time. */
export function createSimClock(scheduler: SimScheduler): Clock {
  return {
    now: () => epochMs + Math.floor(scheduler.time / 1000),
    monotonic: () => scheduler.time / 1000,
  };
}
