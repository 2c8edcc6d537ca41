import { unpack } from './decode.ts';

type Unsigned = Uint8Array | Uint16Array | Uint32Array;

/** Where the number that `readVarint` read last ends. */
export let varintEnd = 0;

/** @returns a LEB128 number of at most eight bytes and 2^53 − 1, or Infinity. */
export function readVarint(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let at = from; at < end && at < from + 8; at++) {
    value += (bytes[at] & 127) * scale;
    if (bytes[at] < 128) {
      varintEnd = at + 1;
      return value <= Number.MAX_SAFE_INTEGER ? value : Infinity;
    }
    scale *= 128;
  }
  return Infinity;
}

/** The twin of sumVarints over any bytes; `to` is an index into `out`. */
export function sumVarints(
  bytes: Uint8Array,
  from: number,
  sourceBytes: number,
  count: number,
  least: number,
  start: number,
  most: number,
  out: Uint32Array,
  to: number,
): number {
  const end = from + sourceBytes;
  let at = from;
  let sum = start;
  out[to] = start;
  for (let i = 1; i <= count; i++) {
    const value = readVarint(bytes, at, end);
    sum += value;
    if (value < least || sum > most) return -1;
    at = varintEnd;
    out[to + i] = sum;
  }
  return at - from;
}

/** The twin of sumTextLengths. */
export function sumTextLengths(
  bytes: Uint8Array,
  from: number,
  sourceBytes: number,
  count: number,
  most: number,
  out: Uint32Array,
  to: number,
  empty: Uint8Array,
  emptyTo: number,
): number {
  const end = from + sourceBytes;
  let at = from;
  let sum = 0;
  out[to] = 0;
  for (let i = 0; i < count; i++) {
    const value = readVarint(bytes, at, end);
    empty[emptyTo + i] = value === 0 ? 1 : 0;
    if (value > 0) sum += value - 1;
    if (sum > most) return -1;
    at = varintEnd;
    out[to + i + 1] = sum;
  }
  return at - from;
}

/** The twin of decodeRunsU8, decodeRunsU16 and decodeRunsU32. */
export function decodeRuns(
  bytes: Uint8Array,
  from: number,
  sourceBytes: number,
  rows: number,
  most: number,
  out: Unsigned,
  to: number,
): number {
  const end = from + sourceBytes;
  let at = from;
  for (let row = 0; row < rows;) {
    const count = readVarint(bytes, at, end);
    if (count === 0 || count > rows - row) return -1;
    const value = readVarint(bytes, varintEnd, end);
    if (value > most) return -1;
    at = varintEnd;
    out.fill(value, to + row, to + row + count);
    row += count;
  }
  return at - from;
}

/** The twin of decodeRunsF64; values are moved as words, so that every NaN keeps its bits. */
export function decodeFloatRuns(
  bytes: Uint8Array,
  from: number,
  sourceBytes: number,
  rows: number,
  out: BigInt64Array,
  to: number,
): number {
  const end = from + sourceBytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = from;
  for (let row = 0; row < rows;) {
    const count = readVarint(bytes, at, end);
    if (count === 0 || count > rows - row || end - varintEnd < 8) return -1;
    out.fill(view.getBigInt64(varintEnd, true), to + row, to + row + count);
    at = varintEnd + 8;
    row += count;
  }
  return at - from;
}

const groupRows = 128;
const differences = new Uint32Array(groupRows);

/** The twin of the decodeDelta kernels; `add` is 0 unless `out` holds floats. */
export function decodeDelta(
  bytes: Uint8Array,
  from: number,
  sourceBytes: number,
  rows: number,
  first: number,
  add: number,
  most: number,
  out: Unsigned | Float64Array,
  to: number,
): number {
  const end = from + sourceBytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (!(first >= 0 && first <= most)) return -1;
  let at = from;
  let offset = first;
  out[to] = add + first;
  for (let start = 1; start < rows; start += groupRows) {
    const count = Math.min(groupRows, rows - start);
    if (end - at < 9) return -1;
    const bits = view.getUint8(at);
    const least = view.getFloat64(at + 1, true);
    const packedBytes = (count * bits + 7) >> 3;
    if (bits > 32 || !Number.isSafeInteger(least) || end - at - 9 < packedBytes) return -1;
    if (bits === 0) differences.fill(0);
    else unpack(bytes, at + 9, bits, count, differences, 0);
    let lowest = offset;
    let highest = offset;
    for (let i = 0; i < count; i++) {
      offset += least + differences[i];
      if (offset < lowest) lowest = offset;
      if (offset > highest) highest = offset;
      out[to + start + i] = add + offset;
    }
    if (lowest < 0 || highest > most) return -1;
    at += 9 + packedBytes;
  }
  return at - from;
}

/** The twin of clearNullsU8, clearNullsU16 and clearNullsU32; for clearNulls64 over pairs of words. */
export function clearNulls(
  values: Unsigned,
  from: number,
  words: 1 | 2,
  validity: Uint8Array,
  bits: number,
  count: number,
): void {
  for (let row = 0; row < count; row++) {
    if (((validity[bits + (row >> 3)] >> (row & 7)) & 1) !== 0) continue;
    for (let word = 0; word < words; word++) values[from + row * words + word] = 0;
  }
}

/** The twin of the divide kernels. */
export function divide(
  ints: Unsigned | Float64Array,
  from: number,
  count: number,
  base: number,
  power: number,
  out: Float64Array,
  to: number,
): void {
  for (let i = 0; i < count; i++) out[to + i] = (base + ints[from + i]) / power;
}

/** The twin of areSafeInts. */
export function areSafeInts(values: Float64Array, from: number, count: number): number {
  for (let i = from; i < from + count; i++) if (!Number.isSafeInteger(values[i])) return 0;
  return 1;
}
