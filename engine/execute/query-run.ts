import { limits } from '../base/limits.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { watchOver, type CallOff } from './call-off.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { newPlanCost, type PlanCost } from './plan-cost.ts';
import type { ScanResult } from './scan-task.ts';

/** One query while it runs, with all the plans within it. */
export interface QueryRun {
  readonly environment: ExecutionEnvironment;
  readonly tables: ReadonlyMap<string, TableSnapshot>;
  readonly callOff: CallOff;
  /** The most bytes that it may take. */
  readonly memoryMax: number;
  /** Bytes that answers of plans within it take, as long as the plan that reads them is not answered. */
  readonly kept: { bytes: number };
  /** What the plan and those within it cost. */
  readonly cost: PlanCost;
  /** Elapsed ms from some moment on. */
  readonly monotonic: () => number;
  /** Rows that had no value, by function. */
  readonly missing: Map<string, number>;
}

/** How one query is to run. */
export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** The most ms that it may take. */
  readonly timeoutMs?: number | undefined;
  /** The most bytes that it may take; default: queryMemoryMax. */
  readonly memory?: number | undefined;
  /**
   * Gets the work itself: a query that is called off fails at once, while threads may go on for a little, and what they
   * read has to stay until the work has settled.
   */
  readonly working?: ((work: Promise<unknown>) => void) | undefined;
}

/** @returns a query that has done nothing so far. */
export function newQueryRun(
  environment: ExecutionEnvironment,
  tables: ReadonlyMap<string, TableSnapshot>,
  { signal, timeoutMs, memory }: RunOptions,
): QueryRun {
  const { after, yield: giveWay, monotonic } = environment;
  const callOff = watchOver({ signal, timeoutMs, after, yield: giveWay, monotonic });
  const memoryMax = memory ?? environment.memoryMax ?? limits.queryMemoryMax;
  const cost = newPlanCost();
  const kept = { bytes: 0 };
  return { environment, tables, callOff, memoryMax, kept, cost, monotonic: monotonic ?? (() => 0), missing: new Map() };
}

/** Counts values that could not be had. */
export function noteMissing({ missing }: QueryRun, name: string, rows: number): void {
  missing.set(name, (missing.get(name) ?? 0) + rows);
}

/** @returns the run as a plan within it sees it, whose costs are told apart. */
export function within(run: QueryRun, of: 'subqueries' | 'derived'): QueryRun {
  const cost = newPlanCost();
  run.cost[of].push(cost);
  return { ...run, cost };
}

/** Counts what one task cost and missed. */
export function noteResult(run: QueryRun, { stats, missing }: ScanResult): void {
  const { cost } = run;
  cost.tasks++;
  cost.stats.rowsScanned += stats.rowsScanned;
  cost.stats.rowsMatched += stats.rowsMatched;
  cost.stats.bytesScanned += stats.bytesScanned;
  cost.stats.blocksPruned += stats.blocksPruned;
  for (const [name, rows] of missing) noteMissing(run, name, rows);
}

/** @returns a sentence for each function some of whose values could not be had. */
export function warningsOf({ missing }: QueryRun): string[] {
  return [...missing].map(
    ([name, count]) =>
      `${count} ${count === 1 ? 'value' : 'values'} of ${name} could not be had and ${count === 1 ? 'is' : 'are'} null.`,
  );
}
