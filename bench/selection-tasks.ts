import { comparisons, type Pointer } from '../engine/kernels/kernels.ts';
import type { KernelTask } from './kernel-tasks.ts';

/** Arrays of as many rows, filled with anything, that selections are made of. */
export interface SelectionPlaces {
  readonly codes8: Pointer;
  /** Codes below `rows`. */
  readonly codes16: Pointer;
  readonly order: Pointer;
  readonly values32: Pointer;
  readonly floats: Pointer;
  readonly out: Pointer;
}

/** @returns filters of floats and sets, what is done with bitmaps, and reading by rows. */
export function selectionTasks(at: SelectionPlaces, rows: number): KernelTask[] {
  const bitmap = rows / 8;
  const task = (name: string, bytes: number, run: KernelTask['run']): KernelTask => ({ name, rows, bytes, run });
  // Any bytes do as a table of a set and as bitmaps.
  const [table, a, b] = [at.floats, at.values32, at.values32 + bitmap];
  return [
    task('filterF64 <', 8 * rows + bitmap, (k) => k.filterF64(comparisons.less, at.floats, rows, 50, at.out)),
    task('filterSetU8', rows + bitmap, (k) => k.filterSetU8(at.codes8, rows, table, at.out)),
    task('filterSetU16', 2 * rows + bitmap, (k) => k.filterSetU16(at.codes16, rows, table, at.out)),
    task('filterSetU32', 4 * rows + bitmap, (k) => k.filterSetU32(at.order, rows, table, at.out)),
    task('filterRangeWithinU8, half', rows + 3 * bitmap, (k) =>
      k.filterRangeWithinU8(at.codes8, rows, 3, 9, a, at.out, at.out + 2 * bitmap),
    ),
    task('filterRangeWithinU16, half', 2 * rows + 3 * bitmap, (k) =>
      k.filterRangeWithinU16(at.codes16, rows, 0, 999, a, at.out, at.out + 2 * bitmap),
    ),
    task('filterRangeWithinU32, half', 4 * rows + 3 * bitmap, (k) =>
      k.filterRangeWithinU32(at.order, rows, 0, 1 << 12, a, at.out, at.out + 2 * bitmap),
    ),
    task('andBitmaps', 3 * bitmap, (k) => k.andBitmaps(a, b, rows, at.out)),
    task('orBitmaps', 3 * bitmap, (k) => k.orBitmaps(a, b, rows, at.out)),
    task('andNotBitmaps', 3 * bitmap, (k) => k.andNotBitmaps(a, b, rows, at.out)),
    task('notBitmap', 2 * bitmap, (k) => k.notBitmap(a, rows, at.out)),
    task('countBitmap', bitmap, (k) => k.countBitmap(a, rows)),
    task('bitmapToRows, half', bitmap + 2 * rows, (k) => k.bitmapToRows(a, rows, at.out)),
    task('gatherF64', 20 * rows, (k) => k.gatherF64(at.floats, at.order, rows, at.out)),
    task('pickRankedF64, a quarter', 2 * bitmap + 6 * rows, (k) => k.pickRankedF64(at.floats, a, b, rows, at.out)),
  ];
}
