import type { Rng } from '../../engine/host/rng.ts';

/** Randomness that a seed decides. */
export interface SeededRng extends Rng {
  /** @returns true with this probability. */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** @returns a generator of its own, so that more draws here change nothing there. */
  fork(): SeededRng;
}

/** Makes a generator from a whole number (splitmix32, the state advanced by the golden ratio). */
export function createSeededRng(seed: number): SeededRng {
  let state = (seed ^ 0x5bd1e995) | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const integer = (below: number): number => Math.floor((next() / 2 ** 32) * below);
  return {
    integer,
    chance: (probability) => next() < probability * 2 ** 32,
    pick: (items) => items[integer(items.length)]!,
    fork: () => createSeededRng(next()),
  };
}
