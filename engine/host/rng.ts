import { randomBytes } from 'node:crypto';

/** Randomness. */
export interface Rng {
  /** @returns a whole number in [0, below). */
  integer(below: number): number;
}

/** The machine's source of randomness. */
export const systemRng: Rng = {
  integer: (below) => randomBytes(6).readUIntLE(0, 6) % below,
};
