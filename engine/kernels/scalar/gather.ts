/** The twin of gatherU8, gatherU16, gatherU32 and gatherF64; positions are indexes into views of the whole memory. */
export function gather<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  values: T,
  from: number,
  rows: Uint32Array,
  rowsFrom: number,
  count: number,
  to: number,
): void {
  for (let i = 0; i < count; i++) values[to + i] = values[from + rows[rowsFrom + i]];
}
