import { comparisons, type Comparison } from '../kernels.ts';

/**
 * The twin of filterRangeU8, filterRangeU16 and filterRangeU32.
 * @param values the whole memory as that width; @param from the first value's index in it.
 * @param bitmap the whole memory as bytes; @param at where the bitmap begins.
 * @returns how many rows are true.
 */
export function filterRange(
  values: Uint8Array | Uint16Array | Uint32Array,
  from: number,
  count: number,
  low: number,
  high: number,
  bitmap: Uint8Array,
  at: number,
): number {
  let found = 0;
  for (let row = 0; row < count; row += 8) {
    const end = Math.min(count - row, 8);
    let bits = 0;
    for (let i = 0; i < end; i++) {
      const value = values[from + row + i];
      if (value < low || value > high) continue;
      bits |= 1 << i;
      found++;
    }
    bitmap[at + (row >> 3)] = bits;
  }
  return found;
}

/** The twin of filterRangeWithinU8, filterRangeWithinU16 and filterRangeWithinU32; as filterRange. */
export function filterRangeWithin(
  values: Uint8Array | Uint16Array | Uint32Array,
  from: number,
  count: number,
  low: number,
  high: number,
  bitmap: Uint8Array,
  within: number,
  at: number,
): number {
  let found = 0;
  for (let row = 0; row < count; row += 8) {
    let bits = bitmap[within + (row >> 3)];
    for (let i = 0; bits >> i !== 0; i++) {
      const value = values[from + row + i];
      if (value < low || value > high) bits &= ~(1 << i);
      else found += (bits >> i) & 1;
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

/** The twin of filterF64: NaN equals NaN and is greater than all numbers. As filterRange, over floats. */
export function filterFloats(
  comparison: Comparison,
  values: Float64Array,
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
      const value = values[from + row + i];
      // Where both are NaN their order is that of equals; one alone is the greater.
      const order = value < constant ? -1 : value === constant ? 0 : value > constant ? 1 : orderOfNaN(value, constant);
      if (holds(comparison, order, 0)) {
        bits |= 1 << i;
        found++;
      }
    }
    bitmap[at + (row >> 3)] = bits;
  }
  return found;
}

function orderOfNaN(value: number, constant: number): number {
  return Number(Number.isNaN(value)) - Number(Number.isNaN(constant));
}

/**
 * The twin of filterSetU8, filterSetU16 and filterSetU32.
 * @param codes the whole memory as that width; @param from the first code's index in it.
 * @param bytes the whole memory as bytes; @param table where the set lies; @param at where the bitmap begins.
 */
export function filterSet(
  codes: Uint8Array | Uint16Array | Uint32Array,
  from: number,
  count: number,
  bytes: Uint8Array,
  table: number,
  at: number,
): number {
  let found = 0;
  for (let row = 0; row < count; row += 8) {
    const end = Math.min(count - row, 8);
    let bits = 0;
    for (let i = 0; i < end; i++) {
      if (bytes[table + codes[from + row + i]] !== 0) {
        bits |= 1 << i;
        found++;
      }
    }
    bytes[at + (row >> 3)] = bits;
  }
  return found;
}
