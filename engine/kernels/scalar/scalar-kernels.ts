import { behaviourKernels } from './behaviour.ts';
import { eventKernels } from './events.ts';
import { sessionKernels } from './sessions.ts';
import { funnelKernels } from './funnels.ts';
import type { Kernels } from '../kernels.ts';
import type { SharedMemory } from '../webassembly.ts';
import { andBits, andNotBits, countBits, listBits, notBits, orBits } from './bitmap.ts';
import { codeRunKernels } from './code-runs.ts';
import { codeKernels } from './codes.ts';
import { unpack } from './decode.ts';
import { createScalarDecodeKernels } from './decode-kernels.ts';
import { filterFloats, filterRange, filterRangeWithin, filterSet } from './filter.ts';
import { countUpTo, findBytes } from './find.ts';
import { maxFloat, maxWord, minFloat, minWord, sumFloats, sumOfLines, sumWords } from './fold.ts';
import { gather, gatherRuns, pickRanked } from './gather.ts';
import { groupKernels } from './group.ts';
import { hashTexts } from './hash.ts';
import { decodeLz4Block } from './lz4.ts';
import { distinctKeys, spreadKeys } from './keys.ts';
import { countMarkedWindows, countMarks, markCodes, markRows, markRuns, markTimes, spreadMarks } from './mark.ts';
import { slotKernels } from './slots.ts';
import { viewsOf } from './views.ts';

/** @returns the kernels in TypeScript over this memory: the reference, and what runs where WebAssembly SIMD does not. */
export function createScalarKernels(memory: SharedMemory): Kernels {
  const views = viewsOf(memory);
  return {
    kind: 'scalar',
    ...createScalarDecodeKernels(views),
    ...slotKernels(views),
    filterRangeU8: (values, count, low, high, bitmap) =>
      filterRange(views().u8, values, count, low, high, views().u8, bitmap),
    filterRangeU16: (values, count, low, high, bitmap) =>
      filterRange(views().u16, values / 2, count, low, high, views().u8, bitmap),
    filterRangeU32: (values, count, low, high, bitmap) =>
      filterRange(views().u32, values / 4, count, low, high, views().u8, bitmap),
    filterRangeWithinU8: (values, count, low, high, within, _, bitmap) =>
      filterRangeWithin(views().u8, values, count, low, high, views().u8, within, bitmap),
    filterRangeWithinU16: (values, count, low, high, within, _, bitmap) =>
      filterRangeWithin(views().u16, values / 2, count, low, high, views().u8, within, bitmap),
    filterRangeWithinU32: (values, count, low, high, within, _, bitmap) =>
      filterRangeWithin(views().u32, values / 4, count, low, high, views().u8, within, bitmap),
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
    bitmapToRows: (bitmap, count, rows, first = 0) => listBits(views().u8, bitmap, count, views().u32, rows / 4, first),
    sumF64: (values, count) => sumFloats(views().f64, values / 8, count),
    minF64: (values, count) => minFloat(views().f64, values / 8, count),
    maxF64: (values, count) => maxFloat(views().f64, values / 8, count),
    sumU32: (values, count) => sumWords(views().u32, values / 4, count),
    minU32: (values, count) => minWord(views().u32, values / 4, count),
    maxU32: (values, count) => maxWord(views().u32, values / 4, count),
    prefetch: (from, bytes) => sumOfLines(views().u32, Math.floor(from / 4), Math.ceil((from + bytes) / 4)),
    gatherU8: (from, rows, count, out) => gather(views().u8, from, views().u32, rows / 4, count, out),
    gatherU16: (from, rows, count, out) => gather(views().u16, from / 2, views().u32, rows / 4, count, out / 2),
    gatherU32: (from, rows, count, out) => gather(views().u32, from / 4, views().u32, rows / 4, count, out / 4),
    gatherF64: (from, rows, count, out) => gather(views().f64, from / 8, views().u32, rows / 4, count, out / 8),
    gatherRuns: (values, valueBytes, bits, count, out) => gatherRuns(views().u8, values, valueBytes, bits, count, out),
    pickRankedF64: (values, bits, wanted, count, out) =>
      pickRanked(new BigInt64Array(views().u8.buffer), values / 8, views().u8, bits, wanted, count, out / 8),
    unpackU8: (packed, bits, count, out) => unpack(views().u8, packed, bits, count, views().u8, out),
    unpackU16: (packed, bits, count, out) => unpack(views().u8, packed, bits, count, views().u16, out / 2),
    unpackU32: (packed, bits, count, out) => unpack(views().u8, packed, bits, count, views().u32, out / 4),
    hashTexts: (bytes, offsets, count, seed, out) =>
      hashTexts(views().u8, bytes, views().u32, offsets / 4, count, seed, out / 4),
    ...groupKernels(views),
    ...codeKernels(views),
    ...codeRunKernels(views),
    spreadKeys: (keys, count, starts, ids, out) =>
      spreadKeys(views().u32, keys / 4, count, starts / 4, views().u16, ids / 2, out / 4),
    distinctKeys: (keys, count, table, places, base) =>
      distinctKeys(views().u32, keys / 4, count, table / 4, places, base),
    markRuns: (firstRows, slots, from, to, groups, marks, words) =>
      markRuns(
        views().u32,
        firstRows / 4,
        views().u32,
        slots / 4,
        from,
        to,
        views().u32,
        groups / 4,
        views().u32,
        marks / 4,
        words,
      ),
    spreadMarks: (marks, rows, words, unit, mask, span) => {
      const { u32 } = views();
      spreadMarks(u32, marks / 4, rows, words, unit, u32, mask / 4, span);
    },
    markTimes: (
      firstRows,
      slots,
      from,
      to,
      offsets,
      offsetBytes,
      origin,
      width,
      _,
      firstGroup,
      marks,
      words,
      others,
    ) => {
      const { u8, u16, u32 } = views();
      const own = offsetBytes === 1 ? u8 : offsetBytes === 2 ? u16 : u32;
      const [runs, runSlots, at] = [firstRows / 4, slots / 4, offsets / offsetBytes];
      markTimes(u32, runs, u32, runSlots, from, to, own, at, origin, width, firstGroup, u32, marks / 4, words, others);
    },
    markCodes: (firstRows, slots, from, to, codes, codeBytes, table, marks, words, others) => {
      const { u8, u16, u32 } = views();
      const own = codeBytes === 1 ? u8 : codeBytes === 2 ? u16 : u32;
      markCodes(
        u32,
        firstRows / 4,
        u32,
        slots / 4,
        from,
        to,
        own,
        codes / codeBytes,
        u32,
        table / 4,
        u32,
        marks / 4,
        words,
        others,
      );
    },
    markRows: (firstRows, slots, rows, count, groups, marks, words) =>
      markRows(
        views().u32,
        firstRows / 4,
        views().u32,
        slots / 4,
        views().u32,
        rows / 4,
        count,
        views().u32,
        groups / 4,
        views().u32,
        marks / 4,
        words,
      ),
    countMarks: (marks, slots, words, counts) =>
      countMarks(views().u32, marks / 4, slots, words, views().u32, counts / 4),
    countMarkedWindows: (marks, rows, words, series, firsts, lasts, windows, changes) =>
      countMarkedWindows(
        views().u32,
        marks / 4,
        rows,
        words,
        series,
        views().u32,
        firsts / 4,
        views().u32,
        lasts / 4,
        windows,
        views().u32,
        changes / 4,
      ),
    ...eventKernels(views),
    ...funnelKernels(views),
    ...behaviourKernels(views),
    ...sessionKernels(views),
    countUpTo: (list, count, value) => countUpTo(views().u32, list >> 2, count, value),
    findBytes: (bytes, count, text, length) => findBytes(views().u8, bytes, count, text, length),
    decodeLz4: (source, sourceBytes, target, targetBytes) =>
      decodeLz4Block(views().u8, source, sourceBytes, views().u8, target, targetBytes),
  };
}
