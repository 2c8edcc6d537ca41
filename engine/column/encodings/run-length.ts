import { varintBytes, type ByteReader, type ByteWriter } from '../../base/bytes.ts';
import { allocateBigints, allocateBytes, allocateFloats, allocateUnsigned } from '../allocate.ts';
import type { BlockStats } from '../block-stats.ts';
import { copyBytes, writeBytes } from '../bits.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { inMemory, pointerOf, type DecodeWith } from '../in-memory.ts';
import type { DenseVector } from '../dense.ts';
import type { Vector } from '../vector.ts';
import { createIntOutput, exactSpread, intWidth, readBase } from './int-output.ts';
import { check, corrupted, type DecodeTarget, type Encoding } from './encoding.ts';

/*
 * Stretches of one value. First what the values are:
 *   bool: nothing · text: u8 width of the decoded codes · float: nothing
 *   int: u8 width of the decoded offsets (1, 2, 4, 8), f64 base; or u8 0 for ints beyond ±2^53
 * then per run: varint rows, value (bool u8, text varint, float 8 bytes, int varint offset from the base or i64).
 */

/** Rows of a run on average: shorter ones are read slower than the values one by one. */
const runRowsMin = 4;

export const runLength: Encoding = {
  id: 7,
  name: 'run-length',
  plan(vector, stats) {
    if (vector.kind === 'list' || vector.kind === 'null') return null;
    if (stats.runs === 0 || stats.runs * runRowsMin > vector.length) return null;
    const valueBytes = valueBytesMax(vector, stats);
    if (valueBytes === null) return null;
    return {
      bytes: 9 + countBytesMax(stats.runs, vector.length) + stats.runs * valueBytes,
      write(writer) {
        if (vector.kind === 'text') writer.uint8(intWidth(stats.max));
        if (vector.kind === 'int' && vector.values instanceof BigInt64Array) writer.uint8(0);
        else if (vector.kind === 'int') {
          writer.uint8(intWidth(stats.max - stats.min));
          writer.float64(stats.min);
        }
        writeRuns(vector, stats.min, writer);
      },
    };
  },
  decode(reader, rows, target) {
    check(rows > 0, 'no rows are no runs');
    return decodeRuns(reader, rows, target);
  },
};

type FlatVector = Exclude<DenseVector, { kind: 'list' | 'null' }>;

/** @returns the most bytes that one value takes, or null where the vector cannot be written in runs. */
function valueBytesMax(vector: FlatVector, stats: BlockStats): number | null {
  if (vector.kind === 'bool') return 1;
  if (vector.kind === 'text') return varintBytes(stats.max);
  if (vector.kind === 'float' || vector.values instanceof BigInt64Array) return 8;
  const spread = exactSpread(vector, stats);
  return spread === null ? null : varintBytes(spread);
}

/** The rows of all runs add up to those of the block: no more than rows / 128 of their counts take a second byte, … */
function countBytesMax(runs: number, rows: number): number {
  let bytes = runs;
  for (let least = 128; least <= rows; least *= 128) bytes += Math.min(runs, Math.floor(rows / least));
  return bytes;
}

function writeRuns(vector: FlatVector, base: number, writer: ByteWriter): void {
  const values = vector.kind === 'text' ? vector.codes : vector.values;
  const words = vector.kind === 'float' ? new Uint32Array(values.buffer, values.byteOffset, values.length * 2) : null;
  let start = 0;
  for (let row = 1; row <= values.length; row++) {
    if (row < values.length) {
      // Floats are compared by their bits: 0 is not -0, and a NaN is itself.
      const same =
        words === null
          ? values[row] === values[row - 1]
          : words[2 * row] === words[2 * row - 2] && words[2 * row + 1] === words[2 * row - 1];
      if (same) continue;
    }
    writer.varint(row - start);
    if (vector.kind === 'bool') writer.uint8(vector.values[start]);
    else if (vector.kind === 'text') writer.varint(vector.codes[start]);
    else if (vector.kind === 'int' && vector.values instanceof Float64Array) writer.varint(vector.values[start] - base);
    else writeBytes(vector.values.subarray(start, start + 1), writer);
    start = row;
  }
}

function decodeRuns(reader: ByteReader, rows: number, { kind, allocate, kernels }: DecodeTarget): Vector {
  const length = rows;
  switch (kind) {
    case 'bool': {
      const values = allocateBytes(allocate, rows);
      fillRuns(reader, values, 0, 1, () => reader.uint8());
      return { kind, length, values, validity: null };
    }
    case 'text': {
      const width = reader.uint8();
      check(width === 1 || width === 2 || width === 4, `its codes are ${width} bytes wide`);
      const codes = allocateUnsigned(allocate, width, rows);
      fillVarints(reader, codes, 0, 2 ** (8 * width) - 1, kernels);
      return { kind, length, codes, validity: null };
    }
    case 'float': {
      const values = allocateFloats(allocate, rows);
      if (kernels !== null && inMemory(reader.bytes) && inMemory(values)) {
        take(reader, kernels.decodeRunsF64(placeOf(reader), reader.remaining, rows, pointerOf(values)));
        return { kind, length, values, validity: null };
      }
      const one = new Float64Array(1);
      for (let row = 0; row < rows;) {
        const end = runEnd(reader, row, rows);
        copyBytes(reader.view(8), one);
        row = fillRun(values, one[0], row, end);
      }
      return { kind, length, values, validity: null };
    }
    case 'int': {
      const width = reader.uint8();
      if (width === 0) return decodeWideRuns(reader, rows, allocate);
      const output = createIntOutput(rows, readBase(reader), width, allocate);
      fillVarints(reader, output.values, output.add, output.offsetMax, kernels);
      return output.finish();
    }
    default:
      return corrupted(`a ${kind} is not written in runs`);
  }
}

function decodeWideRuns(reader: ByteReader, rows: number, allocate: DecodeTarget['allocate']): Vector {
  const values = allocateBigints(allocate, rows);
  for (let row = 0; row < rows;) {
    const end = runEnd(reader, row, rows);
    values.fill(reader.bigint64(), row, end);
    row = end;
  }
  return { kind: 'int', length: rows, base: 0, values, validity: null };
}

/** Runs whose values are varints, by a kernel where one can. */
function fillVarints(
  reader: ByteReader,
  values: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  add: number,
  most: number,
  kernels: DecodeWith,
): void {
  if (kernels === null || values instanceof Float64Array || !inMemory(reader.bytes) || !inMemory(values))
    fillRuns(reader, values, add, most, () => reader.varint());
  else take(reader, runsIntoMemory(reader, values, most, kernels));
}

function runsIntoMemory(
  reader: ByteReader,
  values: Uint8Array | Uint16Array | Uint32Array,
  most: number,
  kernels: Kernels,
): number {
  const from = placeOf(reader);
  const to = pointerOf(values);
  const { remaining } = reader;
  if (values instanceof Uint8Array) return kernels.decodeRunsU8(from, remaining, values.length, most, to);
  if (values instanceof Uint16Array) return kernels.decodeRunsU16(from, remaining, values.length, most, to);
  return kernels.decodeRunsU32(from, remaining, values.length, most, to);
}

function placeOf(reader: ByteReader): number {
  return pointerOf(reader.bytes) + reader.position;
}

function take(reader: ByteReader, read: number): void {
  check(read >= 0, 'its runs do not fill the block, or a value is out of its range');
  reader.take(read);
}

function fillRuns(
  reader: ByteReader,
  values: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  add: number,
  most: number,
  readValue: () => number,
): void {
  for (let row = 0; row < values.length;) {
    const end = runEnd(reader, row, values.length);
    const value = readValue();
    check(value <= most, 'a value is out of its range');
    row = fillRun(values, add + value, row, end);
  }
}

/** A call of `fill` costs as much as some twenty values. @returns the row after the run. */
function fillRun(
  values: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  value: number,
  start: number,
  end: number,
): number {
  if (end - start > 20) values.fill(value, start, end);
  else for (let row = start; row < end; row++) values[row] = value;
  return end;
}

function runEnd(reader: ByteReader, row: number, rows: number): number {
  const count = reader.varint();
  check(count >= 1 && count <= rows - row, 'a run is longer than the block');
  return row + count;
}
