import type { DenseVector } from './dense.ts';

/** What one pass over a dense vector measures, for the encodings' estimates. */
export interface BlockStats {
  readonly rows: number;
  /** Stretches of rows with the same value, bit for bit; 0 of no rows. Lists and nulls are not looked at: 0. */
  readonly runs: number;
  /** Of ints within ±2^53 and of codes; 0 and 0 for anything else and for no rows. */
  readonly min: number;
  readonly max: number;
  /** Of ints when some lies beyond ±2^53, else null. */
  readonly wideMin: bigint | null;
  readonly wideMax: bigint | null;
  /** Bytes of the differences between neighbours as zigzag varints; Infinity where they would not be exact. */
  readonly deltaBytes: number;
}

/** The largest spread of values whose differences, doubled by zigzag, stay exact: 2^53 / 4. */
export const deltaSpreadMax = 2 ** 51;

/** Measures a vector in one pass. */
export function statsOfVector(vector: DenseVector): BlockStats {
  const none: BlockStats = {
    rows: vector.length,
    runs: 0,
    min: 0,
    max: 0,
    wideMin: null,
    wideMax: null,
    deltaBytes: Infinity,
  };
  if (vector.length === 0) return none;
  switch (vector.kind) {
    case 'bool':
      return { ...none, runs: runsOf(vector.values) };
    case 'float':
      return { ...none, runs: runsOfFloats(vector.values) };
    case 'text':
      return { ...none, runs: runsOf(vector.codes), max: maxOf(vector.codes) };
    case 'int':
      return vector.values instanceof BigInt64Array
        ? { ...none, ...wideStats(vector.values) }
        : { ...none, ...intStats(vector.values) };
    case 'list':
    case 'null':
      return none;
  }
}

/** @returns the number of bytes of a varint (LEB128) of this whole number. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

function intStats(values: Float64Array): Pick<BlockStats, 'runs' | 'min' | 'max' | 'deltaBytes'> {
  let min = values[0];
  let max = min;
  let previous = min;
  let runs = 1;
  let deltaBytes = 0;
  for (let row = 1; row < values.length; row++) {
    const value = values[row];
    if (value < min) min = value;
    if (value > max) max = value;
    const delta = value - previous;
    if (delta !== 0) runs++;
    // Zigzag doubles the magnitude, so 6 bits of it fit into the first byte and 7 into each further one.
    const size = delta < 0 ? -delta - 1 : delta;
    deltaBytes +=
      size < 64 ? 1 : size < 8192 ? 2 : size < 1_048_576 ? 3 : size < 134_217_728 ? 4 : varintBytes(size * 2);
    previous = value;
  }
  return { runs, min, max, deltaBytes: max - min <= deltaSpreadMax ? deltaBytes : Infinity };
}

function wideStats(values: BigInt64Array): Pick<BlockStats, 'runs' | 'wideMin' | 'wideMax'> {
  let wideMin = values[0];
  let wideMax = wideMin;
  let runs = 1;
  for (let row = 1; row < values.length; row++) {
    const value = values[row];
    if (value < wideMin) wideMin = value;
    if (value > wideMax) wideMax = value;
    if (value !== values[row - 1]) runs++;
  }
  return { runs, wideMin, wideMax };
}

function runsOf(values: Uint8Array | Uint32Array): number {
  let runs = 1;
  for (let row = 1; row < values.length; row++) if (values[row] !== values[row - 1]) runs++;
  return runs;
}

function runsOfFloats(values: Float64Array): number {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let runs = 1;
  for (let at = 2; at < words.length; at += 2) {
    if (words[at] !== words[at - 2] || words[at + 1] !== words[at - 1]) runs++;
  }
  return runs;
}

function maxOf(values: Uint32Array): number {
  let max = 0;
  for (let row = 0; row < values.length; row++) if (values[row] > max) max = values[row];
  return max;
}
