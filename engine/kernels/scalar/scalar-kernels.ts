import type { Kernels } from '../kernels.ts';
import type { SharedMemory } from '../webassembly.ts';
import { andBits, andNotBits, countBits, listBits, notBits, orBits } from './bitmap.ts';
import { unpack } from './decode.ts';
import { createScalarDecodeKernels } from './decode-kernels.ts';
import { filter, filterFloats, filterSet } from './filter.ts';
import { maxFloat, maxWord, minFloat, minWord, sumFloats, sumWords } from './fold.ts';
import { gather } from './gather.ts';
import { groupCount, groupSum } from './group.ts';
import { hashTexts } from './hash.ts';
import { decodeLz4Block } from './lz4.ts';
import { viewsOf } from './views.ts';

/** @returns the kernels in TypeScript over this memory: the reference, and what runs where WebAssembly SIMD does not. */
export function createScalarKernels(memory: SharedMemory): Kernels {
  const views = viewsOf(memory);
  return {
    kind: 'scalar',
    ...createScalarDecodeKernels(views),
    filterU8: (comparison, values, count, constant, bitmap) =>
      filter(comparison, views().u8, values, count, constant, views().u8, bitmap),
    filterU16: (comparison, values, count, constant, bitmap) =>
      filter(comparison, views().u16, values / 2, count, constant, views().u8, bitmap),
    filterU32: (comparison, values, count, constant, bitmap) =>
      filter(comparison, views().u32, values / 4, count, constant, views().u8, bitmap),
    filterF64: (comparison, values, count, constant, bitmap) =>
      filterFloats(comparison, views().f64, values / 8, count, constant, views().u8, bitmap),
    filterSetU8: (codes, count, table, bitmap) => filterSet(views().u8, codes, count, views().u8, table, bitmap),
    filterSetU16: (codes, count, table, bitmap) => filterSet(views().u16, codes / 2, count, views().u8, table, bitmap),
    filterSetU32: (codes, count, table, bitmap) => filterSet(views().u32, codes / 4, count, views().u8, table, bitmap),
    andBitmaps: (a, b, count, out) => andBits(views().u8, a, b, count, out),
    orBitmaps: (a, b, count, out) => orBits(views().u8, a, b, count, out),
    andNotBitmaps: (a, b, count, out) => andNotBits(views().u8, a, b, count, out),
    notBitmap: (bitmap, count, out) => notBits(views().u8, bitmap, count, out),
    countBitmap: (bitmap, count) => countBits(views().u8, bitmap, count),
    bitmapToRows: (bitmap, count, rows) => listBits(views().u8, bitmap, count, views().u32, rows / 4),
    sumF64: (values, count) => sumFloats(views().f64, values / 8, count),
    minF64: (values, count) => minFloat(views().f64, values / 8, count),
    maxF64: (values, count) => maxFloat(views().f64, values / 8, count),
    sumU32: (values, count) => sumWords(views().u32, values / 4, count),
    minU32: (values, count) => minWord(views().u32, values / 4, count),
    maxU32: (values, count) => maxWord(views().u32, values / 4, count),
    gatherU8: (from, rows, count, out) => gather(views().u8, from, views().u32, rows / 4, count, out),
    gatherU16: (from, rows, count, out) => gather(views().u16, from / 2, views().u32, rows / 4, count, out / 2),
    gatherU32: (from, rows, count, out) => gather(views().u32, from / 4, views().u32, rows / 4, count, out / 4),
    gatherF64: (from, rows, count, out) => gather(views().f64, from / 8, views().u32, rows / 4, count, out / 8),
    unpackU8: (packed, bits, count, out) => unpack(views().u8, packed, bits, count, views().u8, out),
    unpackU16: (packed, bits, count, out) => unpack(views().u8, packed, bits, count, views().u16, out / 2),
    unpackU32: (packed, bits, count, out) => unpack(views().u8, packed, bits, count, views().u32, out / 4),
    hashTexts: (bytes, offsets, count, seed, out) =>
      hashTexts(views().u8, bytes, views().u32, offsets / 4, count, seed, out / 4),
    groupCountU8: (codes, count, counts) => groupCount(views().u8, codes, count, views().u32, counts / 4),
    groupCountU16: (codes, count, counts) => groupCount(views().u16, codes / 2, count, views().u32, counts / 4),
    groupCountU32: (groups, count, counts) => groupCount(views().u32, groups / 4, count, views().u32, counts / 4),
    groupSumU8: (groups, values, count, sums) =>
      groupSum(views().u32, groups / 4, views().u8, values, count, views().f64, sums / 8),
    groupSumU16: (groups, values, count, sums) =>
      groupSum(views().u32, groups / 4, views().u16, values / 2, count, views().f64, sums / 8),
    groupSumU32: (groups, values, count, sums) =>
      groupSum(views().u32, groups / 4, views().u32, values / 4, count, views().f64, sums / 8),
    groupSumF64: (groups, values, count, sums) =>
      groupSum(views().u32, groups / 4, views().f64, values / 8, count, views().f64, sums / 8),
    decodeLz4: (source, sourceBytes, target, targetBytes) =>
      decodeLz4Block(views().u8, source, sourceBytes, views().u8, target, targetBytes),
  };
}
