import { countRange } from '../functions/aggregates/spread-keys.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import { systemClock } from '../host/clock.ts';
import { nodeVfs } from '../host/node-vfs.ts';
import { attachBlockCache } from '../store/block-cache.ts';
import { openRowSource, type SourceEnvironment } from '../store/open-source.ts';
import type { RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import { closeSegments } from '../store/segment-reader.ts';
import type { CountCall } from './count-in-threads.ts';
import { doAll } from './steps.ts';
import type { ScanTask } from './run-tasks.ts';
import { bytesOfResult, openScan, type Scan, type ScanQuery, type ScanResult } from './scan-task.ts';

/** A query on its way to a thread of the pool, which takes tasks of it as long as there are some. */
export interface ScanCall {
  /** Number of the query within the process; what a thread derives serves all its tasks of one query. */
  readonly queryNumber: number;
  readonly query: ScanQuery;
  readonly tasks: readonly ScanTask[];
  /** In a SharedArrayBuffer: the number of the first task that no thread has taken. */
  readonly next: Int32Array;
  /** The memory of the block cache. */
  readonly memory: SharedMemory;
}

/** What a thread found, by the numbers of the tasks it took, ascending. */
export type TaskResults = readonly (readonly [number: number, result: ScanResult])[];

/** A thread answers after about this long, so that other queries have their turn and what was found is merged meanwhile. */
const callMs = 25;
/** The same of what it has found: results wait in memory to be merged. */
const callBytes = 4 * 1024 * 1024;

let current: { readonly queryNumber: number; readonly scan: Scan; readonly environment: SourceEnvironment } | null =
  null;

function scan({ queryNumber, query, tasks: dealt, next, memory }: ScanCall): TaskResults {
  const { scan: own } = openFor(queryNumber, query, memory);
  const begun = systemClock.monotonic();
  const results: (readonly [number, ScanResult])[] = [];
  let bytes = 0;
  try {
    do {
      const number = Atomics.add(next, 0, 1);
      if (number >= dealt.length) break;
      const result = doAll(own.run(dealt[number]));
      results.push([number, result]);
      bytes += bytesOfResult(result);
    } while (bytes < callBytes && systemClock.monotonic() - begun < callMs);
  } finally {
    own.rest();
  }
  return results;
}

function openFor(queryNumber: number, query: ScanQuery, memory: SharedMemory): NonNullable<typeof current> {
  if (current?.queryNumber === queryNumber) return current;
  // Files are kept open for one query: a segment that a merge has removed takes room as long as one is open.
  if (current !== null) closeSegments(current.environment);
  const environment = { vfs: nodeVfs, cache: attachBlockCache(memory) };
  const open = (descriptor: RowSourceDescriptor): RowSource => openRowSource(environment, descriptor);
  current = { queryNumber, environment, scan: openScan(query, open, () => environment.cache) };
  return current;
}

/** Lets go of a query of which no task will come. */
function forget(queryNumber: number): void {
  if (current?.queryNumber !== queryNumber) return;
  closeSegments(current.environment);
  current = null;
}

/** Counts distinct keys of some partitions, by group. */
function count({ pieces, range, groups }: CountCall): Float64Array {
  const counts = new Float64Array(groups);
  countRange(pieces, range, counts);
  return counts;
}

/** What the pool's threads run for queries. */
export const tasks = { scan, forget, count };
