import { VarveError } from '../base/errors.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { newPlanCost, type PlanCost } from './plan-cost.ts';
import type { ScanResult } from './scan-task.ts';

/** One query while it runs, with all the plans within it. */
export interface QueryRun {
  readonly environment: ExecutionEnvironment;
  readonly tables: ReadonlyMap<string, TableSnapshot>;
  readonly signal: AbortSignal | undefined;
  /** In a SharedArrayBuffer; not 0 once the query was called off. */
  readonly cancelled: Int32Array;
  /** What the plan and those within it cost. */
  readonly cost: PlanCost;
  /** Elapsed ms from some moment on. */
  readonly monotonic: () => number;
  /** Rows that had no value, by function. */
  readonly missing: Map<string, number>;
}

/** @returns a query that has done nothing so far. */
export function newQueryRun(
  environment: ExecutionEnvironment,
  tables: ReadonlyMap<string, TableSnapshot>,
  signal: AbortSignal | undefined,
): QueryRun {
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const monotonic = environment.monotonic ?? (() => 0);
  return { environment, tables, signal, cancelled, cost: newPlanCost(), monotonic, missing: new Map() };
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

/** @throws VarveError `cancelled` once the caller has called the query off. */
export function checkCalledOff({ signal, cancelled }: QueryRun): void {
  if (signal?.aborted === true || Atomics.load(cancelled, 0) !== 0)
    throw new VarveError('cancelled', 'The query was called off.');
}

/** @returns a sentence for each function some of whose values could not be had. */
export function warningsOf({ missing }: QueryRun): string[] {
  return [...missing].map(
    ([name, count]) =>
      `${count} ${count === 1 ? 'value' : 'values'} of ${name} could not be had and ${count === 1 ? 'is' : 'are'} null.`,
  );
}
