import type { FunnelPlan, FunnelRules } from '../../plan/behaviour.ts';

/** The events of one slice in the order (actor, time, stored order); all actors share the arrays, an actor's events are the places [from, to). */
export interface FunnelEvents {
  /** UTC ms. */
  readonly times: Float64Array;
  /** Bit k: fills step k. */
  readonly steps: Uint32Array;
  /** Bit x: fulfils exclusion x of the plan; of length 0 when there are none. */
  readonly exclusions: Uint32Array;
  /** Code of the tuple of holding values, 0 = one of them is null; of length 0 when nothing is held. */
  readonly holding: Uint32Array;
}

/** What of a plan decides which attempt counts. */
export interface FunnelTask extends Pick<FunnelPlan, 'steps' | 'rules' | 'exclude'> {
  /** Number of expressions held. */
  readonly holding: number;
}

/** Stands in until there are events. */
export const noEvents: FunnelEvents = {
  times: new Float64Array(),
  steps: new Uint32Array(),
  exclusions: new Uint32Array(),
  holding: new Uint32Array(),
};

/** @returns whether events between two of an attempt may break it, whatever they are. */
export function isStrict({ order }: FunnelRules): boolean {
  return order === 'strict' || order === 'strict_order';
}

/** Finds the attempt of one actor that counts. */
export interface FunnelMachine {
  /**
   * Finds the best attempt among those whose first event is one of the places [startsFrom, startsTo).
   * @returns the place + 1 of the deepest required step reached (`order any`: the number of different steps); 0 = no attempt.
   */
  best(events: FunnelEvents, from: number, to: number, startsFrom: number, startsTo: number): number;
  /** Place of the event that fills each step of the attempt found last, -1 = none. With `order any`: of the k-th event in time. */
  readonly places: Int32Array;
}
