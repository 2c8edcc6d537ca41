import type { ColumnType } from '../column/types.ts';
import type { Values } from '../column/values.ts';
import type { PlanCost } from './plan-cost.ts';

/** What it cost, for the result's metadata. */
export interface ExecutionStats {
  rowsScanned: number;
  rowsMatched: number;
  bytesScanned: number;
  segmentsPruned: number;
  blocksPruned: number;
}

/** @returns costs of nothing. */
export function newStats(): ExecutionStats {
  return { rowsScanned: 0, rowsMatched: 0, bytesScanned: 0, segmentsPruned: 0, blocksPruned: 0 };
}

/** The answer to a plan, as columns in output order. */
export interface ExecutionResult {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly data: readonly Values[];
  readonly rowCount: number;
  /** Of the plan and all within it. */
  readonly stats: ExecutionStats;
  /** The same, each plan by itself. */
  readonly cost: PlanCost;
  readonly warnings: readonly string[];
  /** Columns whose values are not exact. */
  readonly approximate: readonly string[];
}
