import type { LivesPlan, RowsPlan, SelectPlan, SourcePlan } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
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
import { openAccount, shareMemory, type MemoryShare } from './memory.ts';
import { poolRows } from './pool-rows.ts';
import { newQueryRun, noteMissing, noteResult, warningsOf, type QueryRun, type RunOptions } from './query-run.ts';
import type { ExecutionResult } from './result.ts';
import { groupingOf } from './grouping.ts';
import { inOrder, runnerOf } from './run-tasks.ts';
import type { ScanQuery, ScanResult, ScanSource } from './scan-task.ts';
import { dealSlices, rowsOf, slicesOf } from './slices.ts';
import { doInTurns } from './steps.ts';
import { tableSources } from './table-sources.ts';
import type { TimeCells, TimeSpan } from './time-windows.ts';
import { valueSetOf, type ValueSet } from './value-set.ts';

/**
 * Answers a plan over the tables of a snapshot. The slices and their deal to tasks depend on the plan and the snapshot
 * alone, and what tasks find is merged in their order: the answer is the same to the byte whatever the number of threads.
 * Plans within it, sources and subqueries, are answered one after another before it.
 * @throws VarveError `cancelled`, `timeout`, `limit`, `type` (a sum beyond 64 bits), `data_corrupted`.
 */
export async function executePlan(
  environment: ExecutionEnvironment,
  plan: SelectPlan,
  tables: ReadonlyMap<string, TableSnapshot>,
  options: RunOptions = {},
): Promise<ExecutionResult> {
  const run = newQueryRun(environment, tables, options);
  const work = answerSelect(run, plan).finally(() => run.callOff.end());
  options.working?.(work.catch(() => undefined));
  const finished = await Promise.race([work, run.callOff.calledOff]);
  return { ...finished, stats: run.stats, warnings: warningsOf(run) };
}

async function answerSelect(run: QueryRun, original: SelectPlan): Promise<Finished> {
  const { callOff } = run;
  callOff.check();
  const plan = readActorsFromDirectory(original, original.actor);
  const sets = await answerSets(run, plan);
  const derived = await derivedSources(run, plan);
  const noteNoValue = (name: string, rows: number): void => noteMissing(run, name, rows);
  const { timezone, now } = plan;
  const evaluator = new Evaluator({ timezone, now, noteNoValue, check: callOff.check }, sets);
  const grouping = plan.kind === 'grouped' ? groupingOf(plan, spanOf(run, plan, derived)) : null;
  const scans = (grouping?.scans ?? [{ plan, cells: null }]).map((scan) =>
    preparedScan(run, { ...scan, sets, derived }),
  );
  const memory = shareMemory(run.memoryMax, rowsOfAll(scans), purposeOf(plan));
  const answer = createAnswer(plan, grouping, evaluator, openAccount(memory));
  for (const [number, scan] of scans.entries())
    await scanAll(run, scan, memory, (result) => doInTurns(answer.take(result, number), callOff.turn));
  return doInTurns(answer.finish(), callOff.turn);
}

async function answerLives(run: QueryRun, original: LivesPlan): Promise<DerivedDescriptor> {
  const plan = readActorsFromDirectory(original, original.actor);
  const parts: PartialLives[] = [];
  const sets = await answerSets(run, plan);
  const derived = await derivedSources(run, plan);
  const scan = preparedScan(run, { plan, cells: null, sets, derived });
  const memory = shareMemory(run.memoryMax, rowsOfAll([scan]), 'The lives of actors');
  await scanAll(run, scan, memory, async ({ lives }) => void parts.push(lives!));
  return joinLives(plan, parts, seedOf(run), run.environment.sizes?.blockRowsMax);
}

/** What takes a plan's memory, for people. */
function purposeOf(plan: SelectPlan): string {
  if (plan.kind === 'events') return 'The rows';
  return plan.keys.length === 0 ? 'The measures' : `group by ${plan.keys.map(({ name }) => name).join(', ')}`;
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

/** One scan of a plan, with what was answered before it. */
interface PlannedScan {
  readonly plan: RowsPlan;
  readonly cells: TimeCells | null;
  readonly sets: readonly ValueSet[];
  readonly derived: readonly ScanSource[];
}

/** The same with its sources. */
interface PreparedScan extends PlannedScan {
  readonly only: HashRange | null;
  readonly sources: readonly ScanSource[];
}

function preparedScan(run: QueryRun, scan: PlannedScan): PreparedScan {
  const { plan, cells, derived } = scan;
  const { seed } = run.environment;
  const only = seed === undefined ? null : actorHashRange(plan.where, seed);
  const tables = plan.from.flatMap((source, index) =>
    source.kind === 'table' ? tableSources(run, plan, source.name, index, only) : [],
  );
  // A series without any bucket reads nothing.
  const sources = cells?.bounds.length === 0 ? [] : inOrderOfFrom([...tables, ...derived]);
  return { ...scan, only, sources };
}

function rowsOfAll(scans: readonly PreparedScan[]): number {
  return scans.reduce(
    (total, { sources }) => sources.reduce((sum, { descriptor }) => sum + rowsOf(descriptor), total),
    0,
  );
}

/** Scans the plan's sources, in the pool where that is worth its way, and takes what tasks find in their order. */
async function scanAll(
  run: QueryRun,
  { plan, cells, sets, only, sources }: PreparedScan,
  memory: MemoryShare,
  take: (result: ScanResult) => Promise<void>,
): Promise<void> {
  const { environment, callOff } = run;
  callOff.check();
  const descriptors = sources.map(({ descriptor }) => descriptor);
  const query: ScanQuery = {
    plan: bare(plan),
    actor: plan.actor,
    sources,
    sets,
    cells,
    seed: seedOf(run),
    cancelled: callOff.flag,
    memory,
  };
  const deal = dealSlices(only === null ? slicesOf(descriptors, environment.sizes) : [only]);
  const runner = runnerOf(environment, query, poolRows(plan, descriptors, deal.length), callOff);
  await inOrder(deal, runner, callOff, (result) => {
    noteResult(run, result);
    return take(result);
  });
}

function inOrderOfFrom(sources: readonly ScanSource[]): ScanSource[] {
  return [...sources].sort((a, b) => a.table.index - b.table.index || a.index - b.index);
}

/** @returns the span of time of all events that the plan's sources hold. */
function spanOf({ tables }: QueryRun, { from }: RowsPlan, derived: readonly ScanSource[]): TimeSpan {
  const stored = from.flatMap((source) => (source.kind === 'table' ? (tables.get(source.name)?.sources ?? []) : []));
  const spans = [
    ...stored.map((source) => (source.kind === 'segment' ? source.meta : source)),
    ...derived.map(({ descriptor }) => descriptor as DerivedDescriptor),
  ];
  return {
    timeMin: spans.reduce((min, span) => Math.min(min, span.timeMin), Infinity),
    timeMax: spans.reduce((max, span) => Math.max(max, span.timeMax), -Infinity),
  };
}

/** Answers the plans that the plan reads as sources. */
async function derivedSources(run: QueryRun, plan: RowsPlan): Promise<ScanSource[]> {
  const sources: ScanSource[] = [];
  for (const [index, source] of plan.from.entries())
    if (source.kind === 'derived') sources.push(await derivedSource(run, plan, source, index));
  return sources;
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
