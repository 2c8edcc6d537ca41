import type { FunnelEvents, FunnelMachine } from './funnel-events.ts';

/**
 * Makes the machine of `rules clickhouse order strict`, which counts as ClickHouse's `windowFunnel` in its mode
 * `strict_order` does (its source: AggregateFunctionWindowFunnel).
 * Events of one time are taken by their steps, those that fill none first. The first event after a step 1 that fills no step, or a step whose
 * step before was never done, ends all; steps that come again do not.
 */
export function createClickHouseOrderMachine(count: number, window: number): FunnelMachine {
  const places = new Int32Array(count).fill(-1);
  const chains = new Int32Array(count * count);
  const starts = new Float64Array(count);
  const run = (events: FunnelEvents, from: number, to: number, startsFrom: number, startsTo: number): number => {
    const { steps, times } = events;
    starts.fill(-Infinity);
    let depth = 0;
    for (let tie = from, next = from; tie < to; tie = next) {
      const time = times[tie];
      let none = false;
      for (next = tie; next < to && times[next] === time; next += 1) none ||= steps[next] === 0;
      if (none && depth > 0) return depth;
      for (let step = 0; step < count; step += 1)
        for (let place = tie; place < next; place += 1) {
          if ((steps[place] & (1 << step)) === 0) continue;
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
  };
  return {
    places,
    best(events, from, to, startsFrom, startsTo) {
      const depth = run(events, from, to, startsFrom, startsTo);
      places.fill(-1);
      for (let step = 0; step < depth; step += 1) places[step] = chains[(depth - 1) * count + step];
      return depth;
    },
  };
}
