import type { BehaviourPlan } from '../plan/behaviour.ts';
import { isBehaviour, type QueryPlan, type ScanPlan } from '../plan/query.ts';
import type { EventsPlan, GroupedPlan, LivesPlan, SourcePlan } from '../plan/select.ts';
import { wholeHashSpace, type HashRange, type RowSource, type RowSourceDescriptor } from '../store/row-source.ts';
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
import { hold, keep, purposeOf } from './kept-memory.ts';
import { limitWay } from './limit-way.ts';
import type { PartialLives } from './lives.ts';
import { livesIntoGroups } from './lives-into-groups.ts';
import { allRead, heldBytes, openAccount, rowsInUnits, shareMemory, type MemoryShare } from './memory.ts';
import { onePass, openPasses, type Passes } from './passes.ts';
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
import { reorderedSource, withinRange } from './reordered-source.ts';
import { sourcesKept } from './sources-kept.ts';
import { partOf } from './call-off.ts';
import { behaviourOf } from './behaviour/index.ts';
import { openScan, type Scan, type ScanQuery, type ScanResult, type ScanSource } from './scan-task.ts';
import { sizesFor } from './scan-sizes.ts';
import { rowsOf } from './slices.ts';
import { doInTurns } from './steps.ts';
import { keptSources, tableSources } from './table-sources.ts';
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
  const lives = livesIntoGroups(plan);
  // Lives that are only grouped are no source: what they are cut out of is read instead.
  const scanned = lives === null ? plan : readActorsFromDirectory(lives, lives.actor);
  const keptBefore = run.kept.bytes;
  const sets = await answerSets(run, scanned);
  const finished = await answerOver(run, plan, { passes: await passesOf(run, scanned), sets, unordered }, scanned);
  run.kept.bytes = keptBefore;
  return finished;
}

/** What a plan reads: its sources, and the answers of its subqueries. */
interface Read {
  readonly passes: Passes;
  readonly sets: readonly ValueSet[];
  readonly unordered: boolean;
}

/** @param scanned another plan that is scanned for what this one groups. */
async function answerOver(
  run: QueryRun,
  original: QueryPlan,
  read: Read,
  scanned: ScanPlan = original,
): Promise<Finished> {
  const plan = isBehaviour(original) ? await withFirst(run, original, read) : original;
  const { callOff, cost } = run;
  const { passes, sets, unordered } = read;
  const grouped = groupedOf(plan);
  const times = isBehaviour(plan) ? spanPlan(plan, grouped!) : grouped === null ? null : timesPlan(grouped);
  const passing = times === null ? null : timesOf(await answerOver(run, times, read));
  const grouping = grouped === null ? null : { ...groupingOf(grouped, passes.span, passing), unordered };
  const { timezone, now } = plan;
  const noteNoValue = (name: string, rows: number): void => noteMissing(run, name, rows);
  const evaluator = new Evaluator({ timezone, now, seed: seedOf(run), noteNoValue, check: callOff.check }, sets);
  const span = passing ?? passes.span;
  const memory = shareMemory(run.memoryMax, passes.rows, purposeOf(plan), run.kept.bytes);
  const answer = createAnswer(plan, grouping, span, evaluator, openAccount(memory));
  const scans = scanned.kind === 'lives' ? [{ plan: scanned, cells: null, span: null }] : scansOf(plan, grouping, span);
  const inexact = await scanPasses(run, { scans, passes, sets, memory }, (result, scan) =>
    doInTurns(answer.take(result, scan), callOff.turn),
  );
  allRead(memory);
  const begun = run.monotonic();
  const threads = run.environment.pool?.threads;
  if (threads !== undefined && threads.count > 0) await answer.prepare(threads, callOff.check);
  const finished = await doInTurns(answer.finish(), callOff.turn);
  cost.finishMs = run.monotonic() - begun;
  cost.rows = finished.rowCount;
  cost.groups = finished.groups ?? null;
  return { ...finished, approximate: inexactOf(plan, inexact, finished.approximate) };
}

/** Answers what a behaviour has to know before. */
async function withFirst<P extends BehaviourPlan>(run: QueryRun, original: P, read: Read): Promise<P> {
  const behaviour = behaviourOf(original);
  const open = (descriptor: RowSourceDescriptor): RowSource => run.environment.openSource(descriptor);
  const { atOnce } = read.passes;
  const texts = (column: string, most: number) => (atOnce === null ? null : textsWithin(atOnce, open, column, most));
  const plan = behaviour.known?.(original, texts) ?? original;
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
  const passes = await passesOf(run, plan);
  const parts: PartialLives[] = [];
  const memory = shareMemory(run.memoryMax, passes.rows, 'The lives of actors', run.kept.bytes);
  const scans = [{ plan, cells: null, span: null }];
  const inexact = await scanPasses(run, { scans, passes, sets, memory }, async ({ lives }) => void parts.push(lives!));
  const begun = run.monotonic();
  const joining = joinLives(plan, parts, seedOf(run), run.environment.sizes?.blockRowsMax);
  const rows = await doInTurns(joining, run.callOff.turn);
  run.cost.finishMs = run.monotonic() - begun;
  run.cost.rows = rows.rowCount;
  run.kept.bytes = keptBefore;
  return { ...rows, approximate: inexactOf(plan, inexact, rows.approximate) };
}

/** What is scanned, pass by pass. */
interface PassedScans {
  readonly scans: readonly OneScan[];
  readonly passes: Passes;
  readonly sets: readonly ValueSet[];
  readonly memory: MemoryShare;
}

/** Does all scans in each pass. @returns the names of columns of the sources that are not exact. */
async function scanPasses(
  run: QueryRun,
  { scans, passes, sets, memory }: PassedScans,
  take: (result: ScanResult, scan: number) => Promise<void>,
): Promise<ReadonlySet<string>> {
  const inexact = new Set<string>();
  await passes.each(
    () => heldBytes(memory),
    async (sources, count) => {
      memory.kept = run.kept.bytes;
      const prepared = scans.map((scan) => preparedScan(run, scan, sources, sets));
      // Of one pass it is known what its scans leave out.
      if (count === 1) memory.rows = rowsInUnits(rowsOfAll(prepared));
      for (const [number, scan] of prepared.entries())
        await scanAll(run, scan, memory, (result) => take(result, number), count);
      for (const { descriptor } of sources)
        if (descriptor.kind === 'derived') for (const name of descriptor.approximate) inexact.add(name);
    },
  );
  memory.kept = run.kept.bytes;
  return inexact;
}

/** @returns the names of outputs that are not exact: of themselves, or for what they are made of. */
function inexactOf(plan: ScanPlan, columns: ReadonlySet<string>, own: readonly string[]): string[] {
  return [...new Set([...own, ...outputsOfInexact(plan, columns)])];
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

/** @returns what a plan reads, in as many passes as its memory asks for. */
async function passesOf(run: QueryRun, plan: ScanPlan): Promise<Passes> {
  const reordered = reorderedSource(plan);
  if (reordered === null) return onePass(await sourcesOf(run, plan));
  const inner = within(run, 'derived');
  const { rows } = sourcesKept(run.environment, run.tables, reordered.plan);
  return openPasses({
    run,
    reordered,
    rowsMost: rows,
    collect: (range) => {
      const source = range === wholeHashSpace ? reordered.source : withinRange(reordered, range);
      return derivedSource({ ...inner, callOff: partOf(run.callOff) }, plan, source, 0);
    },
    // What it misses is missed again by those who read.
    ask: (counting) => answerSelect({ ...inner, missing: new Map() }, counting),
    made: (count) => (inner.cost.passes = count),
  });
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
    else sources.push(await derivedSource(within(run, 'derived'), plan, source, index));
  }
  return sources;
}

/** @param run that of the plan within. */
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
  const kept = (descriptor: DerivedDescriptor): ScanSource => {
    keep(run, `${own.kind === 'lives' ? 'Rows of actors' : 'A query'} in from`, bytesOfDerived(descriptor));
    return { descriptor, index: 0, table, actor };
  };
  if (own.kind === 'lives') return kept(await answerLives(run, own));
  const answer = await answerSelect(run, own, !readsOrder(outer));
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

/**
 * Scans the sources, in the pool where that is worth its way, and takes what tasks find in their order.
 * @param parts that the hash space is cut in, all rows being of one of them.
 */
async function scanAll(
  run: QueryRun,
  { plan, cells, span, only, sources, sets }: PreparedScan,
  memory: MemoryShare,
  take: (result: ScanResult) => Promise<void>,
  parts: number,
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
  const tasks = dealScan(plan, read, only, sizesFor(plan, environment.sizes, parts));
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

/** Tasks have no use for the plans within theirs: those are answered. */
function bare(plan: ScanPlan): ScanPlan {
  const own = { ...plan, subqueries: [], from: [] };
  return own.kind === 'lives' && own.into !== undefined
    ? { ...own, into: { ...own.into, subqueries: [], from: [] } }
    : own;
}

function seedOf({ environment }: QueryRun): number {
  return environment.seed ?? 0;
}
