import { limits } from '../base/limits.ts';
import type { BehaviourPlan } from '../plan/behaviour.ts';
import { isBehaviour, type QueryPlan, type ScanPlan } from '../plan/query.ts';
import type { EventsPlan, GroupedPlan, LivesPlan, SourcePlan } from '../plan/select.ts';
import type { HashRange, RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { actorPlaces, readActorsFromDirectory } from './actor-column.ts';
import { createAnswer } from './answer.ts';
import { cohortPlan, type Cohort } from './cohort.ts';
import { withCohortSources } from './cohorts.ts';
import { derivedFromAnswer } from './derived-build.ts';
import { bytesOfDerived, type DerivedDescriptor } from './derived-descriptor.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { Evaluator } from './expression.ts';
import type { PartialEvents } from './events.ts';
import type { Finished } from './finish.ts';
import { groupingOf, spanPlan, timesOf, timesPlan, type Grouping } from './grouping.ts';
import { outputsOfInexact } from './inexact.ts';
import { joinLives } from './join-lives.ts';
import { limitWay } from './limit-way.ts';
import type { PartialLives } from './lives.ts';
import { allRead, openAccount, shareMemory, type MemoryShare } from './memory.ts';
import { totalStats } from './plan-cost.ts';
import { columnsRead, planOfSet, readsOrder, withOutputs } from './plan-parts.ts';
import { poolRows } from './pool-rows.ts';
import {
  newQueryRun,
  noteMissing,
  noteResult,
  warningsOf,
  within,
  type QueryRun,
  type RunOptions,
} from './query-run.ts';
import type { ExecutionResult } from './result.ts';
import { inOrder, runnerOf } from './run-tasks.ts';
import { dealScan } from './scan-piece.ts';
import { behaviourOf } from './behaviour/index.ts';
import { openScan, type Scan, type ScanQuery, type ScanResult, type ScanSource } from './scan-task.ts';
import { rowsOf, type ScanSizes } from './slices.ts';
import { doInTurns } from './steps.ts';
import { keptSources, spanOf, tableSources } from './table-sources.ts';
import { textsWithin } from './texts-within.ts';
import type { TimeCells, TimeSpan } from './time-windows.ts';
import { bytesOfSet, valueSetOf, type ValueSet } from './value-set.ts';

/**
 * Answers a plan over the tables of a snapshot. The slices and their deal to tasks depend on the plan and the snapshot
 * alone, and what tasks find is merged in their order: the answer is the same to the byte whatever the number of threads.
 * Plans within it, sources and subqueries, are answered one after another before it.
 * @throws VarveError `cancelled`, `timeout`, `limit`, `type` (a sum beyond 64 bits), `data_corrupted`.
 */
export async function executePlan(
  environment: ExecutionEnvironment,
  plan: QueryPlan,
  tables: ReadonlyMap<string, TableSnapshot>,
  options: RunOptions = {},
): Promise<ExecutionResult> {
  const run = newQueryRun(environment, tables, options);
  const work = answerSelect(run, plan).finally(() => run.callOff.end());
  options.working?.(work.catch(() => undefined));
  const finished = await Promise.race([work, run.callOff.calledOff]);
  return { ...finished, stats: totalStats(run.cost), cost: run.cost, warnings: warningsOf(run) };
}

/** @param unordered the rows may come in any order, the same one every time. */
async function answerSelect(run: QueryRun, original: QueryPlan, unordered = false): Promise<Finished> {
  run.callOff.check();
  const plan = readActorsFromDirectory(original, original.actor);
  const keptBefore = run.kept.bytes;
  const sets = await answerSets(run, plan);
  const finished = await answerOver(run, plan, { sources: await sourcesOf(run, plan), sets, unordered });
  run.kept.bytes = keptBefore;
  return finished;
}

/** What a plan reads: its sources, and the answers of its subqueries. */
interface Read {
  readonly sources: readonly ScanSource[];
  readonly sets: readonly ValueSet[];
  readonly unordered: boolean;
}

async function answerOver(run: QueryRun, original: QueryPlan, read: Read): Promise<Finished> {
  const plan = isBehaviour(original) ? await withFirst(run, original, read) : original;
  const { callOff, cost } = run;
  const { sources, sets, unordered } = read;
  const grouped = groupedOf(plan);
  const times = isBehaviour(plan) ? spanPlan(plan, grouped!) : grouped === null ? null : timesPlan(grouped);
  const passing = times === null ? null : timesOf(await answerOver(run, times, read));
  const grouping = grouped === null ? null : { ...groupingOf(grouped, spanOf(sources), passing), unordered };
  const { timezone, now } = plan;
  const noteNoValue = (name: string, rows: number): void => noteMissing(run, name, rows);
  const evaluator = new Evaluator({ timezone, now, seed: seedOf(run), noteNoValue, check: callOff.check }, sets);
  const span = passing ?? spanOf(sources);
  const scans = scansOf(plan, grouping, span).map((scan) => preparedScan(run, scan, sources, sets));
  const memory = shareMemory(run.memoryMax, rowsOfAll(scans), purposeOf(plan), run.kept.bytes);
  const answer = createAnswer(plan, grouping, span, evaluator, openAccount(memory));
  for (const [number, scan] of scans.entries())
    await scanAll(run, scan, memory, (result) => doInTurns(answer.take(result, number), callOff.turn));
  allRead(memory);
  const begun = run.monotonic();
  const threads = run.environment.pool?.threads;
  if (threads !== undefined && threads.count > 0) await answer.prepare(threads, callOff.check);
  const finished = await doInTurns(answer.finish(), callOff.turn);
  cost.finishMs = run.monotonic() - begun;
  cost.rows = finished.rowCount;
  cost.groups = finished.groups ?? null;
  return { ...finished, approximate: inexactOf(plan, sources, finished.approximate) };
}

/** Answers what a behaviour has to know before. */
async function withFirst<P extends BehaviourPlan>(run: QueryRun, original: P, read: Read): Promise<P> {
  const behaviour = behaviourOf(original);
  const open = (descriptor: RowSourceDescriptor): RowSource => run.environment.openSource(descriptor);
  const plan = behaviour.known?.(original, (column, most) => textsWithin(read.sources, open, column, most)) ?? original;
  const before = behaviour.first?.(plan) ?? null;
  return before === null ? plan : behaviour.joined!(plan, await answerOver(run, before, read));
}

/** @returns what is grouped: the plan itself, or the rows that a behaviour is made of; null where nothing is. */
function groupedOf(plan: QueryPlan): GroupedPlan | null {
  if (isBehaviour(plan)) return behaviourOf(plan).grouped(plan);
  return plan.kind === 'grouped' ? plan : null;
}

function scansOf(plan: QueryPlan, grouping: Grouping | null, span: TimeSpan): readonly OneScan[] {
  if (isBehaviour(plan)) return [{ plan: behaviourOf(plan).scanned(plan), cells: null, span }];
  return (grouping?.scans ?? [{ plan, cells: null }]).map((scan) => ({ ...scan, span: null }));
}

async function answerLives(run: QueryRun, original: LivesPlan): Promise<DerivedDescriptor> {
  const plan = readActorsFromDirectory(original, original.actor);
  const keptBefore = run.kept.bytes;
  const sets = await answerSets(run, plan);
  const sources = await sourcesOf(run, plan);
  const parts: PartialLives[] = [];
  const scan = preparedScan(run, { plan, cells: null, span: null }, sources, sets);
  const memory = shareMemory(run.memoryMax, rowsOfAll([scan]), 'The lives of actors', run.kept.bytes);
  await scanAll(run, scan, memory, async ({ lives }) => void parts.push(lives!));
  const begun = run.monotonic();
  const joining = joinLives(plan, parts, seedOf(run), run.environment.sizes?.blockRowsMax);
  const rows = await doInTurns(joining, run.callOff.turn);
  run.cost.finishMs = run.monotonic() - begun;
  run.cost.rows = rows.rowCount;
  run.kept.bytes = keptBefore;
  return { ...rows, approximate: inexactOf(plan, sources, rows.approximate) };
}

/** @returns the names of outputs that are not exact: of themselves, or for what they are made of. */
function inexactOf(plan: ScanPlan, sources: readonly ScanSource[], own: readonly string[]): string[] {
  const columns = sources.flatMap(({ descriptor }) => (descriptor.kind === 'derived' ? descriptor.approximate : []));
  return [...new Set([...own, ...outputsOfInexact(plan, new Set(columns))])];
}

/** @throws VarveError `limit` when something that is made at once is more than there is room for. */
function hold({ memoryMax, kept }: QueryRun, purpose: string, bytes: number): void {
  const memory = shareMemory(memoryMax, 0, purpose, kept.bytes);
  allRead(memory);
  openAccount(memory).hold(bytes);
}

/** The same of what stays until the plan that reads it is answered. */
function keep(run: QueryRun, purpose: string, bytes: number): void {
  hold(run, purpose, bytes);
  run.kept.bytes += bytes;
}

/** What takes a plan's memory, for people. */
function purposeOf(plan: QueryPlan): string {
  if (plan.kind === 'events') return 'The rows';
  if (isBehaviour(plan)) return plan.kind;
  return plan.keys.length === 0 ? 'The measures' : `group by ${plan.keys.map(({ name }) => name).join(', ')}`;
}

/** Answers the plan's `in (select …)`, unless its tasks tell who is in. */
async function answerSets(run: QueryRun, plan: ScanPlan): Promise<ValueSet[]> {
  const sets: ValueSet[] = [];
  for (const [index, subquery] of plan.subqueries.entries()) {
    const inner = within(run, 'subqueries');
    const told = cohortPlan(plan, index);
    if (told !== null) {
      sets.push(cohortOf(run, told));
      continue;
    }
    const { data } = await answerSelect(inner, planOfSet(subquery), true);
    run.callOff.check();
    const set = valueSetOf(data[0]);
    keep(run, 'What in (select …) gives', bytesOfSet(set));
    sets.push(set);
  }
  return sets;
}

function cohortOf(run: QueryRun, plan: GroupedPlan): Cohort {
  const sources = plan.from.flatMap(({ name }, index) => tableSources(run, name, index));
  return { kind: 'cohort', plan, sources: keptSources(run.environment, plan, sources, null) };
}

/** @returns all sources of a plan, those that are answers answered. */
async function sourcesOf(run: QueryRun, plan: ScanPlan): Promise<ScanSource[]> {
  const sources: ScanSource[] = [];
  for (const [index, source] of plan.from.entries()) {
    if (source.kind === 'table') sources.push(...tableSources(run, source.name, index));
    else sources.push(await derivedSource(run, plan, source, index));
  }
  return sources;
}

async function derivedSource(
  run: QueryRun,
  outer: ScanPlan,
  { name, plan, actor }: Extract<SourcePlan, { kind: 'derived' }>,
  index: number,
): Promise<ScanSource> {
  const wanted = new Set(columnsRead(outer));
  if (actor !== null) wanted.add(actor);
  const own = withOutputs(plan, wanted);
  const table = { index, name };
  const inner = within(run, 'derived');
  const kept = (descriptor: DerivedDescriptor): ScanSource => {
    keep(run, `${own.kind === 'lives' ? 'Rows of actors' : 'A query'} in from`, bytesOfDerived(descriptor));
    return { descriptor, index: 0, table, actor };
  };
  if (own.kind === 'lives') return kept(await answerLives(inner, own));
  const answer = await answerSelect(inner, own, !readsOrder(outer));
  // Numbers take 8 bytes and a bit, texts 4 beside what each distinct one takes; a row moves by its place.
  const places = answer.tables === undefined ? 12 : 28;
  hold(run, 'A query in from', answer.rowCount * (places + 9 * answer.columns.length));
  const laying = derivedFromAnswer(answer, actor, seedOf(run), run.environment.sizes?.blockRowsMax);
  return kept(await doInTurns(laying, run.callOff.turn));
}

/** One scan of a plan: of those that are compared there are two. */
interface OneScan {
  readonly plan: ScanPlan;
  readonly cells: TimeCells | null;
  /** When the first and the last event that passes were, where buckets are laid by that. */
  readonly span: TimeSpan | null;
}

/** The same with what it reads and what was answered before it. */
interface PreparedScan extends OneScan {
  /** The places in the hash space of the actors that the plan names; null = any. */
  readonly only: readonly HashRange[] | null;
  readonly sources: readonly ScanSource[];
  readonly sets: readonly ValueSet[];
}

function preparedScan(
  run: QueryRun,
  { plan, cells, span }: OneScan,
  all: readonly ScanSource[],
  sets: readonly ValueSet[],
): PreparedScan {
  const { environment, cost } = run;
  const only = environment.seed === undefined ? null : actorPlaces(plan.where, environment.seed);
  // A series without any bucket reads nothing.
  const sources = cells?.bounds.length === 0 ? [] : keptSources(environment, plan, all, only);
  cost.sources += all.length;
  cost.stats.segmentsPruned += all.length - sources.length;
  return { plan, cells, span, only, sources, sets };
}

function rowsOfAll(scans: readonly PreparedScan[]): number {
  return scans.reduce(
    (total, { sources }) => sources.reduce((sum, { descriptor }) => sum + rowsOf(descriptor), total),
    0,
  );
}

/** Scans the sources, in the pool where that is worth its way, and takes what tasks find in their order. */
async function scanAll(
  run: QueryRun,
  { plan, cells, span, only, sources, sets }: PreparedScan,
  memory: MemoryShare,
  take: (result: ScanResult) => Promise<void>,
): Promise<void> {
  const { environment, callOff, cost } = run;
  callOff.check();
  const query: ScanQuery = {
    plan: bare(plan),
    actor: plan.actor,
    sources,
    sets,
    cells,
    span,
    seed: seedOf(run),
    cancelled: callOff.flag,
    memory,
  };
  const begun = run.monotonic();
  const way = limitWay(plan, sources);
  const own = way === 'tasks' ? null : openOwn(run, query);
  if (way === 'first') {
    const result = await doInTurns(own!.first(), callOff.turn).finally(() => own!.rest());
    cost.scanMs += run.monotonic() - begun;
    if (result !== null) {
      noteResult(run, result);
      return take(result);
    }
  }
  const read = withCohortSources(sources, sets);
  const tasks = dealScan(plan, read, only, sizesFor(plan, environment));
  const late = plan.kind === 'events' && own !== null ? bare({ ...plan, outputs: [] }) : null;
  const rows = poolRows(plan, read, tasks.length);
  const runner = runnerOf(environment, late === null ? query : { ...query, plan: late }, rows, callOff);
  const found: PartialEvents[] = [];
  const scanning = inOrder(tasks, runner, callOff, async (result) => {
    noteResult(run, result);
    if (late === null) await take(result);
    else found.push(result.events!);
  });
  await scanning.finally(() => runner.end());
  if (late !== null) {
    const result = await doInTurns(own!.late(plan as EventsPlan, found), callOff.turn).finally(() => own!.rest());
    noteResult(run, result);
    await take(result);
  }
  cost.scanMs += run.monotonic() - begun;
}

/** Opens a scan on this thread. */
function openOwn({ environment, callOff }: QueryRun, query: ScanQuery): Scan {
  return openScan(query, (descriptor) => environment.openSource(descriptor), undefined, callOff.check);
}

/** Events of a slice are put in another order where lives are cut and behaviour is followed: that is done within a core's cache. */
function sizesFor(plan: ScanPlan, { sizes = limits }: ExecutionEnvironment): ScanSizes {
  return plan.kind === 'lives' || (isBehaviour(plan) && behaviourOf(plan).ordersEvents(plan))
    ? { ...sizes, sliceRowsMax: Math.min(sizes.sliceRowsMax, limits.liveRowsMax / 4) }
    : sizes;
}

/** Tasks have no use for the plans within theirs: those are answered. */
function bare(plan: ScanPlan): ScanPlan {
  return { ...plan, subqueries: [], from: [] };
}

function seedOf({ environment }: QueryRun): number {
  return environment.seed ?? 0;
}
