import { countRange } from '../functions/aggregates/spread-keys.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import { systemClock } from '../host/clock.ts';
import { nodeVfs } from '../host/node-vfs.ts';
import { attachBlockCache } from '../store/block-cache.ts';
import { openRowSource, type SourceEnvironment } from '../store/open-source.ts';
import type { RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import { closeSegments } from '../store/open-segments.ts';
import type { CountCall } from './count-in-threads.ts';
import { doAll } from './steps.ts';
import type { ScanTask } from './runner.ts';
import { bytesOfResult, openScan, type Scan, type ScanQuery, type ScanResult } from './scan-task.ts';

/** A query on its way to a thread of the pool, which takes tasks of it as long as there are some. */
export interface ScanCall {
  /** Number of the query within the process; what a thread derives serves all its tasks of one query. */
  readonly queryNumber: number;
  readonly query: ScanQuery;
  readonly tasks: readonly ScanTask[];
  /** In a SharedArrayBuffer: the number of the first task that no thread has taken; how many calls have arrived. */
  readonly next: Int32Array;
  /** No other tasks of the query will come. */
  readonly last: boolean;
  /** The memory of the block cache, and its number within the process: it comes as another object every time. */
  readonly memory: SharedMemory;
  readonly memoryNumber: number;
}

/** What a thread found. */
export interface TaskResults {
  /** By the numbers of the tasks it took, ascending. */
  readonly results: readonly (readonly [number: number, result: ScanResult])[];
  /** The thread has let go of the query. */
  readonly forgotten: boolean;
}

/** A thread answers after about this long, so that other queries have their turn and what was found is merged meanwhile. */
const callMs = 25;
/** The same of what it has found: results wait in memory to be merged. */
const callBytes = 4 * 1024 * 1024;

/** Heads of segments and kernels are kept from query to query. */
let attached: { readonly memoryNumber: number; readonly environment: SourceEnvironment } | null = null;
let current: { readonly queryNumber: number; readonly scan: Scan } | null = null;

function scan(call: ScanCall): TaskResults {
  const { tasks: dealt, next, last } = call;
  const own = scanOf(call);
  Atomics.add(next, 1, 1);
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
  const forgotten = last && Atomics.load(next, 0) >= dealt.length;
  if (forgotten) forget(call.queryNumber);
  return { results, forgotten };
}

function scanOf({ queryNumber, query, memory, memoryNumber }: ScanCall): Scan {
  if (current?.queryNumber === queryNumber) return current.scan;
  // Files are kept open for one query: a segment that a merge has removed takes room as long as one is open.
  if (attached !== null) closeSegments(attached.environment);
  if (attached?.memoryNumber !== memoryNumber)
    attached = { memoryNumber, environment: { vfs: nodeVfs, cache: attachBlockCache(memory) } };
  const { environment } = attached;
  const open = (descriptor: RowSourceDescriptor): RowSource => openRowSource(environment, descriptor);
  current = { queryNumber, scan: openScan(query, open, () => environment.cache) };
  return current.scan;
}

/** Lets go of a query of which no task will come. */
function forget(queryNumber: number): void {
  if (current?.queryNumber !== queryNumber) return;
  if (attached !== null) closeSegments(attached.environment);
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
