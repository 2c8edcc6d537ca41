import { readVarint, varintEnd } from './read-blocks.ts';
import type { NumbersAt } from './views.ts';

/** The twin of listRuns. */
export function listRuns(
  bytes: Uint8Array,
  from: number,
  sourceBytes: number,
  rows: number,
  most: number,
  ends: Uint32Array,
  endsTo: number,
  codes: NumbersAt,
): number {
  const end = from + sourceBytes;
  let at = from;
  let run = 0;
  for (let row = 0; row < rows; run++) {
    const count = readVarint(bytes, at, end);
    if (count === 0 || count > rows - row) return -1;
    const value = readVarint(bytes, varintEnd, end);
    if (value > most) return -1;
    at = varintEnd;
    row += count;
    ends[endsTo + run] = row;
    codes.array[codes.from + run] = value;
  }
  return at === end ? run : -1;
}

/** The twin of pickRunsF64; values are moved as words, so that every NaN keeps its bits. */
export function pickRuns(
  bytes: Uint8Array,
  from: number,
  sourceBytes: number,
  rows: number,
  validity: number,
  out: BigInt64Array,
  to: number,
): number {
  const end = from + sourceBytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = from;
  let place = to;
  for (let row = 0; row < rows;) {
    const count = readVarint(bytes, at, end);
    if (count === 0 || count > rows - row || end - varintEnd < 8) return -1;
    const value = view.getBigInt64(varintEnd, true);
    at = varintEnd + 8;
    for (const runEnd = row + count; row < runEnd; row++)
      if (((bytes[validity + (row >> 3)] >> (row & 7)) & 1) !== 0) out[place++] = value;
  }
  return at === end ? place - to : -1;
}
