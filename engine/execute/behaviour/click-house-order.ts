import { deepestOrdered } from '../../kernels/scalar/funnels.ts';
import type { FunnelMachine } from './funnel-events.ts';

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
  return {
    places,
    best(events, from, to, startsFrom, startsTo) {
      const { times, steps } = events;
      const depth = deepestOrdered(times, steps, chains, starts, from, to, startsFrom, startsTo, window);
      places.fill(-1);
      for (let step = 0; step < depth; step += 1) places[step] = chains[(depth - 1) * count + step];
      return depth;
    },
  };
}
