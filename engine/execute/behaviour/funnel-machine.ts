import type { FunnelPlan } from '../../plan/behaviour.ts';

/** The events of one slice in the order (actor, time, stored order): those of an actor are the places [from, to). */
export interface FunnelEvents {
  /** ms */
  readonly times: Float64Array;
  /** Bit k: fills step k. */
  readonly steps: Uint32Array;
  /** Bit x: fulfils exclusion x of the plan. */
  readonly exclusions: Uint32Array;
  /** Code of the values that are held, 0 = one of them is null. */
  readonly holding: Uint32Array;
}

/** Finds the attempt of an actor that counts. */
export interface FunnelMachine {
  /** @returns how deep the best attempt got whose first event is one of [startsFrom, startsTo); 0 = there is none. */
  best(events: FunnelEvents, from: number, to: number, startsFrom: number, startsTo: number): number;
  /** The event of each step of the attempt found last, -1 = none. */
  readonly places: Int32Array;
  /** @returns whether an attempt's window has not run out at `end`. */
  isOpen(events: FunnelEvents, from: number, to: number, end: number): boolean;
  entries(events: FunnelEvents, from: number, to: number, take: (depth: number) => void): void;
}

/** Makes the machine of a plan's steps and rules. */
export function createFunnelMachine({
  steps,
  rules,
}: Pick<FunnelPlan, 'steps' | 'rules' | 'exclude'> & { readonly holding: number }): FunnelMachine {
  const places = new Int32Array(steps.length);
  const greedy = (events: FunnelEvents, start: number, to: number): number => {
    const { times, steps: marks } = events;
    const limit = times[start] + rules.window;
    places.fill(-1);
    places[0] = start;
    let depth = 1;
    for (let at = start + 1; at < to && depth < steps.length && times[at] <= limit; at++)
      if ((marks[at] & (1 << depth)) !== 0) places[depth++] = at;
    return depth;
  };
  return {
    places,
    best(events, _, to, startsFrom, startsTo) {
      let best = 0;
      let at = -1;
      for (let start = startsFrom; start < startsTo && best < steps.length; start++) {
        if ((events.steps[start] & 1) === 0) continue;
        const depth = greedy(events, start, to);
        if (depth > best) [best, at] = [depth, start];
        if (rules.entry === 'first') break;
      }
      return at < 0 ? 0 : greedy(events, at, to);
    },
    isOpen({ times, steps: marks }: FunnelEvents, from: number, to: number, end: number) {
      for (let at = to - 1; at >= from; at--) if ((marks[at] & 1) !== 0) return times[at] + rules.window >= end;
      return false;
    },
    entries: () => undefined,
  };
}
