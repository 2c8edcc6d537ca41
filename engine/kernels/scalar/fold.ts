/** The twin of sumF64: `values[from … from + count)` in four lanes, so that both round alike. */
export function sumFloats(values: Float64Array, from: number, count: number): number {
  const end = from + (count - (count % 4));
  let lane0 = 0;
  let lane1 = 0;
  let lane2 = 0;
  let lane3 = 0;
  for (let i = from; i < end; i += 4) {
    lane0 += values[i];
    lane1 += values[i + 1];
    lane2 += values[i + 2];
    lane3 += values[i + 3];
  }
  let sum = lane0 + lane2 + (lane1 + lane3);
  for (let i = end; i < from + count; i++) sum += values[i];
  return sum;
}

/** The twin of minF64, in two lanes: of 0 and -0 both give the same one. */
export function minFloat(values: Float64Array, from: number, count: number): number {
  const end = from + (count - (count % 2));
  let even = Infinity;
  let odd = Infinity;
  for (let i = from; i < end; i += 2) {
    if (values[i] < even) even = values[i];
    if (values[i + 1] < odd) odd = values[i + 1];
  }
  const least = odd < even ? odd : even;
  return end < from + count && values[end] < least ? values[end] : least;
}

/** The twin of maxF64. */
export function maxFloat(values: Float64Array, from: number, count: number): number {
  const end = from + (count - (count % 2));
  let even = -Infinity;
  let odd = -Infinity;
  for (let i = from; i < end; i += 2) {
    if (values[i] > even) even = values[i];
    if (values[i + 1] > odd) odd = values[i + 1];
  }
  const greatest = odd > even ? odd : even;
  return end < from + count && values[end] > greatest ? values[end] : greatest;
}

/** The twin of sumU32; exact up to 2^53. */
export function sumWords(values: Uint32Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += values[i];
  return sum;
}

/** The twin of minU32. */
export function minWord(values: Uint32Array, from: number, count: number): number {
  let least = 0xffffffff;
  for (let i = from; i < from + count; i++) if (values[i] < least) least = values[i];
  return least;
}

/** The twin of maxU32. */
export function maxWord(values: Uint8Array | Uint16Array | Uint32Array, from: number, count: number): number {
  let greatest = 0;
  for (let i = from; i < from + count; i++) if (values[i] > greatest) greatest = values[i];
  return greatest;
}

/** The twin of prefetch, by words. */
export function sumOfLines(values: Uint32Array, from: number, end: number): number {
  let sum = 0;
  for (let i = from & ~15; i < end; i += 16) sum = (sum + values[i]) | 0;
  return sum;
}
