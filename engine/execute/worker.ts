import type { SharedMemory } from '../kernels/webassembly.ts';
import { nodeVfs } from '../host/node-vfs.ts';
import { attachBlockCache } from '../store/block-cache.ts';
import { openRowSource, type SourceEnvironment } from '../store/open-source.ts';
import type { HashRange, RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import { closeSegments } from '../store/segment-reader.ts';
import { doAll } from './steps.ts';
import { openScan, type Scan, type ScanQuery, type ScanResult } from './scan-task.ts';

/** One task of a query, for any thread of the pool. */
export interface ScanTask {
  /** Number of the query within the process; tasks of one query that run in one thread share what they derive. */
  readonly queryNumber: number;
  readonly query: ScanQuery;
  readonly slices: readonly HashRange[];
  /** The memory of the block cache. */
  readonly memory: SharedMemory;
}

let current: { readonly queryNumber: number; readonly scan: Scan; readonly environment: SourceEnvironment } | null =
  null;

function scan({ queryNumber, query, slices, memory }: ScanTask): ScanResult {
  if (current?.queryNumber !== queryNumber) {
    // Files are kept open for one query: a segment that a merge has removed takes room as long as one is open.
    if (current !== null) closeSegments(current.environment);
    const environment = { vfs: nodeVfs, cache: attachBlockCache(memory) };
    const open = (descriptor: RowSourceDescriptor): RowSource => openRowSource(environment, descriptor);
    current = { queryNumber, environment, scan: openScan(query, open, () => environment.cache) };
  }
  return doAll(current.scan.run(slices));
}

/** Lets go of a query of which no task will come. */
function forget(queryNumber: number): void {
  if (current?.queryNumber !== queryNumber) return;
  closeSegments(current.environment);
  current = null;
}

/** What the pool's threads run for queries. */
export const tasks = { scan, forget };
