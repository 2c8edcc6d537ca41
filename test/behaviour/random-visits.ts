import { below, chance, pick, type Random } from '../oracle/random.ts';
import { eventNames, type EventColumns } from './mixed-store.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * Draws visits of actors over some days: events minutes apart, some at one time, some exactly 30 minutes apart, some around midnight.
 * Events are told up to two weeks late, so that each actor's lie anywhere.
 */
export function randomVisits(
  random: Random,
  options: { readonly actors: number; readonly from: number; readonly days: number; readonly names: number },
): EventColumns {
  const told: { readonly time: number; readonly actor: number; readonly event: number; readonly at: number }[] = [];
  for (let actor = 0; actor < options.actors; actor++) {
    const visits = 1 + below(random, chance(random, 0.1) ? 30 : 6);
    for (let visit = 0; visit < visits; visit++) {
      const hour = chance(random, 0.2) ? 23.8 : 24 * random();
      let time = options.from + day * below(random, options.days) + Math.round(hour * 60) * minute;
      const count = 1 + below(random, 8);
      for (let event = 0; event < count; event++) {
        const code = chance(random, 0.15) ? 0 : 1 + Math.floor(options.names * random() ** 2);
        told.push({ time, actor, event: code, at: time + below(random, 14) * day });
        time += pick(random, [0, 0, 1000, minute, 5 * minute, 20 * minute, 30 * minute, 30 * minute + 1, 7 * minute]);
      }
    }
  }
  told.sort((one, other) => one.at - other.at);
  return {
    times: Float64Array.from(told, ({ time }) => time),
    actors: Uint32Array.from(told, ({ actor }) => actor),
    events: Uint8Array.from(told, ({ event }) => Math.min(event, eventNames.length - 1)),
  };
}
