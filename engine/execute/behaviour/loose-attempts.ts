import type { FunnelEvents, FunnelMachine } from './funnel-events.ts';

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
      const depth = deepest(events, starts, first, to, startsTo, count, window, repeat);
      if (depth === 0) {
        places.fill(-1);
        return 0;
      }
      fillPlaces(events, places, first, depth, events.times[starts[count]] - window, repeat);
      return depth;
    },
  };
}

/**
 * Finds how deep loose chains get that start in [from, startsTo) and end before `to`, whatever is excluded, held or strict; no step is optional.
 * @returns the depth; `starts`, of count + 1 numbers, then has at `count` the place where it is first reached.
 */
export function deepest(
  events: Pick<FunnelEvents, 'times' | 'steps'>,
  starts: Float64Array,
  from: number,
  to: number,
  startsTo: number,
  count: number,
  window: number,
  repeat: boolean,
): number {
  const { steps, times } = events;
  const end = Math.min(startsTo, to);
  let place = from;
  while (place < end && (steps[place] & 1) === 0) place += 1;
  if (place >= end) return 0;
  for (let step = 0; step < count; step += 1) starts[step] = -Infinity;
  let depth = 0;
  for (; place < to; place += 1) {
    let fills = steps[place];
    if (fills === 0) continue;
    const time = times[place];
    do {
      // Each event fills one step of a chain: deeper steps first, so that none sees what this event has done. With `repeat` the other way.
      const step = 31 - Math.clz32(repeat ? fills & -fills : fills);
      fills &= ~(1 << step);
      if (step === 0) {
        if (place >= startsTo) continue;
        starts[0] = time;
      } else {
        const start = starts[step - 1];
        if (!(time - start <= window)) continue;
        starts[step] = start;
      }
      if (step >= depth) {
        depth = step + 1;
        starts[count] = place;
        if (depth === count) return depth;
      }
    } while (fills !== 0);
  }
  return depth;
}

function fillPlaces(
  events: FunnelEvents,
  places: Int32Array,
  from: number,
  depth: number,
  least: number,
  repeat: boolean,
): void {
  const { steps, times } = events;
  let place = from;
  while ((steps[place] & 1) === 0 || times[place] < least) place += 1;
  places.fill(-1);
  places[0] = place;
  for (let step = 1; step < depth; step += 1) {
    if (!repeat) place += 1;
    while ((steps[place] & (1 << step)) === 0) place += 1;
    places[step] = place;
  }
}
