import type { ByteReader, ByteWriter } from '../base/bytes.ts';
import { unpack } from '../kernels/scalar/decode.ts';
import type { Allocate } from './allocate.ts';
import { allocateUnsigned } from './allocate.ts';

/*
 * Bit-packed values: value i is bits [i · bits, (i + 1) · bits) of the bytes, the least significant first. At 8, 16 and
 * 32 bits that is a plain little-endian array.
 */

/** @returns the bits that hold whole numbers from 0 to `max` ≤ 2^53 − 1; at least 1. */
export function bitsFor(max: number): number {
  if (max <= 0xffffffff) return Math.max(32 - Math.clz32(max), 1);
  return 64 - Math.clz32(Math.floor(max / 2 ** 32));
}

/** @returns the bytes that `rows` values take. */
export function packedBytes(rows: number, bits: number): number {
  return Math.ceil((rows * bits) / 8);
}

/** Packs `values[i] - base`, each below 2^bits, bits from 1 to 53. */
export function packBits(values: Float64Array | Uint32Array, base: number, bits: number, writer: ByteWriter): void {
  const out = new Uint8Array(packedBytes(values.length, bits));
  let at = 0;
  let held = 0;
  let used = 0;
  for (let row = 0; row < values.length; row++) {
    const offset = values[row] - base;
    let value = offset >>> 0;
    let have = used + Math.min(bits, 32);
    // The second turn is for the bits beyond 32.
    for (let turn = bits > 32 ? 2 : 1; turn > 0; turn--) {
      if (have < 8) held |= value << used;
      else {
        out[at++] = held | ((value << used) & 0xff);
        value >>>= 8 - used;
        for (have -= 8; have >= 8; have -= 8) {
          out[at++] = value & 0xff;
          value >>>= 8;
        }
        held = value;
      }
      used = have;
      value = Math.floor(offset / 2 ** 32);
      have = used + bits - 32;
    }
  }
  if (used > 0) out[at] = held;
  writer.set(out);
}

/** @returns the narrowest array that holds `rows` values of up to 32 bits, read from the reader. */
export function readBits(
  reader: ByteReader,
  rows: number,
  bits: number,
  allocate: Allocate,
): Uint8Array | Uint16Array | Uint32Array {
  const packed = reader.view(packedBytes(rows, bits));
  const width = bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
  const out = allocateUnsigned(allocate, width, rows);
  if (bits === width * 8) copyBytes(packed, out);
  else unpack(packed, 0, bits, rows, out, 0);
  return out;
}

/** Reads values of 33 to 53 bits. @param out receives `base` + each. */
export function readWideBits(reader: ByteReader, bits: number, base: number, out: Float64Array): void {
  const packed = reader.view(packedBytes(out.length, bits));
  for (let row = 0; row < out.length; row++) {
    const bit = row * bits;
    const from = Math.floor(bit / 8);
    const shift = bit % 8;
    let value = packed[from] >>> shift;
    let scale = 2 ** (8 - shift);
    let left = bits - (8 - shift);
    for (let byte = from + 1; left > 0; byte++) {
      value += (left >= 8 ? packed[byte] : packed[byte] & ((1 << left) - 1)) * scale;
      scale *= 256;
      left -= 8;
    }
    out[row] = base + value;
  }
}

/** Copies bytes, wherever they begin, to the bytes of a typed array of the same size. */
export function copyBytes(from: Uint8Array, to: ArrayBufferView): void {
  new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(from);
}

/** Writes the bytes of a typed array. */
export function writeBytes(from: ArrayBufferView, writer: ByteWriter): void {
  writer.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength));
}
