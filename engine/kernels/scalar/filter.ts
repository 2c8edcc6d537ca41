import { comparisons, type Comparison } from '../kernels.ts';

/**
 * The twin of filterU8, filterU16 and filterU32.
 * @param values the whole memory as that width; @param from the first value's index in it.
 * @param bitmap the whole memory as bytes; @param at where the bitmap begins.
 * @returns how many rows are true.
 */
export function filter(
  comparison: Comparison,
  values: Uint8Array | Uint16Array | Uint32Array,
  from: number,
  count: number,
  constant: number,
  bitmap: Uint8Array,
  at: number,
): number {
  let found = 0;
  for (let row = 0; row < count; row += 8) {
    const end = Math.min(count - row, 8);
    let bits = 0;
    for (let i = 0; i < end; i++) {
      if (holds(comparison, values[from + row + i], constant)) {
        bits |= 1 << i;
        found++;
      }
    }
    bitmap[at + (row >> 3)] = bits;
  }
  return found;
}

function holds(comparison: Comparison, value: number, constant: number): boolean {
  switch (comparison) {
    case comparisons.equal:
      return value === constant;
    case comparisons.notEqual:
      return value !== constant;
    case comparisons.less:
      return value < constant;
    case comparisons.lessOrEqual:
      return value <= constant;
    case comparisons.greater:
      return value > constant;
    case comparisons.greaterOrEqual:
      return value >= constant;
  }
}
