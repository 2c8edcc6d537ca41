import type { ByteReader, ByteWriter } from '../base/bytes.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { unpack } from '../kernels/scalar/decode.ts';
import { roomBytes, threadWorkbench } from '../kernels/workbench.ts';
import { allocateUnsigned, type Allocate } from './allocate.ts';
import { inMemory, pointerOf, type DecodeWith } from './in-memory.ts';

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

/** Packs `values[i] - base`, each below 2^bits, bits from 1 to 32. */
export function packBits(values: Float64Array | Uint32Array, base: number, bits: number, writer: ByteWriter): void {
  const bytes = packedBytes(values.length, bits);
  const halves = new Uint16Array((bytes + 3) >> 1);
  if (bits <= 16) packShort(values, base, bits, halves);
  else packLong(values, base, bits, halves);
  writer.set(new Uint8Array(halves.buffer, 0, bytes));
}

// At most 15 bits are held over, so a value of 16 more fits into a word; whenever 16 are there, they are put.

function packShort(values: Float64Array | Uint32Array, base: number, bits: number, halves: Uint16Array): void {
  let at = 0;
  let held = 0;
  let holding = 0;
  for (let row = 0; row < values.length; row++) {
    held |= (values[row] - base) << holding;
    holding += bits;
    if (holding >= 16) {
      halves[at++] = held;
      held >>>= 16;
      holding -= 16;
    }
  }
  halves[at] = held;
}

function packLong(values: Float64Array | Uint32Array, base: number, bits: number, halves: Uint16Array): void {
  let at = 0;
  let held = 0;
  let holding = 0;
  for (let row = 0; row < values.length; row++) {
    const value = (values[row] - base) >>> 0;
    held |= (value & 0xffff) << holding;
    halves[at++] = held;
    held = (held >>> 16) | ((value >>> 16) << holding);
    holding += bits - 16;
    if (holding >= 16) {
      halves[at++] = held;
      held >>>= 16;
      holding -= 16;
    }
  }
  halves[at] = held;
}

/** @returns the narrowest array that holds `rows` values of up to 32 bits, read from the reader. */
export function readBits(
  reader: ByteReader,
  rows: number,
  bits: number,
  allocate: Allocate,
  kernels: DecodeWith = null,
): Uint8Array | Uint16Array | Uint32Array {
  const packed = reader.view(packedBytes(rows, bits));
  const width = bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
  const out = allocateUnsigned(allocate, width, rows);
  if (bits === width * 8) copyBytes(packed, out);
  else if (kernels !== null && inMemory(packed) && inMemory(out)) unpackInMemory(kernels, packed, bits, out);
  else if (rows < compiledRowsMin || packed.length > roomBytes || rows * width > roomBytes)
    unpack(packed, 0, bits, rows, out, 0);
  else unpackCompiled(packed, bits, out);
  return out;
}

function unpackInMemory(
  kernels: Kernels,
  packed: Uint8Array,
  bits: number,
  out: Uint8Array | Uint16Array | Uint32Array,
): void {
  const from = pointerOf(packed);
  const to = pointerOf(out);
  if (out instanceof Uint8Array) kernels.unpackU8(from, bits, out.length, to);
  else if (out instanceof Uint16Array) kernels.unpackU16(from, bits, out.length, to);
  else kernels.unpackU32(from, bits, out.length, to);
}

/** Below this the copies to and from the workbench cost more than compiled code saves. */
const compiledRowsMin = 1024;

function unpackCompiled(packed: Uint8Array, bits: number, out: Uint8Array | Uint16Array | Uint32Array): void {
  const { kernels, bytes, first, second } = threadWorkbench();
  bytes.set(packed, first);
  if (out instanceof Uint8Array) kernels.unpackU8(first, bits, out.length, second);
  else if (out instanceof Uint16Array) kernels.unpackU16(first, bits, out.length, second);
  else kernels.unpackU32(first, bits, out.length, second);
  copyBytes(bytes.subarray(second, second + out.byteLength), out);
}

/** Copies bytes, wherever they begin, to the bytes of a typed array of the same size. */
export function copyBytes(from: Uint8Array, to: ArrayBufferView): void {
  new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(from);
}

/** Writes the bytes of a typed array. */
export function writeBytes(from: ArrayBufferView, writer: ByteWriter): void {
  writer.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength));
}
