import type { DenseVector } from './dense.ts';

/** What one pass over a dense vector measures, for the choice of its encoding and for its zone. */
export interface BlockStats {
  readonly rows: number;
  /** Stretches of rows with the same value, bit for bit; 0 of no rows. Lists and nulls are not looked at: 0. */
  readonly runs: number;
  /**
   * Of ints within ±2^53, of codes, of bools (0 and 1), and of floats (which both are NaN when one value is). 0 and 0
   * for anything else and for no rows.
   */
  readonly min: number;
  readonly max: number;
  /** Of ints when some lies beyond ±2^53, else null. */
  readonly wideMin: bigint | null;
  readonly wideMax: bigint | null;
}

/** Measures a vector in one pass. */
export function statsOfVector(vector: DenseVector): BlockStats {
  const rows = vector.length;
  const none: BlockStats = { rows, runs: 0, min: 0, max: 0, wideMin: null, wideMax: null };
  if (rows === 0) return none;
  switch (vector.kind) {
    case 'bool': {
      const runs = runsOfBools(vector.values);
      return { ...none, runs, min: runs > 1 ? 0 : vector.values[0], max: runs > 1 ? 1 : vector.values[0] };
    }
    case 'text':
      return { ...none, ...statsOfCodes(vector.codes) };
    case 'float':
      return { ...none, ...statsOfNumbers(vector.values) };
    case 'int':
      return vector.values instanceof BigInt64Array
        ? { ...none, ...statsOfWide(vector.values) }
        : { ...none, ...statsOfNumbers(vector.values) };
    case 'list':
    case 'null':
      return none;
  }
}

type Extremes = Pick<BlockStats, 'runs' | 'min' | 'max'>;

// Runs are counted without a branch, which random values would mispredict: (d | -d) >>> 31 is 1 for any word d but 0.

function runsOfBools(values: Uint8Array): number {
  let runs = 1;
  for (let row = 1; row < values.length; row++) runs += values[row] ^ values[row - 1];
  return runs;
}

function statsOfCodes(codes: Uint32Array): Extremes {
  let previous = codes[0];
  let min = previous;
  let max = previous;
  let runs = 1;
  for (let row = 1; row < codes.length; row++) {
    const code = codes[row];
    if (code < min) min = code;
    if (code > max) max = code;
    const different = code ^ previous;
    runs += (different | -different) >>> 31;
    previous = code;
  }
  return { runs, min, max };
}

function statsOfNumbers(values: Float64Array): Extremes {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  let min = values[0];
  let max = min;
  let low = words[0];
  let high = words[1];
  let runs = 1;
  let numbers = min === min ? 1 : 0;
  for (let row = 1; row < values.length; row++) {
    const value = values[row];
    if (value < min) min = value;
    if (value > max) max = value;
    if (value === value) numbers++;
    const nextLow = words[2 * row];
    const nextHigh = words[2 * row + 1];
    const different = (low ^ nextLow) | (high ^ nextHigh);
    runs += (different | -different) >>> 31;
    low = nextLow;
    high = nextHigh;
  }
  return numbers === values.length ? { runs, min, max } : { runs, min: NaN, max: NaN };
}

function statsOfWide(values: BigInt64Array): Pick<BlockStats, 'runs' | 'wideMin' | 'wideMax'> {
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
