import { mergeRuns } from './sort-runs.ts';

/**
 * Puts events in the order of their actors, and of time within each; those of one actor and time keep the order in which
 * they came: that of the sources, and of rows in each.
 * @param slots of each event. @param ranks the place of each slot among actors; null = the slot itself.
 * @param starts where the events of each actor begin, by its place; one more says where the last ends.
 * @param order receives which event stands at each place. @param orderedTimes receives the times in that order.
 */
export function placeByActor(
  slots: Uint32Array,
  ranks: Uint32Array | null,
  times: Float64Array,
  count: number,
  starts: Uint32Array,
  order: Uint32Array,
  orderedTimes: Float64Array,
): void {
  const next = starts.slice();
  for (let event = 0; event < count; event++) {
    const place = next[ranks === null ? slots[event] : ranks[slots[event]]]++;
    order[place] = event;
    orderedTimes[place] = times[event];
  }
  let spare = new Uint32Array(256);
  for (let actor = 0; actor + 1 < starts.length; actor++) {
    const from = starts[actor];
    const to = starts[actor + 1];
    if (isSorted(orderedTimes, from, to)) continue;
    if (to - from > spare.length) spare = new Uint32Array(2 * (to - from));
    mergeRuns(order, from, to, times, spare);
    for (let at = from; at < to; at++) orderedTimes[at] = times[order[at]];
  }
}

function isSorted(times: Float64Array, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (times[at - 1] > times[at]) return false;
  return true;
}
