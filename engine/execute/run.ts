import type { LivesPlan, RowsPlan, SelectPlan, SourcePlan } from '../plan/select.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { actorHashRange, readActorsFromDirectory } from './actor-column.ts';
import { createAnswer } from './answer.ts';
import { derivedFromAnswer } from './derived-build.ts';
import type { DerivedDescriptor } from './derived-descriptor.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { Evaluator } from './expression.ts';
import type { Finished } from './finish.ts';
import { groupingOf } from './grouping.ts';
import { joinLives } from './join-lives.ts';
import type { PartialLives } from './lives.ts';
import { totalStats } from './plan-cost.ts';
import { columnsRead, planOfSet, withOutputs } from './plan-parts.ts';
import {
  checkCalledOff,
  newQueryRun,
  noteMissing,
  noteResult,
  warningsOf,
  within,
  type QueryRun,
} from './query-run.ts';
import type { ExecutionResult } from './result.ts';
import { inOrder, runnerOf } from './run-tasks.ts';
import type { ScanQuery, ScanResult, ScanSource } from './scan-task.ts';
import { dealSlices, rowsOf, slicesOf } from './slices.ts';
import { keptSources, spanOf, tableSources } from './table-sources.ts';
import type { TimeCells } from './time-windows.ts';
import { valueSetOf, type ValueSet } from './value-set.ts';

/**
 * Answers a plan over the tables of a snapshot. The slices and their deal to tasks depend on the plan and the snapshot
 * alone, and what tasks find is merged in their order: the answer is the same to the byte whatever the number of threads.
 * Plans within it, sources and subqueries, are answered one after another before it.
 * @throws VarveError `cancelled`, `limit`, `type` (a sum beyond 64 bits), `data_corrupted`.
 */
export async function executePlan(
  environment: ExecutionEnvironment,
  plan: SelectPlan,
  tables: ReadonlyMap<string, TableSnapshot>,
  signal?: AbortSignal,
): Promise<ExecutionResult> {
  const run = newQueryRun(environment, tables, signal);
  const finished = await answerSelect(run, plan);
  return { ...finished, stats: totalStats(run.cost), cost: run.cost, warnings: warningsOf(run) };
}

async function answerSelect(run: QueryRun, original: SelectPlan): Promise<Finished> {
  const plan = readActorsFromDirectory(original, original.actor);
  const sets = await answerSets(run, plan);
  const sources = await sourcesOf(run, plan);
  const grouping = plan.kind === 'grouped' ? groupingOf(plan, spanOf(sources)) : null;
  const noteNoValue = (name: string, rows: number): void => noteMissing(run, name, rows);
  const evaluator = new Evaluator({ timezone: plan.timezone, now: plan.now, noteNoValue }, sets);
  const answer = createAnswer(plan, grouping, evaluator);
  const scans: readonly PlanScan[] = grouping?.scans ?? [{ plan, cells: null }];
  for (const [number, scan] of scans.entries())
    await scanAll(run, scan, sources, sets, (result) => answer.take(result, number));
  const begun = run.monotonic();
  const finished = answer.finish();
  run.cost.finishMs = run.monotonic() - begun;
  run.cost.rows = finished.rowCount;
  run.cost.groups = finished.groups ?? null;
  return finished;
}

async function answerLives(run: QueryRun, original: LivesPlan): Promise<DerivedDescriptor> {
  const plan = readActorsFromDirectory(original, original.actor);
  const sets = await answerSets(run, plan);
  const sources = await sourcesOf(run, plan);
  const parts: PartialLives[] = [];
  await scanAll(run, { plan, cells: null }, sources, sets, ({ lives }) => void parts.push(lives!));
  const begun = run.monotonic();
  const rows = joinLives(plan, parts, seedOf(run), run.environment.sizes?.blockRowsMax);
  run.cost.finishMs = run.monotonic() - begun;
  run.cost.rows = rows.rowCount;
  return rows;
}

/** Answers the plan's `in (select …)`. */
async function answerSets(run: QueryRun, { subqueries }: RowsPlan): Promise<ValueSet[]> {
  const sets: ValueSet[] = [];
  for (const subquery of subqueries) {
    const { data } = await answerSelect(within(run, 'subqueries'), planOfSet(subquery));
    checkCalledOff(run);
    sets.push(valueSetOf(data[0]));
  }
  return sets;
}

/** @returns all sources of a plan, those that are answers answered. */
async function sourcesOf(run: QueryRun, plan: RowsPlan): Promise<ScanSource[]> {
  const sources: ScanSource[] = [];
  for (const [index, source] of plan.from.entries()) {
    if (source.kind === 'table') sources.push(...tableSources(run, source.name, index));
    else sources.push(await derivedSource(run, plan, source, index));
  }
  return sources;
}

async function derivedSource(
  run: QueryRun,
  outer: RowsPlan,
  { name, plan, actor }: Extract<SourcePlan, { kind: 'derived' }>,
  index: number,
): Promise<ScanSource> {
  const wanted = new Set(columnsRead(outer));
  if (actor !== null) wanted.add(actor);
  const own = withOutputs(plan, wanted);
  const { environment } = run;
  const table = { index, name };
  if (own.kind === 'lives')
    return { descriptor: await answerLives(within(run, 'derived'), own), index: 0, table, actor };
  const answer = await answerSelect(within(run, 'derived'), own);
  checkCalledOff(run);
  const descriptor = derivedFromAnswer(answer, actor, seedOf(run), environment.sizes?.blockRowsMax);
  return { descriptor, index: 0, table, actor };
}

/** One scan of a plan: of those that are compared, there are two. */
interface PlanScan {
  readonly plan: RowsPlan;
  readonly cells: TimeCells | null;
}

/** Scans the sources, in the pool where that is worth its way, and takes what tasks find in their order. */
async function scanAll(
  run: QueryRun,
  { plan, cells }: PlanScan,
  sources: readonly ScanSource[],
  sets: readonly ValueSet[],
  take: (result: ScanResult) => void,
): Promise<void> {
  const { environment, cancelled, signal } = run;
  const only = environment.seed === undefined ? null : actorHashRange(plan.where, environment.seed);
  const kept = cells?.bounds.length === 0 ? [] : keptSources(environment, plan, sources, only);
  run.cost.sources += sources.length;
  run.cost.stats.segmentsPruned += sources.length - kept.length;
  const descriptors = kept.map(({ descriptor }) => descriptor);
  const seed = seedOf(run);
  const query: ScanQuery = { plan: bare(plan), actor: plan.actor, sources: kept, sets, seed, cells, cancelled };
  const deal = dealSlices(only === null ? slicesOf(descriptors, environment.sizes) : [only]);
  // Chunks are few, and lie decoded on this thread: alone they are not worth the way to the pool.
  const rows = descriptors.reduce((sum, source) => sum + (source.kind === 'chunk' ? 0 : rowsOf(source)), 0);
  const begun = run.monotonic();
  await inOrder(deal, runnerOf(environment, query, deal.length > 1 ? rows : 0), cancelled, signal, (result) => {
    noteResult(run, result);
    take(result);
  });
  run.cost.scanMs += run.monotonic() - begun;
}

/** Tasks have no use for the plans within theirs: those are answered. */
function bare(plan: RowsPlan): RowsPlan {
  return { ...plan, subqueries: [], from: [] };
}

function seedOf({ environment }: QueryRun): number {
  return environment.seed ?? 0;
}
