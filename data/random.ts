/** A seeded source of numbers: the same seed gives the same numbers everywhere. */
export interface Random {
  /** @returns 32 random bits, 0 … 2^32 − 1. */
  bits(): number;
  /** @returns a number in [0, 1), in steps of 2^-32. */
  float(): number;
  /** @returns a whole number in [0, below); `below` at most 2^32. */
  integer(below: number): number;
  /** @returns true with probability `p`. */
  chance(p: number): boolean;
  /** @returns an exponentially distributed number with the given mean. */
  exponential(mean: number): number;
}

/**
 * Makes a generator of pseudo-random numbers: sfc32 (Chris Doty-Humphrey, PractRand, public domain), its state filled
 * from `seed` by splitmix32.
 * @param seed any number; its low 32 bits count.
 */
export function createRandom(seed: number): Random {
  let mix = seed >>> 0;
  const fill = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let word = mix ^ (mix >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return (word ^ (word >>> 15)) | 0;
  };
  let a = fill();
  let b = fill();
  let c = fill();
  let counter = 1;
  const bits = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first numbers still show the seed.
  for (let round = 0; round < 12; round++) bits();
  const float = (): number => bits() / 4294967296;
  return {
    bits,
    float,
    integer: (below) => Math.floor(float() * below),
    chance: (p) => float() < p,
    exponential: (mean) => -Math.log(1 - float()) * mean,
  };
}

/** Draws indexes by weight in constant time. */
export interface Chooser {
  /** @returns an index of the weights, drawn with `random`. */
  choose(random: Random): number;
}

/**
 * Prepares drawing by weight: Vose's alias method.
 * @param weights not negative, at least one positive.
 */
export function createChooser(weights: ArrayLike<number>): Chooser {
  const { length } = weights;
  let total = 0;
  for (let index = 0; index < length; index++) total += weights[index]!;
  const share = new Float64Array(length);
  const alias = new Uint32Array(length);
  const small: number[] = [];
  const large: number[] = [];
  for (let index = 0; index < length; index++) {
    share[index] = (weights[index]! * length) / total;
    (share[index]! < 1 ? small : large).push(index);
  }
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large.at(-1)!;
    alias[low] = high;
    share[high] = share[high]! - (1 - share[low]!);
    if (share[high]! < 1) small.push(large.pop()!);
  }
  // What rounding leaves over stands for itself.
  for (const index of [...small, ...large]) share[index] = 1;
  return {
    choose(random) {
      const index = random.integer(length);
      return random.float() < share[index]! ? index : alias[index]!;
    },
  };
}

/** @returns the weights of ranks 0 … count − 1 by Zipf's law: (rank + 1 + offset)^-exponent. */
export function zipfWeights(count: number, exponent: number, offset = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, rank) => (rank + 1 + offset) ** -exponent);
}
