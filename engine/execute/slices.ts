import { limits } from '../base/limits.ts';
import type { HashRange } from '../store/row-source.ts';
import type { ScanDescriptor } from './derived-descriptor.ts';

/** Sources count an actor each for itself; so many times sliceActorsMax may their entries make together. */
const entriesPerActorMax = 8;

/** From so many slices on they may hold more rows. */
const slicesEnough = limits.scanTasksMax / 2;
/** So many times sliceRowsMax. */
const rowsFactorMax = 4;

/** How a table is cut; the usual sizes are those of `limits`. */
export interface ScanSizes {
  readonly sliceActorsMax: number;
  readonly sliceRowsMax: number;
  readonly poolRowsMin: number;
  /** Rows of a block of an answer that is a source. */
  readonly blockRowsMax?: number;
}

/**
 * Cuts the hash space into a power of two of equal slices: so many that a slice holds at most sliceActorsMax actors on
 * average where one source has them all, a bounded multiple where sources may repeat each other's, and sliceRowsMax rows, four
 * times as many where there is work for many threads anyway.
 * They depend on the sources alone, never on the number of threads.
 */
export function slicesOf(sources: readonly ScanDescriptor[], sizes: ScanSizes = limits): HashRange[] {
  let rows = 0;
  let entries = 0;
  let entriesMost = 0;
  for (const source of sources) {
    const own = entriesOf(source);
    rows += rowsOf(source);
    entries += own;
    entriesMost = Math.max(entriesMost, own);
  }
  const wanted = Math.max(
    entriesMost / sizes.sliceActorsMax,
    entries / (entriesPerActorMax * sizes.sliceActorsMax),
    // Each slice costs, and cuts blocks of all sources in two.
    Math.min(rows / sizes.sliceRowsMax, slicesEnough),
    rows / (rowsFactorMax * sizes.sliceRowsMax),
  );
  let count = 1;
  while (count < wanted && count < 65_536) count *= 2;
  const width = 2 ** 32 / count;
  return Array.from({ length: count }, (_, slice) => ({ from: slice * width, to: (slice + 1) * width }));
}

function entriesOf(source: ScanDescriptor): number {
  if (source.kind === 'segment') return source.meta.entries;
  return source.kind === 'derived' ? source.directory.nobody.length : (source.order?.nobody.length ?? source.rowCount);
}

/** @returns how many rows a source has. */
export function rowsOf(source: ScanDescriptor): number {
  return source.kind === 'segment' ? source.meta.rows : source.rowCount;
}
