import type { ByteReader } from '../../base/bytes.ts';
import { allocateFloats, allocateUnsigned, type Allocate } from '../allocate.ts';
import type { BlockStats } from '../block-stats.ts';
import type { DenseVector } from '../dense.ts';
import type { IntArray, IntVector } from '../vector.ts';
import { check } from './encoding.ts';

/** Bytes an element of a decoded int vector: offsets of 1, 2 or 4 from its base, or whole numbers of 8. */
export type IntWidth = 1 | 2 | 4 | 8;

/** @returns the narrowest width for offsets from 0 to `spread`. */
export function intWidth(spread: number): IntWidth {
  if (spread <= 0xff) return 1;
  if (spread <= 0xffff) return 2;
  return spread <= 0xffffffff ? 4 : 8;
}

/** @returns the spread of ints within ±2^53, where it is exact too; else, and for anything but ints, null. */
export function exactSpread(vector: DenseVector, stats: BlockStats): number | null {
  if (vector.kind !== 'int' || vector.values instanceof BigInt64Array) return null;
  const spread = stats.max - stats.min;
  return spread <= Number.MAX_SAFE_INTEGER ? spread : null;
}

/** Reads an int's base. @throws VarveError `data_corrupted` when it is no whole number within ±2^53. */
export function readBase(reader: ByteReader): number {
  const base = reader.float64();
  check(Number.isSafeInteger(base), 'the base of its ints is not a whole number');
  return base;
}

/** An int vector in the making: `add` to every value what it calls the base (0 at widths of 1, 2 and 4). */
export interface IntOutput {
  readonly values: Exclude<IntArray, BigInt64Array>;
  readonly add: number;
  /** The greatest offset that a value may have. */
  readonly offsetMax: number;
  finish(): IntVector;
}

/** Makes room for `rows` ints of this width above `base`. */
export function createIntOutput(rows: number, base: number, width: number, allocate: Allocate): IntOutput {
  check(width === 1 || width === 2 || width === 4 || width === 8, `its ints are ${width} bytes wide`);
  const values = width === 8 ? allocateFloats(allocate, rows) : allocateUnsigned(allocate, width, rows);
  const narrow = width !== 8;
  return {
    values,
    add: narrow ? 0 : base,
    offsetMax: narrow ? 2 ** (8 * width) - 1 : Math.min(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - base),
    finish: () => ({ kind: 'int', length: rows, base: narrow ? base : 0, values, validity: null }),
  };
}
