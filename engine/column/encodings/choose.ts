import type { BlockStats } from '../block-stats.ts';
import type { DenseVector } from '../dense.ts';
import type { Encoding, Plan } from './encoding.ts';

/** An encoding and how it would write a vector. */
export interface Choice {
  readonly encoding: Encoding;
  readonly plan: Plan;
}

/**
 * Chooses the encoding of a vector: the one of fewest bytes, except that one which decodes more slowly has to save an
 * eighth, since reading is what blocks are for.
 * @param members by ascending id.
 * @returns null when none can write this.
 */
export function chooseEncoding(vector: DenseVector, stats: BlockStats, members: readonly Encoding[]): Choice | null {
  let best: Choice | null = null;
  for (const encoding of members) {
    const plan = encoding.plan(vector, stats);
    if (plan !== null && (best === null || plan.bytes < best.plan.bytes * 0.875)) best = { encoding, plan };
  }
  return best;
}
