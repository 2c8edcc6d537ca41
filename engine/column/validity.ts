import { inMemory, pointerOf, type DecodeWith } from './in-memory.ts';
import type { Validity, Vector } from './vector.ts';

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

/** Sets the values of rows without one to 0, as vectors hold them; a list has none of its own. */
export function clearNullsOf(vector: Vector, validity: Uint8Array, kernels: DecodeWith = null): void {
  if (kernels !== null && clearedInMemory(vector, validity, kernels)) return;
  switch (vector.kind) {
    case 'null':
    case 'list':
      return;
    case 'text':
      return clearUnsigned(vector.codes, validity);
    case 'bool':
      return clearUnsigned(vector.values, validity);
    case 'float':
      return clearFloats(vector.values, validity);
    case 'int':
      if (vector.values instanceof BigInt64Array) return clearBigints(vector.values, validity);
      if (vector.values instanceof Float64Array) return clearFloats(vector.values, validity);
      return clearUnsigned(vector.values, validity);
  }
}

/** @returns false where the arrays are out of the kernels' reach. */
function clearedInMemory(vector: Vector, validity: Uint8Array, kernels: NonNullable<DecodeWith>): boolean {
  if (vector.kind === 'null' || vector.kind === 'list') return false;
  const values = vector.kind === 'text' ? vector.codes : vector.values;
  if (!inMemory(values) || !inMemory(validity)) return false;
  const at = pointerOf(values);
  const bits = pointerOf(validity);
  if (values instanceof Uint8Array) kernels.clearNullsU8(at, bits, values.length);
  else if (values instanceof Uint16Array) kernels.clearNullsU16(at, bits, values.length);
  else if (values instanceof Uint32Array) kernels.clearNullsU32(at, bits, values.length);
  else kernels.clearNulls64(at, bits, values.length);
  return true;
}

function clearUnsigned(values: Uint8Array | Uint16Array | Uint32Array, validity: Uint8Array): void {
  for (let at = 0; at < validity.length; at++) {
    const bits = validity[at];
    if (bits === 0xff) continue;
    const start = at * 8;
    const end = Math.min(start + 8, values.length);
    // All ones where there is a value: no branch that random nulls would mispredict.
    for (let row = start; row < end; row++) values[row] &= -((bits >> (row - start)) & 1);
  }
}

function clearFloats(values: Float64Array, validity: Uint8Array): void {
  for (let at = 0; at < validity.length; at++) {
    const bits = validity[at];
    if (bits === 0xff) continue;
    const start = at * 8;
    const end = Math.min(start + 8, values.length);
    for (let row = start; row < end; row++) if ((bits & (1 << (row - start))) === 0) values[row] = 0;
  }
}

function clearBigints(values: BigInt64Array, validity: Uint8Array): void {
  for (let row = 0; row < values.length; row++) if ((validity[row >> 3] & (1 << (row & 7))) === 0) values[row] = 0n;
}
