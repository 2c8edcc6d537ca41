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

/** The twin of gatherRuns; values are moved byte by byte. */
export function gatherRuns(
  bytes: Uint8Array,
  values: number,
  valueBytes: number,
  bits: number,
  count: number,
  out: number,
): number {
  let to = out;
  for (let row = 0; row < count; row++) {
    if (((bytes[bits + (row >> 3)] >> (row & 7)) & 1) === 0) continue;
    bytes.copyWithin(to, values + row * valueBytes, values + (row + 1) * valueBytes);
    to += valueBytes;
  }
  return (to - out) / valueBytes;
}

/** The twin of pickRankedF64; values are moved as words, so that every NaN keeps its bits. */
export function pickRanked(
  values: BigInt64Array,
  from: number,
  bytes: Uint8Array,
  bits: number,
  wanted: number,
  count: number,
  to: number,
): number {
  let rank = from;
  let place = to;
  for (let row = 0; row < count; row++) {
    const bit = row & 7;
    if (((bytes[bits + (row >> 3)] >> bit) & 1) === 0) continue;
    if (((bytes[wanted + (row >> 3)] >> bit) & 1) === 1) values[place++] = values[rank];
    rank++;
  }
  return place - to;
}
