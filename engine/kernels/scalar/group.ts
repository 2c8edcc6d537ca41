/**
 * The twin of groupCountU8, groupCountU16 and groupCountU32 over views of the whole memory; positions are indexes
 * into them.
 */
export function groupCount(
  codes: Uint8Array | Uint16Array | Uint32Array,
  from: number,
  count: number,
  counts: Uint32Array,
  countsFrom: number,
): void {
  for (let i = from; i < from + count; i++) counts[countsFrom + codes[i]]++;
}

/** The twin of groupSumU8, groupSumU16, groupSumU32 and groupSumF64: values are added in their order. */
export function groupSum(
  groups: Uint32Array,
  groupsFrom: number,
  values: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  from: number,
  count: number,
  sums: Float64Array,
  sumsFrom: number,
): void {
  for (let i = 0; i < count; i++) sums[sumsFrom + groups[groupsFrom + i]] += values[from + i];
}
