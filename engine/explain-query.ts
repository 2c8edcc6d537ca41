import type { QueryOptions, QueryResult, ResultColumn } from './api.ts';
import type { Scalar } from './column/values.ts';
import { limits } from './base/limits.ts';
import { isToldInTasks } from './execute/cohort.ts';
import { mayPass, passesFor, reorderedBy, reorderedSource } from './execute/reordered-source.ts';
import type { ScanPlan } from './plan/query.ts';
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
    const rows = linesOf(tree, 0, null, ({ plan: part }) => {
      const { kept, all } = sourcesKept(context.environment, snapshot.tables, part);
      return {
        passes: passesBefore(context, snapshot, part, options),
        read: all === 0 ? null : `${kept} of ${all} segments and chunks`,
      };
    });
    return rowsResult(planned, rows, metaOf(snapshot.id, context.host.clock.monotonic() - started));
  }
  const result = await executePlan(context.environment, plan, snapshot.tables, runOptions(snapshot, options));
  const rows = linesOf(tree, 0, result.cost, () => ({ passes: null, read: null }));
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
  if (cost === null || cost === 'within') return cost;
  // Lives that are grouped where they are cut are no answer of their own.
  return cost[of][index] ?? (of === 'derived' ? 'within' : null);
}

/** A line a step; what a plan asks or reads beforehand stands below it, further in. */
function linesOf(tree: PlanTree, depth: number, cost: ShownCost, readBefore: (tree: PlanTree) => ReadText): Scalar[][] {
  const indent = '  '.repeat(depth);
  const lines = tree.steps.map(({ what, detail }, index): Scalar[] => [
    `${indent}${what}`,
    detail,
    ...(cost === null ? [] : costOf(what, index, cost)),
  ]);
  const before = readBefore(tree);
  const isWithin = cost === 'within';
  const passes = cost === null ? before.passes : isWithin ? null : passesIn(tree, cost);
  const read = cost === null ? before.read : isWithin ? null : readIn(cost);
  const others = cost === null ? [] : [null, null, null];
  if (passes !== null) lines.push([`${indent}passes`, passes, ...others]);
  if (read !== null) lines.push([`${indent}read`, read, ...others]);
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

/** How a plan's events are read, for people; null where there is nothing to say. */
interface ReadText {
  readonly passes: string | null;
  readonly read: string | null;
}

/** @returns how often events are read at most to be put into the order of another actor, and how many of them. */
function passesBefore(
  { environment }: QueryContext,
  { tables }: Snapshot,
  plan: ScanPlan,
  { memory = environment.memoryMax ?? limits.queryMemoryMax }: QueryOptions,
): string | null {
  const reordered = reorderedSource(plan);
  if (reordered === null) return null;
  const { rows } = sourcesKept(environment, tables, reordered.plan);
  const count = passesFor(reordered, rows, memory);
  const by = `by ${reorderedBy(reordered)}`;
  if (count === 1) return `1 ${by}, over at most ${rows} rows`;
  const refused = mayPass(count) ? '' : `; more than ${limits.passesMax} are refused`;
  return `at most ${count} ${by}, each over at most ${rows} rows${refused}`;
}

function passesIn({ plan }: PlanTree, { derived }: PlanCost): string | null {
  const reordered = reorderedSource(plan);
  return reordered === null ? null : `${derived[0]?.passes ?? 1} by ${reorderedBy(reordered)}`;
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
