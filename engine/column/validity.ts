import type { Validity } from './vector.ts';

/** @returns how many of the first `rows` rows have no value. */
export function countNulls(validity: Validity, rows: number): number {
  if (validity === null) return 0;
  let valid = 0;
  const whole = rows >> 3;
  for (let at = 0; at < whole; at++) valid += bitsOf(validity[at]);
  if ((rows & 7) !== 0) valid += bitsOf(validity[whole] & ((1 << (rows & 7)) - 1));
  return rows - valid;
}

function bitsOf(byte: number): number {
  const pairs = byte - ((byte >> 1) & 0x55);
  const fours = (pairs & 0x33) + ((pairs >> 2) & 0x33);
  return (fours + (fours >> 4)) & 0x0f;
}

/** Sets to 0 the bits of a bitmap of exactly (rows + 7) >> 3 bytes that stand past its last row. */
export function clearPastEnd(validity: Uint8Array, rows: number): void {
  if ((rows & 7) !== 0) validity[rows >> 3] &= (1 << (rows & 7)) - 1;
}

/** Sets values of rows without one to 0, as vectors hold them. */
export function clearNulls(values: Uint8Array | Uint16Array | Uint32Array | Float64Array, validity: Uint8Array): void {
  for (let at = 0; at < validity.length; at++) {
    if (validity[at] === 0xff) continue;
    const end = Math.min(at * 8 + 8, values.length);
    for (let row = at * 8; row < end; row++) if ((validity[at] & (1 << (row & 7))) === 0) values[row] = 0;
  }
}

/** The same for 64-bit integers. */
export function clearBigintNulls(values: BigInt64Array, validity: Uint8Array): void {
  for (let row = 0; row < values.length; row++) if ((validity[row >> 3] & (1 << (row & 7))) === 0) values[row] = 0n;
}
