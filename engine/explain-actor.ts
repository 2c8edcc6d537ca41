import type { QueryOptions, QueryResult, ResultColumn } from './api.ts';
import type { Scalar, Values } from './column/values.ts';
import { tellStory, type ActorStory, type EventStory } from './execute/behaviour/actor-story.ts';
import type { FunnelEvents, FunnelTask } from './execute/behaviour/funnel-events.ts';
import { executePlan } from './execute/run.ts';
import type { ExecutionResult } from './execute/result.ts';
import { isNullAt, scalarAt } from './functions/access.ts';
import type { StoryPlan } from './plan/story.ts';
import { compileStory } from './query/compile.ts';
import { warningsOf } from './query/query-warnings.ts';
import type { Statement } from './query/syntax.ts';
import { metaOf, rowsResult } from './rows-result.ts';
import { compileOptions, runOptions, type QueryContext } from './run-query.ts';
import type { Snapshot } from './store/store-types.ts';
import { resultText, storyText } from './story-text.ts';

/**
 * `explain funnel … for ACTOR`: a row for each event of the actor that passes `where` and the range, in the actor's order,
 * with what it did in the attempts that count, or why nothing; then a row for each of these attempts.
 */
export async function explainActor(
  context: QueryContext,
  snapshot: Snapshot,
  { query, actor }: Extract<Statement, { kind: 'explain_actor' }>,
  options: QueryOptions,
): Promise<QueryResult> {
  const started = context.host.clock.monotonic();
  const doubts = new Set<string>();
  const warn = (sentence: string): void => void doubts.add(sentence);
  const plan = compileStory(query, actor, { ...compileOptions(context, snapshot, options), warn });
  const result = await executePlan(context.environment, plan.events, snapshot.tables, runOptions(snapshot, options));
  const read = eventsOf(plan, result);
  const { funnel } = plan;
  const end = funnel.written.until ?? funnel.now;
  const story = tellStory(taskOf(plan), read.events, read.buckets, end);
  const several = funnel.rules.entry === 'every' || funnel.every !== null;
  const { stats } = result;
  const unknown = read.rows.length > 0 ? [] : [nothingOf(plan)];
  return rowsResult(columnsOf(plan, several), rowsOf(plan, read, story, several), {
    ...metaOf(snapshot.id, context.host.clock.monotonic() - started),
    rows_scanned: stats.rowsScanned,
    rows_matched: stats.rowsMatched,
    bytes_scanned: stats.bytesScanned,
    segments_pruned: stats.segmentsPruned,
    warnings: [...warningsOf(query), ...doubts, ...unknown, ...result.warnings],
  });
}

function nothingOf({ actor, funnel: { where, range } }: StoryPlan): string {
  const open = where === null && range.since === null && range.until === null;
  return `There is no event of "${actor.slice(0, 60)}"${open ? '' : ' that passes where and the range'}.`;
}

function taskOf({ funnel }: StoryPlan): FunnelTask {
  const { steps, rules, exclude, holding } = funnel;
  return { steps, rules, exclude, holding: holding.length };
}

/** One actor's events as the machine reads them. */
interface ReadEvents {
  /** Rows of the answer, those without a time left out. */
  readonly rows: readonly number[];
  readonly tables: Values | null;
  readonly events: FunnelEvents;
  readonly buckets: Uint32Array | null;
}

function eventsOf({ funnel, tables }: StoryPlan, { data, rowCount }: ExecutionResult): ReadEvents {
  const columns = data.values();
  const next = (): Values => columns.next().value!;
  const times = next();
  const rows = Array.from({ length: rowCount }, (_, row) => row).filter((row) => !isNullAt(times, row));
  const ofTables = tables ? next() : null;
  const steps = funnel.steps.map(next);
  const exclude = funnel.exclude.map(next);
  const holding = funnel.holding.map(next);
  const bucket = funnel.every === null ? null : next();
  return {
    rows,
    tables: ofTables,
    events: {
      times: Float64Array.from(rows, (row) => Number(scalarAt(times, row))),
      steps: marksOf(steps, rows),
      exclusions: exclude.length === 0 ? new Uint32Array(0) : marksOf(exclude, rows),
      holding: holding.length === 0 ? new Uint32Array(0) : codesOf(holding, rows, true),
    },
    buckets: bucket === null ? null : codesOf([bucket], rows, false),
  };
}

/** @returns for each row the bits of the conditions that are true of it. */
function marksOf(conditions: readonly Values[], rows: readonly number[]): Uint32Array {
  return Uint32Array.from(rows, (row) =>
    conditions.reduce((marks, values, bit) => (scalarAt(values, row) === true ? marks | (1 << bit) : marks), 0),
  );
}

/** @returns a number for each different tuple. @param empty whether a null makes it 0. */
function codesOf(values: readonly Values[], rows: readonly number[], empty: boolean): Uint32Array {
  const codes = new Map<string, number>();
  return Uint32Array.from(rows, (row) => {
    const tuple = values.map((own) => scalarAt(own, row));
    if (empty && tuple.includes(null)) return 0;
    // -0 is written as 0, which it equals.
    const name = JSON.stringify(tuple, (_, value: unknown) =>
      typeof value === 'bigint'
        ? `${value}n`
        : typeof value === 'number' && !Number.isFinite(value)
          ? `${value}`
          : value,
    );
    let code = codes.get(name);
    if (code === undefined) codes.set(name, (code = codes.size + 1));
    return code;
  });
}

function columnsOf({ tables }: StoryPlan, several: boolean): ResultColumn[] {
  return [
    { name: 'time', type: 'time' },
    ...(tables ? [{ name: '_table', type: 'text' } as const] : []),
    { name: 'meets', type: 'list of int' },
    { name: 'advances', type: 'list of int' },
    ...(several ? [{ name: 'attempts', type: 'list of int' } as const] : []),
    { name: 'happened', type: 'text' },
  ];
}

function rowsOf(plan: StoryPlan, read: ReadEvents, story: ActorStory, several: boolean): Scalar[][] {
  const { rows, tables, events } = read;
  const row = (time: Scalar, table: Scalar, meets: Scalar, advances: Scalar, attempts: Scalar, happened: string) => [
    time,
    ...(plan.tables ? [table] : []),
    meets,
    advances,
    ...(several ? [attempts] : []),
    happened,
  ];
  const told = rows.map((at, place) => {
    const own = story.events[place]!;
    const steps = plan.funnel.steps
      .map((_, step) => step + 1)
      .filter((step) => (events.steps[place]! & (1 << (step - 1))) !== 0);
    const { advances, attempts } = advancesOf(own);
    const table = tables === null ? null : scalarAt(tables, at);
    return row(events.times[place]!, table, steps, advances, attempts, storyText(plan, events, story, place));
  });
  if (rows.length === 0) return told;
  if (story.attempts.length === 0)
    return [...told, row(null, null, null, [], [], resultText(plan, events, null, null))];
  const results = story.attempts.map((attempt, at) => {
    const done = attempt.places.flatMap((place, step) => (place < 0 ? [] : [step + 1]));
    return row(null, null, null, done, [at + 1], resultText(plan, events, attempt, several ? at : null));
  });
  return [...told, ...results];
}

function advancesOf(story: EventStory): { readonly advances: number[]; readonly attempts: number[] } {
  if (story.kind === 'not') return { advances: [], attempts: [] };
  const { advances } = story;
  const steps = new Set(advances.flatMap((own) => own.steps.map((step) => step + 1)));
  return { advances: [...steps].sort((a, b) => a - b), attempts: advances.map(({ attempt }) => attempt + 1) };
}
