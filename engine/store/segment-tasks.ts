import type { WireError } from '../base/errors.ts';
import type { ColumnSchema } from '../column/schema.ts';
import type { HashRange, Partition, RowSourceDescriptor, SegmentMeta } from './row-source.ts';

/**
 * Makes segments out of sorted runs: a flush (chunks in), an import (chunks in) and a compaction (segments in) are the
 * same work. Runs as task `build` of the thread entry `segment`.
 */
export interface BuildRequest {
  /** The store's folder. */
  readonly directory: string;
  readonly table: number;
  /** Seed of the actor hash. */
  readonly seed: number;
  readonly actor: string | null;
  /** The table's columns, those of the inputs included. */
  readonly columns: readonly ColumnSchema[];
  /** In commit order; equal (hash, actor, time) keep it. */
  readonly inputs: readonly RowSourceDescriptor[];
  /** Number of the first segment made; further ones count on. */
  readonly firstId: number;
  /** null: one level-0 segment; else the rows are cut by partition of this width, and by these hash ranges within. */
  readonly cut: { readonly width: Partition['width']; readonly hashRanges: readonly HashRange[] } | null;
  readonly commitMin: number;
  readonly commitMax: number;
}

/** Files written, synced, verified, renamed and their folder synced; in order of id. None where there was no row. */
export interface BuildResult {
  readonly segments: readonly SegmentMeta[];
  /** Why a sync failed, in which case there are no segments; null = none did. */
  readonly failedSync: WireError | null;
}

/** One compaction: these neighbours in commit sequence become segments cut as said. */
export interface CompactionJob {
  readonly table: number;
  readonly inputs: readonly SegmentMeta[];
  readonly cut: NonNullable<BuildRequest['cut']>;
}
