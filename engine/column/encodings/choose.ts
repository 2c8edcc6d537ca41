import type { BlockStats } from '../block-stats.ts';
import type { DenseVector } from '../dense.ts';
import type { Encoding } from './encoding.ts';

/** @returns the encoding that promises the fewest bytes, the lowest id of several; null when none can write this. */
export function chooseEncoding(
  vector: DenseVector,
  stats: BlockStats,
  members: readonly Encoding[],
): { readonly encoding: Encoding; readonly bytes: number } | null {
  let best: { encoding: Encoding; bytes: number } | null = null;
  for (const encoding of members) {
    const bytes = encoding.accepts(vector) ? encoding.estimate(vector, stats) : null;
    if (bytes === null) continue;
    if (best === null || bytes < best.bytes || (bytes === best.bytes && encoding.id < best.encoding.id))
      best = { encoding, bytes };
  }
  return best;
}
