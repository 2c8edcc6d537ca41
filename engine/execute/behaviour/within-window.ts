import type { FunnelMachine, FunnelTask } from './funnel-events.ts';

/** Events that a machine may look at before the query is asked whether it is still wanted. */
const eventsBetweenChecks = 65_536;

/**
 * Makes a machine look at no more events than an attempt from its starts can have: those from the first start on, with grace some before it,
 * to the end of the last start's window. Else each of an actor's entries would cost all of its events.
 * @param check ends the query by throwing; called now and then.
 */
export function withinWindow({ steps, rules }: FunnelTask, machine: FunnelMachine, check: () => void): FunnelMachine {
  const { window } = rules;
  const grace = (rules.grace ?? 0) * steps.length;
  let looked = 0;
  return {
    places: machine.places,
    best(events, from, to, startsFrom, startsTo) {
      const { times } = events;
      let [low, high] = [from, to];
      if (startsFrom > from && startsFrom < to) low = firstAt(times, from, startsFrom, times[startsFrom] - grace);
      if (startsTo < to && startsTo > from) high = firstBehind(times, startsTo, to, times[startsTo - 1] + window);
      looked += high - low;
      if (looked > eventsBetweenChecks) {
        looked = 0;
        check();
      }
      return machine.best(events, low, high, startsFrom, startsTo);
    },
  };
}

/** @returns the first place in [from, to) whose time is `time` or later, else `to`. */
function firstAt(times: Float64Array, from: number, to: number, time: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @returns the first place in [from, to) whose time is later than `time`, else `to`. */
function firstBehind(times: Float64Array, from: number, to: number, time: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
