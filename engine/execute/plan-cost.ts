import { newStats, type ExecutionStats } from './result.ts';

/** What answering one plan cost, without what it asked and read beforehand. */
export interface PlanCost {
  readonly stats: ExecutionStats;
  /** Sources at hand, and blocks and tasks that they were read in. */
  sources: number;
  tasks: number;
  /** How often they were read, each time for other actors. */
  passes: number;
  /** Groups before having and limit; null where the plan makes none. */
  groups: number | null;
  /** Rows of the answer. */
  rows: number;
  /** From the first task's beginning to the last one's end, ms. */
  scanMs: number;
  /** Putting the answer together, ms. */
  finishMs: number;
  /** Of what was asked and read beforehand, in the plan's order. */
  readonly subqueries: PlanCost[];
  readonly derived: PlanCost[];
}

/** @returns the cost of a plan that has done nothing so far. */
export function newPlanCost(): PlanCost {
  return {
    stats: newStats(),
    sources: 0,
    tasks: 0,
    passes: 1,
    groups: null,
    rows: 0,
    scanMs: 0,
    finishMs: 0,
    subqueries: [],
    derived: [],
  };
}

/** Adds up what a plan and all within it cost. */
export function totalStats({ stats, subqueries, derived }: PlanCost): ExecutionStats {
  const total = { ...stats };
  for (const part of [...subqueries, ...derived].map(totalStats)) {
    total.rowsScanned += part.rowsScanned;
    total.rowsMatched += part.rowsMatched;
    total.bytesScanned += part.bytesScanned;
    total.segmentsPruned += part.segmentsPruned;
    total.blocksPruned += part.blocksPruned;
  }
  return total;
}
