import { limits } from '../base/limits.ts';
import type { HashRange, Partition } from './row-source.ts';

/** Widths from the narrowest to the widest. Each lies in the next, so that partitions can be split and joined. */
export const partitionWidths: readonly Partition['width'][] = ['hour', 'day', 'month', 'year'];

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Mean lengths, to tell how many partitions a span of time makes. */
const lengthsMs: Readonly<Record<Partition['width'], number>> = {
  hour: hourMs,
  day: dayMs,
  month: 30.44 * dayMs,
  year: 365.25 * dayMs,
};

/** @returns the first moment after a partition, UTC ms. */
export function endOfPartition({ start, width }: Partition): number {
  const date = new Date(start);
  if (width === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  if (width === 'year') return Date.UTC(date.getUTCFullYear() + 1, 0, 1);
  return start + lengthsMs[width];
}

/** @returns the start of the partition of that width, in UTC, in which a time lies. */
export function startOfPartition(time: number, width: Partition['width']): number {
  if (width === 'hour' || width === 'day') return Math.floor(time / lengthsMs[width]) * lengthsMs[width];
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), width === 'month' ? date.getUTCMonth() : 0, 1);
}

/** @returns the partition of that width, in UTC, in which a time lies. */
export function partitionOf(time: number, width: Partition['width']): Partition {
  return { start: startOfPartition(time, width), width };
}

/** @returns whether all of `inner` lies in `outer`. */
export function isWithin(inner: Partition, outer: Partition): boolean {
  return inner.start >= outer.start && endOfPartition(inner) <= endOfPartition(outer);
}

/**
 * The narrowest width whose partitions hold at least `rowsMin` rows on average, so that neither a small table of ten
 * years nor one hour of a large one makes thousands of files.
 */
export function widthFor(rows: number, timeMin: number, timeMax: number, rowsMin: number): Partition['width'] {
  const span = Math.max(timeMax - timeMin, 1);
  for (const width of partitionWidths) if (rows / Math.max(span / lengthsMs[width], 1) >= rowsMin) return width;
  return 'year';
}

/** @returns equal ranges of the hash space, a power of two of them, so that each holds at most `rowsMax` of the rows. */
export function hashRangesFor(rows: number, rowsMax: number): readonly HashRange[] {
  let count = 1;
  while (count < limits.hashRangesMax && rows / count > rowsMax) count *= 2;
  const width = 2 ** 32 / count;
  return Array.from({ length: count }, (_, range) => ({ from: range * width, to: (range + 1) * width }));
}
