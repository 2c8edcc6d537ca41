import type { Pointer } from './kernels.ts';

/** Whose event a row of an attempt takes its keys from: that of the first step, of the last that was done, or its own. */
export const keysAt = { first: 0, last: 1, each: 2 } as const;

/** Which events may lie between those of an attempt: any; none; or as ClickHouse's `strict_order` has it. */
export const attemptOrders = { loose: 0, strict: 1, strict_order: 2 } as const;

/** Kernels that find attempts at funnels. */
export interface FunnelKernels {
  /**
   * Finds each slot's best attempt: deepest, then of the earliest first step, then earliest at each later one. A row is
   * made of each step that it did.
   * @param starts and `ends`: u32, where the events of each slot lie. @param times f64, ascending in a slot.
   * @param marks u32: bit k = the event fills step k.
   * @param steps 1 to 32. @param window ms from the first step's event, inclusive.
   * @param order as `attemptOrders` says. @param repeat 1 = one event may fill several steps of a loose order.
   * @param end an attempt is open whose window ends here or later.
   * @param keyAt as `keysAt` says. @param work room for 8 bytes a step and 8 more, and 4 for the square of the steps; at a multiple of 8.
   * @param rows receives u32, room for `slots` · `steps` each: the step of each row from 1; the place of the event whose
   * keys are its; then lists of rows: those of slots without an open attempt, the last ones of slots with one, and
   * those that are not of the first step.
   * @param ms receives a f64 a row: since the step before, 0 at the first.
   * @param counts receives u32: how many rows each of these three lists has.
   * @returns how many rows there are.
   */
  funnelAttempts(
    starts: Pointer,
    ends: Pointer,
    slots: number,
    times: Pointer,
    marks: Pointer,
    steps: number,
    window: number,
    order: number,
    repeat: number,
    end: number,
    keyAt: number,
    work: Pointer,
    rows: Pointer,
    ms: Pointer,
    counts: Pointer,
  ): number;
}
