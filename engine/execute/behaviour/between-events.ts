import type { Exclusion } from '../../plan/behaviour.ts';
import type { FunnelEvents } from './funnel-events.ts';

/** The exclusions of a funnel, laid out for search. */
export interface Pairs {
  /** Bits of the exclusions between any two neighbours. */
  readonly neighbours: number;
  readonly count: number;
  /** By pair: the earlier and the later step, and the bit of the exclusion. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly bits: Int32Array;
  /** Whether there is any pair. */
  readonly spanning: boolean;
}

/** Lays out exclusions: exclusion x has bit x. */
export function pairsOf(exclude: readonly Exclusion[]): Pairs {
  let neighbours = 0;
  const pairs: [number, number, number][] = [];
  exclude.forEach(({ between }, at) => {
    if (between === null) neighbours |= 1 << at;
    else pairs.push([Math.min(between.from, between.to), Math.max(between.from, between.to), 1 << at]);
  });
  return {
    neighbours,
    count: pairs.length,
    from: Int32Array.from(pairs, ([from]) => from),
    to: Int32Array.from(pairs, ([, to]) => to),
    bits: Int32Array.from(pairs, ([, , bit]) => bit),
    spanning: pairs.length > 0,
  };
}

/** @returns whether an attempt that holds `code` sees this event: one with another value is looked past, one without is not. */
export function isSeen(events: FunnelEvents, place: number, code: number): boolean {
  if (events.holding.length === 0) return true;
  return events.holding[place] === 0 || events.holding[place] === code;
}

/** @returns whether no event strictly between two places, `first` < `last`, fulfils one of the exclusions in `bits`. */
export function isClear(events: FunnelEvents, first: number, last: number, bits: number, code: number): boolean {
  if (bits === 0) return true;
  for (let place = first + 1; place < last; place += 1)
    if ((events.exclusions[place] & bits) !== 0 && isSeen(events, place, code)) return false;
  return true;
}
