import type { LivesPlan, RowsPlan, SelectPlan, SourcePlan } from '../plan/select.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { actorHashRange, readActorsFromDirectory } from './actor-column.ts';
import { createAnswer } from './answer.ts';
import { derivedFromAnswer } from './derived-build.ts';
import type { DerivedDescriptor } from './derived-descriptor.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { Evaluator } from './expression.ts';
import type { Finished } from './finish.ts';
import { joinLives } from './join-lives.ts';
import type { PartialLives } from './lives.ts';
import { columnsRead, planOfSet, withOutputs } from './plan-parts.ts';
import { checkCalledOff, newQueryRun, noteMissing, noteResult, warningsOf, type QueryRun } from './query-run.ts';
import type { ExecutionResult } from './result.ts';
import { inOrder, runnerOf } from './run-tasks.ts';
import type { ScanQuery, ScanResult, ScanSource } from './scan-task.ts';
import { dealSlices, rowsOf, slicesOf } from './slices.ts';
import { tableSources } from './table-sources.ts';
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
  return { ...finished, stats: run.stats, warnings: warningsOf(run), approximate: [] };
}

async function answerSelect(run: QueryRun, original: SelectPlan): Promise<Finished> {
  const plan = readActorsFromDirectory(original, original.actor);
  const sets = await answerSets(run, plan);
  const noteNoValue = (name: string, rows: number): void => noteMissing(run, name, rows);
  const evaluator = new Evaluator({ timezone: plan.timezone, now: plan.now, noteNoValue }, sets);
  const answer = createAnswer(plan, plan.actor, evaluator);
  await scanAll(run, plan, sets, (result) => answer.take(result));
  return answer.finish();
}

async function answerLives(run: QueryRun, original: LivesPlan): Promise<DerivedDescriptor> {
  const plan = readActorsFromDirectory(original, original.actor);
  const parts: PartialLives[] = [];
  await scanAll(run, plan, await answerSets(run, plan), ({ lives }) => void parts.push(lives!));
  return joinLives(plan, parts, seedOf(run), run.environment.sizes?.blockRowsMax);
}

/** Answers the plan's `in (select …)`. */
async function answerSets(run: QueryRun, { subqueries }: RowsPlan): Promise<ValueSet[]> {
  const sets: ValueSet[] = [];
  for (const subquery of subqueries) {
    const { data } = await answerSelect(run, planOfSet(subquery));
    sets.push(valueSetOf(data[0]));
  }
  return sets;
}

/** Scans the plan's sources, in the pool where that is worth its way, and takes what tasks find in their order. */
async function scanAll(
  run: QueryRun,
  plan: RowsPlan,
  sets: readonly ValueSet[],
  take: (result: ScanResult) => void,
): Promise<void> {
  const { environment, cancelled, signal } = run;
  const only = environment.seed === undefined ? null : actorHashRange(plan.where, environment.seed);
  const sources: ScanSource[] = [];
  for (const [index, source] of plan.from.entries()) {
    if (source.kind === 'table') sources.push(...tableSources(run, plan, source.name, index, only));
    else sources.push(await derivedSource(run, plan, source, index));
  }
  checkCalledOff(run);
  const descriptors = sources.map(({ descriptor }) => descriptor);
  const query: ScanQuery = { plan: bare(plan), actor: plan.actor, sources, sets, seed: seedOf(run), cancelled };
  const deal = dealSlices(only === null ? slicesOf(descriptors, environment.sizes) : [only]);
  // Chunks are few, and lie decoded on this thread: alone they are not worth the way to the pool.
  const rows = descriptors.reduce((sum, source) => sum + (source.kind === 'chunk' ? 0 : rowsOf(source)), 0);
  await inOrder(deal, runnerOf(environment, query, deal.length > 1 ? rows : 0), cancelled, signal, (result) => {
    noteResult(run, result);
    take(result);
  });
}

/** Tasks have no use for the plans within theirs: those are answered. */
function bare(plan: RowsPlan): RowsPlan {
  return { ...plan, subqueries: [], from: [] };
}

async function derivedSource(
  run: QueryRun,
  outer: RowsPlan,
  { plan, actor }: Extract<SourcePlan, { kind: 'derived' }>,
  index: number,
): Promise<ScanSource> {
  const wanted = new Set(columnsRead(outer));
  if (actor !== null) wanted.add(actor);
  const own = withOutputs(plan, wanted);
  const { environment } = run;
  const descriptor =
    own.kind === 'lives'
      ? await answerLives(run, own)
      : derivedFromAnswer(await answerSelect(run, own), actor, seedOf(run), environment.sizes?.blockRowsMax);
  return { descriptor, index: 0, table: { index, name: '' }, actor };
}

function seedOf({ environment }: QueryRun): number {
  return environment.seed ?? 0;
}
