import type { QueryOptions, QueryResult, ResultColumn } from './api.ts';
import type { Scalar } from './column/values.ts';
import { isToldInTasks } from './execute/cohort.ts';
import { sourcesKept } from './execute/sources-kept.ts';
import { executePlan } from './execute/run.ts';
import type { PlanCost } from './execute/plan-cost.ts';
import { explainPlan, type PlanTree } from './plan/explain.ts';
import type { Statement } from './query/syntax.ts';
import { rowsResult, metaOf } from './rows-result.ts';
import { compileOver, runOptions, type QueryContext } from './run-query.ts';
import type { Snapshot } from './store/store-types.ts';

const planned: readonly ResultColumn[] = [
  { name: 'step', type: 'text' },
  { name: 'detail', type: 'text' },
];
const analyzed: readonly ResultColumn[] = [
  ...planned,
  { name: 'rows', type: 'int' },
  { name: 'bytes', type: 'int' },
  { name: 'ms', type: 'float' },
];

/**
 * `explain`: the plan from the answer down to the scans, with what they leave unread. `explain analyze` asks it too, and
 * says of each part how many rows came out of it, what it read and how long it took.
 */
export async function explainQuery(
  context: QueryContext,
  snapshot: Snapshot,
  { analyze, query }: Extract<Statement, { kind: 'explain' }>,
  options: QueryOptions,
): Promise<QueryResult> {
  const started = context.host.clock.monotonic();
  const plan = compileOver(context, snapshot, query, options);
  const tree = explainPlan(plan);
  if (!analyze) {
    const rows = linesOf(tree, 0, null, (part) => {
      const { kept, all } = sourcesKept(context.environment, snapshot.tables, part.plan);
      return all === 0 ? null : `${kept} of ${all} segments and chunks`;
    });
    return rowsResult(planned, rows, metaOf(snapshot.id, context.host.clock.monotonic() - started));
  }
  const result = await executePlan(context.environment, plan, snapshot.tables, runOptions(snapshot, options));
  const rows = linesOf(tree, 0, result.cost, () => null);
  const { stats } = result;
  return rowsResult(analyzed, rows, {
    ...metaOf(snapshot.id, context.host.clock.monotonic() - started),
    rows_scanned: stats.rowsScanned,
    rows_matched: stats.rowsMatched,
    bytes_scanned: stats.bytesScanned,
    segments_pruned: stats.segmentsPruned,
    warnings: result.warnings,
  });
}

/** What a plan cost: null = it was not asked, `within` = it is a part of what the plan around it cost. */
type ShownCost = PlanCost | 'within' | null;

function partOf(cost: ShownCost, of: 'subqueries' | 'derived', index: number): ShownCost {
  return cost === null || cost === 'within' ? cost : (cost[of][index] ?? null);
}

/** A line a step; what a plan asks or reads beforehand stands below it, further in. */
function linesOf(
  tree: PlanTree,
  depth: number,
  cost: ShownCost,
  readBefore: (tree: PlanTree) => string | null,
): Scalar[][] {
  const indent = '  '.repeat(depth);
  const lines = tree.steps.map(({ what, detail }, index): Scalar[] => [
    `${indent}${what}`,
    detail,
    ...(cost === null ? [] : costOf(what, index, cost)),
  ]);
  const read = cost === null ? readBefore(tree) : cost === 'within' ? null : readIn(cost);
  if (read !== null) lines.push([`${indent}read`, read, ...(cost === null ? [] : [null, null, null])]);
  tree.subqueries.forEach((subquery, index) => {
    const isTold = isToldInTasks(tree.plan, index);
    lines.push([
      `${indent}  query ${index + 1} of in`,
      isTold ? 'counted actor by actor within the scan' : 'answered beforehand',
      ...(cost === null ? [] : [null, null, null]),
    ]);
    const own = isTold && cost !== null ? 'within' : partOf(cost, 'subqueries', index);
    lines.push(...linesOf(subquery, depth + 2, own, readBefore));
  });
  tree.sources.forEach((source, index) => {
    lines.push(...linesOf(source, depth + 1, partOf(cost, 'derived', index), readBefore));
  });
  return lines;
}

function readIn({ sources, stats, tasks }: PlanCost): string {
  const kept = sources - stats.segmentsPruned;
  return `${kept} of ${sources} segments and chunks, ${stats.blocksPruned} blocks passed over, ${tasks} ${tasks === 1 ? 'task' : 'tasks'}`;
}

/** The first step is the answer, the last the scan; what lies between shares their figures. */
function costOf(what: string, index: number, cost: PlanCost | 'within'): Scalar[] {
  if (cost === 'within') return [null, null, null];
  if (what === 'scan') return [cost.stats.rowsScanned, cost.stats.bytesScanned, rounded(cost.scanMs)];
  if (what === 'where') return [cost.stats.rowsMatched, null, null];
  if (what === 'group by') return [cost.groups, null, null];
  if (index === 0) return [cost.rows, null, rounded(cost.finishMs)];
  return [null, null, null];
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
