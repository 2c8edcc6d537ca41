/** Numbers in [0, 1). */
export type Random = () => number;

/** mulberry32: 32 bits of state, the same numbers from the same seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @returns a whole number below `end`. */
export function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

/** @returns one of them. */
export function pick<T>(random: Random, from: readonly T[]): T {
  return from[below(random, from.length)]!;
}

/** @returns true with a chance of `share`. */
export function chance(random: Random, share: number): boolean {
  return random() < share;
}

/** @returns one of them, each as often as its weight says. */
export function pickWeighted<T extends { readonly weight: number }>(random: Random, from: readonly T[]): T {
  let left = random() * from.reduce((sum, { weight }) => sum + weight, 0);
  for (const item of from) {
    left -= item.weight;
    if (left < 0) return item;
  }
  return from.at(-1)!;
}

/** @returns between `least` and `most` of them, each at most once. */
export function some<T>(random: Random, from: readonly T[], least: number, most: number): T[] {
  const left = [...from];
  const count = Math.min(left.length, least + below(random, most - least + 1));
  return Array.from({ length: count }, () => left.splice(below(random, left.length), 1)[0]!);
}
