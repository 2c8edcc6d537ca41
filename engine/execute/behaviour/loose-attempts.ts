import { deepestLoose, deepestStrict, fillLoose } from '../../kernels/scalar/funnels.ts';
import type { FunnelMachine } from './funnel-events.ts';

/**
 * Makes the machine of the usual funnel: loose, nothing excluded, held or optional, equal times as stored.
 * One pass keeps for each step the time of the latest start of a chain that stands there. Where it first reaches the greatest
 * depth, at the end E, no chain of that depth ends earlier. So the earliest start is the first step-1 event at or after
 * E - window: put in the place of the start of the chain found, which is no earlier, it makes a chain that ends at E too.
 * From it the earliest event at each step keeps every later step within reach.
 */
export function createLooseMachine(count: number, window: number, repeat: boolean): FunnelMachine {
  const places = new Int32Array(count).fill(-1);
  const starts = new Float64Array(count + 1);
  return {
    places,
    best(events, from, to, startsFrom, startsTo) {
      const first = Math.max(from, startsFrom);
      const depth = deepestLoose(events.times, events.steps, starts, first, to, startsTo, count, window, repeat);
      if (depth === 0) {
        places.fill(-1);
        return 0;
      }
      places.fill(-1);
      fillLoose(events.times, events.steps, places, first, depth, events.times[starts[count]] - window, repeat);
      return depth;
    },
  };
}

/** Makes the machine of a strict order in which nothing is excluded, held or optional, and an event fills one step. */
export function createStrictMachine(count: number, window: number): FunnelMachine {
  const places = new Int32Array(count).fill(-1);
  return {
    places,
    best({ times, steps }, from, to, startsFrom, startsTo) {
      places.fill(-1);
      return deepestStrict(times, steps, places, Math.max(from, startsFrom), to, startsTo, count, window);
    },
  };
}
