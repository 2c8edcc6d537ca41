import { attemptOrders, keysAt, type FunnelKernels } from '../funnel-kernels.ts';
import type { Views } from './views.ts';

/**
 * Finds how deep loose chains get that start in [from, startsTo) and end before `to`.
 * One pass keeps for each step the time of the latest start of a chain that stands there.
 * @param starts room for a number a step and one more, which receives the place where the depth is first reached.
 * @returns the depth.
 */
export function deepestLoose(
  times: ArrayLike<number>,
  marks: ArrayLike<number>,
  starts: Float64Array,
  from: number,
  to: number,
  startsTo: number,
  count: number,
  window: number,
  repeat: boolean,
): number {
  const end = Math.min(startsTo, to);
  let place = from;
  while (place < end && (marks[place] & 1) === 0) place += 1;
  if (place >= end) return 0;
  for (let step = 0; step < count; step += 1) starts[step] = -Infinity;
  let depth = 0;
  for (; place < to; place += 1) {
    let fills = marks[place];
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

/** Fills `places` with the first event of step 1 from time `least` on, and the first possible one of each later step. */
export function fillLoose(
  times: ArrayLike<number>,
  marks: ArrayLike<number>,
  places: Int32Array | Uint32Array,
  from: number,
  depth: number,
  least: number,
  repeat: boolean,
): void {
  let place = from;
  while ((marks[place] & 1) === 0 || times[place] < least) place += 1;
  places[0] = place;
  for (let step = 1; step < depth; step += 1) {
    if (!repeat) place += 1;
    while ((marks[place] & (1 << step)) === 0) place += 1;
    places[step] = place;
  }
}

/**
 * Finds the longest row of events that fill step after step, of those that start in [from, startsTo) and end before `to`; of equal ones the first.
 * @param places receives the events. @returns the depth; 0 = there is no start.
 */
export function deepestStrict(
  times: ArrayLike<number>,
  marks: ArrayLike<number>,
  places: Int32Array | Uint32Array,
  from: number,
  to: number,
  startsTo: number,
  count: number,
  window: number,
): number {
  const end = Math.min(startsTo, to);
  let depth = 0;
  let best = from;
  for (let place = from; place < end && depth < count; place++) {
    if ((marks[place] & 1) === 0) continue;
    const most = Math.min(count, to - place);
    let own = 1;
    while (own < most && ((marks[place + own] >>> own) & 1) !== 0 && times[place + own] <= times[place] + window) own++;
    if (own <= depth) continue;
    depth = own;
    best = place;
  }
  for (let step = 0; step < depth; step++) places[step] = best + step;
  return depth;
}

/**
 * Finds how deep ClickHouse's strict_order gets.
 * @param chains room for the square of the steps: of the chain that stands at each step, its places. @param starts room for a number a step.
 * @returns the depth.
 */
export function deepestOrdered(
  times: ArrayLike<number>,
  marks: ArrayLike<number>,
  chains: Int32Array | Uint32Array,
  starts: Float64Array,
  from: number,
  to: number,
  startsFrom: number,
  startsTo: number,
  window: number,
): number {
  const count = starts.length;
  starts.fill(-Infinity);
  let depth = 0;
  for (let tie = from, next = from; tie < to; tie = next) {
    const time = times[tie];
    let none = false;
    for (next = tie; next < to && times[next] === time; next += 1) none ||= marks[next] === 0;
    if (none && depth > 0) return depth;
    for (let step = 0; step < count; step += 1)
      for (let place = tie; place < next; place += 1) {
        if ((marks[place] & (1 << step)) === 0) continue;
        if (step === 0) {
          if (place < startsFrom || place >= startsTo) continue;
          starts[0] = time;
        } else if (starts[step - 1] === -Infinity) {
          if (depth > 0) return depth;
          continue;
        } else if (time - starts[step - 1] > window) continue;
        else {
          starts[step] = starts[step - 1];
          chains.copyWithin(step * count, (step - 1) * count, (step - 1) * count + step);
        }
        chains[step * count + step] = place;
        depth = Math.max(depth, step + 1);
        if (depth === count) return depth;
      }
  }
  return depth;
}

/** The twin of the kernel that finds attempts. */
export function funnelKernels(views: () => Views): FunnelKernels {
  return {
    funnelAttempts(starts, ends, slots, times, marks, steps, window, order, repeat, end, keyAt, _, rows, ms, counts) {
      const { u32, f64 } = views();
      const timeOf = f64.subarray(times / 8);
      const marksOf = u32.subarray(marks / 4);
      const places = new Uint32Array(steps);
      const most = slots * steps;
      const [keyRows, closedRows, endedRows, timedRows] = [1, 2, 3, 4].map((list) => rows / 4 + list * most);
      const chains = new Uint32Array(steps * steps);
      const latest = new Float64Array(steps + 1);
      let count = 0;
      let closed = 0;
      let ended = 0;
      let timed = 0;
      for (let slot = 0; slot < slots; slot++) {
        const from = u32[starts / 4 + slot];
        const to = u32[ends / 4 + slot];
        let depth: number;
        if (order === attemptOrders.strict_order) {
          depth = deepestOrdered(timeOf, marksOf, chains, latest.subarray(1), from, to, from, to, window);
          places.set(chains.subarray((depth - 1) * steps, (depth - 1) * steps + depth));
        } else if (order === attemptOrders.strict)
          depth = deepestStrict(timeOf, marksOf, places, from, to, to, steps, window);
        else {
          depth = deepestLoose(timeOf, marksOf, latest, from, to, to, steps, window, repeat !== 0);
          if (depth > 0) fillLoose(timeOf, marksOf, places, from, depth, timeOf[latest[steps]] - window, repeat !== 0);
        }
        if (depth === 0) continue;
        let isOpen = false;
        for (let place = from; place < to; place++)
          if ((marksOf[place] & 1) !== 0 && timeOf[place] + window >= end) isOpen = true;
        for (let step = 0; step < depth; step++) {
          const key = keyAt === keysAt.first ? places[0] : keyAt === keysAt.last ? places[depth - 1] : places[step];
          u32[rows / 4 + count] = step + 1;
          u32[keyRows + count] = key;
          f64[ms / 8 + count] = step === 0 ? 0 : timeOf[places[step]] - timeOf[places[step - 1]];
          if (step > 0) u32[timedRows + timed++] = count;
          if (!isOpen) u32[closedRows + closed++] = count;
          else if (step === depth - 1) u32[endedRows + ended++] = count;
          count++;
        }
      }
      u32[counts / 4] = closed;
      u32[counts / 4 + 1] = ended;
      u32[counts / 4 + 2] = timed;
      return count;
    },
  };
}
