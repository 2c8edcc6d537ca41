import type { ByteReader, ByteWriter } from '../../base/bytes.ts';
import { bitsFor, packBits, packedBytes } from '../bits.ts';
import { unpack } from '../../kernels/scalar/decode.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { inMemory, pointerOf } from '../in-memory.ts';
import type { IntVector } from '../vector.ts';
import { createIntOutput, exactSpread, intWidth, readBase, type IntOutput } from './int-output.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Ints as differences from the row before: f64 base (the least), u8 width of the decoded offsets (1, 2, 4 or 8 bytes),
 * varint offset of the first row; then for each 128 further rows:
 *   u8 bits (0 … 32), f64 the least difference, the differences less that, bit-packed (of 0 bits nothing).
 */

const groupRows = 128;
const groupHeadBytes = 9;

/** Rows after which it is seen that differences do not pay: those of a block are much alike. */
const trialRows = 4096;

export const delta: Encoding = {
  id: 9,
  name: 'delta',
  plan(vector, stats) {
    const spread = exactSpread(vector, stats);
    // Offsets of a byte are as small, and need no adding up.
    if (spread === null || spread <= 0xff || vector.kind !== 'int') return null;
    const values = vector.values as Float64Array;
    const groups = measure(values, bitsFor(spread));
    if (groups === null) return null;
    return {
      bytes: 17 + groups.bytes,
      write(writer) {
        writer.float64(stats.min);
        writer.uint8(intWidth(spread));
        writer.varint(values[0] - stats.min);
        writeGroups(values, groups, writer);
      },
    };
  },
  decode(reader, rows, { kind, allocate, kernels }): IntVector {
    check(kind === 'int', 'only ints are differences');
    check(rows >= 1, 'no rows have no differences');
    const base = readBase(reader);
    const width = reader.uint8();
    const first = reader.varint();
    // Room is made only when the heads of all groups are there.
    check(reader.remaining >= Math.ceil((rows - 1) / groupRows) * groupHeadBytes, 'its differences end early');
    const output = createIntOutput(rows, base, width, allocate);
    if (kernels !== null && inMemory(reader.bytes) && inMemory(output.values))
      readCompiled(reader, first, output, kernels);
    else readGroups(reader, first, output);
    return output.finish();
  },
};

interface Groups {
  readonly bytes: number;
  readonly bits: Uint8Array;
  readonly least: Float64Array;
}

/** @returns null when differences take no fewer bytes than offsets of `offsetBits`. */
function measure(values: Float64Array, offsetBits: number): Groups | null {
  const count = Math.ceil((values.length - 1) / groupRows);
  const bits = new Uint8Array(count);
  const least = new Float64Array(count);
  let bytes = 0;
  for (let group = 0; group < count; group++) {
    const start = 1 + group * groupRows;
    const end = Math.min(start + groupRows, values.length);
    let min = values[start] - values[start - 1];
    let max = min;
    for (let row = start + 1; row < end; row++) {
      const difference = values[row] - values[row - 1];
      if (difference < min) min = difference;
      if (difference > max) max = difference;
    }
    if (max - min > 0xffffffff) return null;
    bits[group] = max === min ? 0 : bitsFor(max - min);
    least[group] = min;
    bytes += groupHeadBytes + packedBytes(end - start, bits[group]);
    if (end - 1 === trialRows && bytes * 8 > trialRows * offsetBits) return null;
  }
  return { bytes, bits, least };
}

function writeGroups(values: Float64Array, { bits, least }: Groups, writer: ByteWriter): void {
  const differences = new Float64Array(groupRows);
  for (let group = 0; group < bits.length; group++) {
    const start = 1 + group * groupRows;
    const count = Math.min(groupRows, values.length - start);
    writer.uint8(bits[group]);
    writer.float64(least[group]);
    if (bits[group] === 0) continue;
    for (let i = 0; i < count; i++) differences[i] = values[start + i] - values[start + i - 1];
    packBits(count === groupRows ? differences : differences.subarray(0, count), least[group], bits[group], writer);
  }
}

/** `readGroups` by the kernel of the output's width. */
function readCompiled(
  reader: ByteReader,
  first: number,
  { values, add, offsetMax }: IntOutput,
  kernels: Kernels,
): void {
  const from = pointerOf(reader.bytes) + reader.position;
  const { remaining } = reader;
  const rows = values.length;
  const to = pointerOf(values);
  check(first <= offsetMax, 'an int is out of its range');
  let read: number;
  if (values instanceof Uint8Array) read = kernels.decodeDeltaU8(from, remaining, rows, first, to);
  else if (values instanceof Uint16Array) read = kernels.decodeDeltaU16(from, remaining, rows, first, to);
  else if (values instanceof Uint32Array) read = kernels.decodeDeltaU32(from, remaining, rows, first, to);
  else read = kernels.decodeDeltaF64(from, remaining, rows, first, add, offsetMax, to);
  check(read >= 0, 'its differences end early, or an int is out of its range');
  reader.take(read);
}

function readGroups(reader: ByteReader, first: number, { values, add, offsetMax }: IntOutput): void {
  const differences = new Uint32Array(groupRows);
  let offset = first;
  let min = first;
  let max = first;
  values[0] = add + first;
  for (let start = 1; start < values.length; start += groupRows) {
    const count = Math.min(groupRows, values.length - start);
    const bits = reader.uint8();
    check(bits <= 32, `its differences are ${bits} bits wide`);
    const least = reader.float64();
    check(Number.isSafeInteger(least), 'a difference is not a whole number');
    if (bits === 0) differences.fill(0);
    else unpack(reader.bytes, reader.take(packedBytes(count, bits)), bits, count, differences, 0);
    for (let i = 0; i < count; i++) {
      offset += least + differences[i];
      if (offset < min) min = offset;
      if (offset > max) max = offset;
      values[start + i] = add + offset;
    }
    check(min >= 0 && max <= offsetMax, 'an int is out of its range');
  }
  check(min >= 0 && max <= offsetMax, 'an int is out of its range');
}
