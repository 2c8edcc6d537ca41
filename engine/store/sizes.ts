import { limits } from '../base/limits.ts';
import type { CompactionSizes } from './compact-policy.ts';

/** At what sizes a store writes out, joins and merges; tests make them small. */
export interface StoreSizes extends CompactionSizes {
  readonly memtableRowsMax: number;
  readonly memtableBytesMax: number;
  readonly chunkRowsMax: number;
  readonly levelZeroSegmentsMax: number;
  readonly manifestBytesMax: number;
  /** An import of fewer rows goes through the log: many small files do not make as many segments. */
  readonly importLogRowsMax: number;
  /** A close writes the memtable out when it holds more rows; fewer are quickly replayed by the next open. */
  readonly closeRowsMax: number;
  /** How long small chunks wait to be joined. */
  readonly joinDelayMs: number;
  /** After this long without an append, a frame says that the last one is on the disk. */
  readonly markDelayMs: number;
}

/** The sizes of a store in use. */
export const defaultSizes: StoreSizes = {
  memtableRowsMax: limits.memtableRowsMax,
  memtableBytesMax: limits.memtableBytesMax,
  chunkRowsMax: limits.chunkRowsMax,
  levelZeroSegmentsMax: limits.levelZeroSegmentsMax,
  partitionRowsMin: limits.partitionRowsMin,
  partitionRowsMax: limits.partitionRowsMax,
  segmentRowsMax: limits.segmentRowsMax,
  runsMax: 4,
  manifestBytesMax: limits.manifestBytesMax,
  importLogRowsMax: 32_768,
  closeRowsMax: 65_536,
  joinDelayMs: 250,
  markDelayMs: 1_000,
};
