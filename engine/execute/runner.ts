import type { RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import type { CallOff } from './call-off.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import type { ScanPiece } from './scan-piece.ts';
import { openScan, type Scan, type ScanQuery, type ScanResult } from './scan-task.ts';

/** What one task scans. */
export type ScanTask = readonly ScanPiece[];

/** Takes the result of the task of that number, of those of one `run`. */
export type TakeResult = (number: number, result: ScanResult) => Promise<void>;

/** Runs tasks of one query. */
export interface Runner {
  /**
   * Runs tasks, several at once where there are threads; results come in any order. When it settles, all have ended.
   * @param last no other tasks will come: threads let go of the query at once.
   * @throws the first failure, with which the query is called off: other tasks end at their next block.
   */
  run(tasks: readonly ScanTask[], take: TakeResult, last: boolean): Promise<void>;
  /** All tasks have ended: threads let go of what they keep between them, answers in shared memory and open files. */
  end(): void;
}

/** Opens a scan on this thread. */
export function openOwnScan(environment: ExecutionEnvironment, query: ScanQuery, callOff: CallOff): Scan {
  const openSource = (descriptor: RowSourceDescriptor): RowSource => environment.openSource(descriptor);
  return openScan(query, openSource, environment.blockCache, callOff.check);
}
