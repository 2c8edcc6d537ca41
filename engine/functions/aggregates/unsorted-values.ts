const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** Keys of 16 bits: sign, exponent and the first bits of the mantissa. */
const keys = 65_536;

/** So few are sorted at once. */
const fewMax = 2048;

/** @returns a key that is no less than that of a lesser value; NaN is greater than all. */
function keyOf(value: number): number {
  if (value !== value) return keys - 1;
  float[0] = value;
  const high = words[1];
  return (high >>> 31 === 1 ? ~high >>> 16 : (high >>> 16) | 0x8000) & 0xffff;
}

/**
 * Finds the values of two neighbouring ranks without sorting all: only those are sorted that share a key with them.
 * @param rank from 0, below the number of values.
 * @returns the value of that rank, and of the next; the same twice at the end. NaN comes last, 0 is never -0.
 */
export function neighboursAt(values: Float64Array, rank: number): readonly [number, number] {
  if (values.length <= fewMax) {
    const sorted = values.slice().sort();
    return [sorted[rank], sorted[Math.min(rank + 1, sorted.length - 1)]];
  }
  const counts = new Uint32Array(keys);
  for (let at = 0; at < values.length; at++) counts[keyOf(values[at])]++;
  const next = Math.min(rank + 1, values.length - 1);
  let low = 0;
  let before = 0;
  while (before + counts[low] <= rank) before += counts[low++];
  let high = low;
  let upTo = before + counts[low];
  while (upTo <= next) upTo += counts[++high];
  const near = new Float64Array(upTo - before);
  let count = 0;
  for (let at = 0; at < values.length; at++) {
    const key = keyOf(values[at]);
    if (key >= low && key <= high) near[count++] = values[at];
  }
  near.sort();
  return [near[rank - before], near[next - before]];
}

/** @returns whether more than `most` of the values differ from each other. */
export function areMany(values: Float64Array, most: number): boolean {
  if (values.length <= most) return false;
  let places = 64;
  while (places < 4 * most) places *= 2;
  const table = new Uint32Array(places);
  let found = 0;
  for (let row = 0; row < values.length; row++) {
    float[0] = values[row];
    let at = Math.imul(words[0] ^ Math.imul(words[1], 0x85ebca6b), 0x9e3779b1) >>> 0;
    for (at = (at ^ (at >>> 15)) & (places - 1); table[at] !== 0; at = (at + 1) & (places - 1))
      if (Object.is(values[table[at] - 1], values[row])) break;
    if (table[at] !== 0) continue;
    table[at] = row + 1;
    if (++found > most) return true;
  }
  return false;
}
