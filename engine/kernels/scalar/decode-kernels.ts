import type { DecodeKernels } from '../decode-kernels.ts';
import { maxWord } from './fold.ts';
import {
  areSafeInts,
  clearNulls,
  decodeDelta,
  decodeFloatRuns,
  decodeRuns,
  divide,
  sumTextLengths,
  sumVarints,
} from './read-blocks.ts';
import { listRuns, pickRuns } from './run-lists.ts';
import { numbersAt, type Views } from './views.ts';

/** @returns the kernels that read segments, in TypeScript over this memory. */
export function createScalarDecodeKernels(views: () => Views): DecodeKernels {
  return {
    sumVarints: (source, bytes, count, least, start, most, out) =>
      sumVarints(views().u8, source, bytes, count, least, start, most, views().u32, out / 4),
    sumTextLengths: (source, bytes, count, most, out, empty) =>
      sumTextLengths(views().u8, source, bytes, count, most, views().u32, out / 4, views().u8, empty),
    decodeRunsU8: (source, bytes, rows, most, out) =>
      decodeRuns(views().u8, source, bytes, rows, most, views().u8, out),
    decodeRunsU16: (source, bytes, rows, most, out) =>
      decodeRuns(views().u8, source, bytes, rows, most, views().u16, out / 2),
    decodeRunsU32: (source, bytes, rows, most, out) =>
      decodeRuns(views().u8, source, bytes, rows, most, views().u32, out / 4),
    decodeRunsF64: (source, bytes, rows, out) =>
      decodeFloatRuns(views().u8, source, bytes, rows, new BigInt64Array(views().u8.buffer), out / 8),
    listRuns: (source, bytes, rows, most, codeBytes, ends, codes) => {
      const { u8, u32 } = views();
      return listRuns(u8, source, bytes, rows, most, u32, ends / 4, numbersAt(views(), codes, codeBytes));
    },
    pickRunsF64: (source, bytes, rows, validity, out) =>
      pickRuns(views().u8, source, bytes, rows, validity, new BigInt64Array(views().u8.buffer), out / 8),
    decodeDeltaU8: (source, bytes, rows, first, out) =>
      decodeDelta(views().u8, source, bytes, rows, first, 0, 0xff, views().u8, out),
    decodeDeltaU16: (source, bytes, rows, first, out) =>
      decodeDelta(views().u8, source, bytes, rows, first, 0, 0xffff, views().u16, out / 2),
    decodeDeltaU32: (source, bytes, rows, first, out) =>
      decodeDelta(views().u8, source, bytes, rows, first, 0, 0xffffffff, views().u32, out / 4),
    decodeDeltaF64: (source, bytes, rows, first, add, most, out) =>
      decodeDelta(views().u8, source, bytes, rows, first, add, most, views().f64, out / 8),
    clearNullsU8: (values, validity, count) => clearNulls(views().u8, values, 1, views().u8, validity, count),
    clearNullsU16: (values, validity, count) => clearNulls(views().u16, values / 2, 1, views().u8, validity, count),
    clearNullsU32: (values, validity, count) => clearNulls(views().u32, values / 4, 1, views().u8, validity, count),
    clearNulls64: (values, validity, count) => clearNulls(views().u32, values / 4, 2, views().u8, validity, count),
    divideU8: (ints, count, base, power, out) => divide(views().u8, ints, count, base, power, views().f64, out / 8),
    divideU16: (ints, count, base, power, out) =>
      divide(views().u16, ints / 2, count, base, power, views().f64, out / 8),
    divideU32: (ints, count, base, power, out) =>
      divide(views().u32, ints / 4, count, base, power, views().f64, out / 8),
    divideF64: (ints, count, base, power, out) =>
      divide(views().f64, ints / 8, count, base, power, views().f64, out / 8),
    maxU8: (values, count) => maxWord(views().u8, values, count),
    maxU16: (values, count) => maxWord(views().u16, values / 2, count),
    areSafeInts: (values, count) => areSafeInts(views().f64, values / 8, count),
  };
}
