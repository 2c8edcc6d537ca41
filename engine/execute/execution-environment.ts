import type { Threads } from '../host/threads.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import type { BlockCache } from '../store/block-cache.ts';
import type { RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import type { ScanSizes } from './slices.ts';

/** What execution takes from around it. */
export interface ExecutionEnvironment {
  /** Opens a source on this thread. */
  openSource(descriptor: RowSourceDescriptor): RowSource;
  /** The cache in which segments' blocks lie. */
  readonly blockCache?: () => BlockCache;
  /** Makes a descriptor fit for other threads: a chunk gets its order. */
  prepare?(descriptor: RowSourceDescriptor): RowSourceDescriptor;
  /** Lets what waits for this thread have its turn: between tasks that run on it. */
  yield?(): Promise<void>;
  /** Runs an action later; @returns what calls it off. Without it, a query's time limit is only looked at now and then. */
  after?(delayMs: number, action: () => void): () => void;
  /** The most bytes that one query may hold, unless it is told otherwise. */
  readonly memoryMax?: number;
  /** Where large scans run; without one, on this thread. */
  readonly pool?: { readonly threads: Threads; memory(): SharedMemory };
  /** Elapsed ms from some moment on, for time limits and for the costs that `explain analyze` tells. */
  monotonic?(): number;
  /** Other sizes than the usual, so that small tables are cut and dealt out as large ones are. */
  readonly sizes?: ScanSizes;
  /** Seed of the actor hash; without it, a condition on the actor leaves no slice out. */
  readonly seed?: number;
}
