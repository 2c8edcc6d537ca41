import { createExactMachine } from './exact-attempts.ts';
import type { FunnelEvents, FunnelMachine, FunnelTask } from './funnel-events.ts';

/** Events that a single start is first given; then more and more, up to the end of its window. */
const eventsAtFirst = 64;

/**
 * Makes the machine of the order loose with grace, where nothing is excluded, held or optional. An event can be followed by any at most `grace` before it, so by
 * all from a place on that only grows: for each step, the last first, the least latest time of a chain from each event is a minimum over the rest of the events.
 * So, too, the earliest event of a step can be followed by whatever a later one can: a start that completes among the next events has its attempt there.
 * Where `once` holds and an event of the actor fills several steps, chains might use it twice: the exact search decides. Steps x steps x events.
 * @param check called now and then.
 */
export function createGraceMachine(task: FunnelTask, check: () => void): FunnelMachine {
  const count = task.steps.length;
  const { window, repeat } = task.rules;
  const grace = task.rules.grace ?? 0;
  const exact = createExactMachine(task, check);
  const places = new Int32Array(count).fill(-1);
  let [ends, least, marks] = [new Float64Array(), new Float64Array(), new Uint32Array()];
  const makeRoom = (events: number): void => {
    if (ends.length > events) return;
    const length = Math.max(events + 1, 2 * ends.length);
    ends = new Float64Array(length);
    least = new Float64Array(length);
    marks = new Uint32Array(length);
  };
  /** Fills `places` with the best attempt of this depth. @returns whether there is one. */
  const isReached = (
    events: FunnelEvents,
    from: number,
    to: number,
    startsFrom: number,
    startsTo: number,
    depth: number,
  ): boolean => {
    const { times } = events;
    passLevels(events, from, to, depth, grace, ends, least, null, 0);
    let start = Math.max(from, startsFrom);
    while (start < Math.min(to, startsTo) && ends[start - from] > times[start] + window) start += 1;
    if (start >= Math.min(to, startsTo)) return false;
    let low = start;
    while (low > from && times[low - 1] >= times[start] - grace * count) low -= 1;
    let high = start + 1;
    while (high < to && times[high] <= times[start] + window) high += 1;
    marks.fill(0, 0, high - low);
    passLevels(events, low, high, depth, grace, ends, least, marks, times[start] + window);
    places[0] = start;
    for (let step = 1; step < depth; step += 1)
      places[step] = earliest(events, marks, low, places[step - 1], step, grace);
    return true;
  };
  return {
    places,
    best(events, from, to, startsFrom, startsTo) {
      places.fill(-1);
      if (startsTo - startsFrom === 1)
        for (let ahead = eventsAtFirst; startsFrom + ahead < to; ahead *= 8) {
          const high = startsFrom + ahead;
          const { possible, several } = lookAt(events.steps, from, high, count);
          if (several && !repeat) break;
          makeRoom(high - from);
          if (possible === count && isReached(events, from, high, startsFrom, startsTo, count)) return count;
        }
      const { possible, several } = lookAt(events.steps, from, to, count);
      if (several && !repeat) {
        const depth = exact.best(events, from, to, startsFrom, startsTo);
        places.set(exact.places);
        return depth;
      }
      makeRoom(to - from);
      for (let depth = possible; depth > 0; depth -= 1)
        if (isReached(events, from, to, startsFrom, startsTo, depth)) return depth;
      return 0;
    },
  };
}

/** @returns how deep an attempt may be at most, and whether an event fills several steps. */
function lookAt(
  steps: Uint32Array,
  from: number,
  to: number,
  count: number,
): { readonly possible: number; readonly several: boolean } {
  let all = 0;
  let several = 0;
  for (let place = from; place < to; place += 1) {
    all |= steps[place];
    several |= steps[place] & (steps[place] - 1);
  }
  let possible = 0;
  while (possible < count && (all & (1 << possible)) !== 0) possible += 1;
  return { possible, several: several !== 0 };
}

/** Fills `ends` with the least latest time of a chain from each event as step 1, and `marks`, by step, with the events whose chains end by `end`. */
function passLevels(
  events: FunnelEvents,
  from: number,
  to: number,
  depth: number,
  grace: number,
  ends: Float64Array,
  least: Float64Array,
  marks: Uint32Array | null,
  end: number,
): void {
  const { steps, times } = events;
  for (let step = depth - 1; step >= 0; step -= 1) {
    // The first event that may follow moves back with the event that it follows.
    let follower = to;
    for (let place = to - 1; place >= from; place -= 1) {
      const at = place - from;
      ends[at] = Infinity;
      if ((steps[place] & (1 << step)) === 0) continue;
      if (step === depth - 1) ends[at] = times[place];
      else {
        while (follower > from && times[follower - 1] >= times[place] - grace) follower -= 1;
        ends[at] = Math.max(times[place], least[follower - from]);
      }
      if (marks !== null && ends[at] <= end) marks[at] |= 1 << step;
    }
    least[to - from] = Infinity;
    for (let at = to - from - 1; at >= 0; at -= 1) least[at] = Math.min(least[at + 1], ends[at]);
  }
}

function earliest(
  events: FunnelEvents,
  marks: Uint32Array,
  low: number,
  before: number,
  step: number,
  grace: number,
): number {
  let place = before;
  while (place > low && events.times[place - 1] >= events.times[before] - grace) place -= 1;
  while ((marks[place - low] & (1 << step)) === 0) place += 1;
  return place;
}
