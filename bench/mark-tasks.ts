import type { Pointer } from '../engine/kernels/kernels.ts';
import type { SharedMemory } from '../engine/kernels/webassembly.ts';
import type { KernelTask } from './kernel-tasks.ts';

/** Rows of an actor, days, and the words that a bit for each day takes. */
const runRows = 16;
const days = 90;
const words = 4;
const windowDays = 7;
/** Buckets of 2^20 ms over all of a u32. */
const bucketShift = 20;
const bucketCount = 1 << (32 - bucketShift);

/** @returns bytes that these tasks need for themselves. */
export function memoryOfMarkTasks(rows: number): number {
  return placesOf(0, rows).bytes;
}

function placesOf(begin: Pointer, rows: number) {
  let end = begin;
  const take = (bytes: number): Pointer => {
    const at = end;
    end = (end + bytes + 63) & ~63;
    return at;
  };
  const runs = rows / runRows;
  return {
    firstRows: take(4 * (runs + 2)),
    slots: take(4 * (runs + 2)),
    rows: take(4 * rows),
    groups: take(4 * rows),
    codes: take(rows),
    table: take(4 * words * days),
    marks: take(4 * words * runs),
    counts: take(4 * 32 * words),
    firsts: take(4 * 32 * words),
    lasts: take(4 * 32 * words),
    changes: take(4 * (32 * words + windowDays + 1)),
    stretches: take(4 * 2 * bucketCount),
    ends: take(8 * bucketCount),
    textRuns: take(2 * runs),
    floatRuns: take(9 * runs),
    listed: take(8 * rows),
    out: take(2 * rows),
    bytes: end - begin,
  };
}

/**
 * Fills memory from `begin` on and lists the kernels that tell when each actor was met.
 * @param offsets u32 a row, anything: times.
 */
export function markTasks(memory: SharedMemory, begin: Pointer, offsets: Pointer, rows: number): KernelTask[] {
  const at = placesOf(begin, rows);
  const runs = rows / runRows;
  fill(memory, at, rows);
  const task = (name: string, count: number, bytes: number, run: KernelTask['run']): KernelTask => ({
    name,
    rows: count,
    bytes,
    run,
  });
  const markBytes = 4 * words * runs;
  return [
    task('bucketCodes u32 to u16', rows, 6 * rows, (k) =>
      k.bucketCodes(offsets, 4, rows, 0, bucketShift - 1, at.stretches, at.ends, at.out, 2),
    ),
    task('evenBucketCodes u32 to u16', rows, 6 * rows, (k) =>
      k.evenBucketCodes(offsets, 4, rows, 0, 3_600_000, at.out, 2),
    ),
    task('markRuns of 16', rows, 4 * rows + 8 * runs + markBytes, (k) =>
      k.markRuns(at.firstRows, at.slots, 0, rows, at.groups, at.marks, words),
    ),
    task('markCodes u8 of 16', rows, rows + 8 * runs + markBytes, (k) =>
      k.markCodes(at.firstRows, at.slots, 0, rows, at.codes, 1, at.table, at.marks, words, 0),
    ),
    task('markTimes u32 of 16', rows, 4 * rows + 8 * runs + markBytes, (k) =>
      k.markTimes(at.firstRows, at.slots, 0, rows, offsets, 4, 0, 2 ** 26, 64, 20, at.marks, words, 0),
    ),
    task('countUpTo, a row of each', runs, 4 * runs, (k) => {
      for (let row = 0; row < rows; row += runRows) k.countUpTo(at.firstRows, runs, row);
    }),
    task('listRuns of 16', rows, 7 * runs, (k) =>
      k.listRuns(at.textRuns, 2 * runs, rows, days, 1, at.listed, at.listed + 4 * rows),
    ),
    task('pickRunsF64 of 16, half', rows, 9 * runs + 5 * rows, (k) =>
      k.pickRunsF64(at.floatRuns, 9 * runs, rows, offsets, at.listed),
    ),
    task('filterCodeRuns of 16', rows, 5 * runs + rows / 8, (k) =>
      k.filterCodeRuns(at.firstRows + 4, at.codes, 1, runs, 0, rows, at.table, at.out),
    ),
    task('countSlotRows of 16, a bit a row', rows, 12 * runs + rows / 8, (k) =>
      k.countSlotRows(at.firstRows, at.slots, 0, rows, at.codes, 0, at.marks),
    ),
    task('gatherRuns u8, half', rows, rows + rows / 8 + rows / 2, (k) =>
      k.gatherRuns(at.codes, 1, at.textRuns, rows, at.listed),
    ),
    task('mixCodeRuns of 16, u8 to u16', rows, 5 * runs + 3 * rows, (k) =>
      k.mixCodeRuns(at.firstRows + 4, at.codes, 1, 0, rows, 20, at.codes, 1, 1, at.out, 2),
    ),
    task('mergeCodeRuns of 16', rows, 18 * runs, (k) =>
      k.mergeCodeRuns(
        at.firstRows + 4,
        at.codes,
        1,
        at.firstRows + 4,
        at.codes,
        1,
        0,
        rows,
        20,
        at.listed,
        at.listed + 4 * rows,
      ),
    ),
    task('markCodeRuns of 16', rows, 9 * runs + 8 * runs + markBytes, (k) =>
      k.markCodeRuns(at.firstRows, at.slots, 0, rows, at.firstRows + 4, at.codes, 1, 0, at.table, at.marks, words, 0),
    ),
    task('countCodeRuns of 16', rows, 5 * runs, (k) =>
      k.countCodeRuns(at.firstRows + 4, at.codes, 1, 0, rows, at.counts),
    ),
    task('sumCodeRuns u32 of 16', rows, 4 * rows + 5 * runs, (k) =>
      k.sumCodeRuns(at.firstRows + 4, at.codes, 1, 0, rows, at.groups, 4, 0, at.out),
    ),
    task('rankRuns of 16', rows, rows / 8 + 8 * runs, (k) => k.rankRuns(at.firstRows + 4, 0, rows, at.codes, at.out)),
    task('markRows', rows, 8 * rows + 8 * runs + markBytes, (k) =>
      k.markRows(at.firstRows, at.slots, at.rows, rows, at.groups, at.marks, words),
    ),
    task('countMarks, per actor', runs, markBytes, (k) => k.countMarks(at.marks, runs, words, at.counts)),
    task('spreadMarks by 7, per actor', runs, 2 * markBytes, (k) =>
      k.spreadMarks(at.marks, runs, words, words, at.table, 7),
    ),
    task('countMarkedWindows, per actor', runs, markBytes, (k) =>
      k.countMarkedWindows(at.marks, runs, words, 1, at.firsts, at.lasts, 32 * words + windowDays, at.changes),
    ),
  ];
}

function fill(memory: SharedMemory, at: ReturnType<typeof placesOf>, rows: number): void {
  const u32 = (pointer: Pointer, length: number, of: (index: number) => number): void => {
    const array = new Uint32Array(memory.buffer, pointer, length);
    for (let index = 0; index < length; index++) array[index] = of(index);
  };
  const runs = rows / runRows;
  u32(at.firstRows, runs + 2, (run) => run * runRows);
  u32(at.slots, runs + 2, (run) => run);
  u32(at.rows, rows, (row) => row);
  // An actor comes on some days that follow each other.
  u32(at.groups, rows, (row) => (Math.floor(row / runRows) * 7 + ((row % runRows) >> 2)) % days);
  const groups = new Uint32Array(memory.buffer, at.groups, rows);
  new Uint8Array(memory.buffer, at.codes, rows).set(groups);
  u32(at.table, words * days, (word) => {
    const day = Math.floor(word / words);
    return day >> 5 === word % words ? 1 << (day & 31) : 0;
  });
  // As a block's bytes have them: how many rows, and what they hold.
  const textRuns = new Uint8Array(memory.buffer, at.textRuns, 2 * runs);
  const floatRuns = new Uint8Array(memory.buffer, at.floatRuns, 9 * runs).fill(0);
  for (let run = 0; run < runs; run++) {
    textRuns.set([runRows, run % days], 2 * run);
    floatRuns[9 * run] = runRows;
  }
  u32(at.firsts, 32 * words, (cell) => cell);
  u32(at.lasts, 32 * words, (cell) => cell + windowDays - 1);
  u32(at.stretches, 2 * bucketCount, (stretch) => stretch >> 1);
  const ends = new BigUint64Array(memory.buffer, at.ends, bucketCount);
  for (let bucket = 0; bucket < bucketCount; bucket++) ends[bucket] = BigInt(bucket + 1) << BigInt(bucketShift);
}
