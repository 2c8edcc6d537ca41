/** Registers of a sketch: 2^14, for a standard error of 1.04 / √2^14 = 0.8 %. */
export const registerCount = 16_384;

/** A hash has 64 − 14 bits to count zeros in. */
const rankMax = 51;

/**
 * How many distinct values a HyperLogLog has met, without thresholds or tables of corrections. Source: O. Ertl, "New
 * cardinality estimation algorithms for HyperLogLog sketches" (2017), the improved raw estimator.
 * @param from where the sketch's registers begin.
 */
export function sketchEstimate(registers: Uint8Array, from: number): number {
  const counts = new Uint32Array(rankMax + 1);
  for (let at = 0; at < registerCount; at++) counts[registers[from + at]]++;
  let z = registerCount * tau(1 - counts[rankMax] / registerCount);
  for (let rank = rankMax - 1; rank >= 1; rank--) z = 0.5 * (z + counts[rank]);
  z += registerCount * sigma(counts[0] / registerCount);
  return (registerCount * registerCount) / (2 * Math.LN2 * z);
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = share;
  for (;;) {
    x *= x;
    const before = z;
    z += x * y;
    y += y;
    if (z === before) return z;
  }
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (;;) {
    x = Math.sqrt(x);
    const before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
    if (z === before) return z / 3;
  }
}
