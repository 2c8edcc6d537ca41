import type { ParameterValue, QueryOptions, QueryResult } from './api.ts';
import { errorFromUnknown, VarveError } from './base/errors.ts';
import type { TableSchema } from './column/schema.ts';
import type { Scalar } from './column/values.ts';
import type { OwnEnvironment } from './execute/environment.ts';
import { executePlan } from './execute/run.ts';
import type { RunOptions } from './execute/query-run.ts';
import type { BehaviourPlan } from './plan/behaviour.ts';
import type { ExecutionResult } from './execute/result.ts';
import { answeredBehaviour, groupingOf } from './grouping.ts';
import type { Host } from './host/host.ts';
import { isBehaviour, type QueryPlan } from './plan/query.ts';
import { compileQuestion, type CompileOptions } from './query/compile.ts';
import type { QuerySyntax } from './query/syntax-behaviour.ts';
import { warningsOf } from './query/query-warnings.ts';
import { unmatchedConditions } from './unmatched-conditions.ts';
import { createQueryResult } from './query-result.ts';
import type { Snapshot, Store } from './store/store-types.ts';

/** What answers are made with. */
export interface QueryContext {
  readonly host: Host;
  readonly store: Store;
  readonly environment: OwnEnvironment;
}

/**
 * Takes a snapshot, has something asked of it, and lets it go.
 * @param text the query, which errors bear, so that their place can be shown.
 */
export async function withSnapshot<T>(
  { store, environment }: QueryContext,
  text: string,
  ask: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const snapshot = store.snapshot();
  const letGo = (): void => {
    snapshot.release();
    environment.closeFiles();
  };
  let calledOff = false;
  try {
    return await ask(snapshot);
  } catch (error) {
    const known = errorFromUnknown(error);
    calledOff = known.code === 'cancelled' || known.code === 'timeout';
    throw Object.defineProperty(known, 'queryText', { value: text, configurable: true });
  } finally {
    const work = working.get(snapshot);
    if (work !== undefined && calledOff) void work.then(letGo);
    else {
      await work;
      letGo();
    }
  }
}

/** A query that was called off fails at once, while threads still read what its snapshot holds. */
const working = new WeakMap<Snapshot, Promise<unknown>>();

function keepWhile(snapshot: Snapshot, work: Promise<unknown>): void {
  const all = Promise.all([working.get(snapshot), work]).then(() => {
    if (working.get(snapshot) === all) working.delete(snapshot);
  });
  working.set(snapshot, all);
}

/** Compiles and runs a query over a snapshot. */
export async function runQuery(
  context: QueryContext,
  snapshot: Snapshot,
  query: string | QuerySyntax,
  options: QueryOptions,
): Promise<QueryResult> {
  const started = context.host.clock.monotonic();
  const doubts = new Set<string>();
  const plan = compileOver(context, snapshot, query, options, (sentence) => doubts.add(sentence));
  const result = await executePlan(context.environment, plan, snapshot.tables, runOptions(snapshot, options));
  const warnings = [
    ...(typeof query === 'string' ? [] : warningsOf(query)),
    ...doubts,
    ...emptyRange(plan),
    ...(isBehaviour(plan) ? await unmatched(context, snapshot, plan, result, options) : []),
    ...result.warnings,
  ];
  return resultOf(context, snapshot, plan, { ...result, warnings }, started);
}

async function unmatched(
  { environment }: QueryContext,
  snapshot: Snapshot,
  plan: BehaviourPlan,
  result: ExecutionResult,
  options: QueryOptions,
): Promise<string[]> {
  return unmatchedConditions(plan, result, (asked, memory) =>
    executePlan(environment, asked, snapshot.tables, { ...runOptions(snapshot, options), ...memory }),
  );
}

function emptyRange({ written: { since, until } }: QueryPlan): string[] {
  return since !== null && until !== null && since >= until ? ['since is not before until: no event can count.'] : [];
}

/** @returns how an execution is to run, so that the snapshot stays until its threads are done. */
export function runOptions(snapshot: Snapshot, { signal, timeoutMs, memory }: QueryOptions): RunOptions {
  return { signal, timeoutMs, memory, working: (work) => keepWhile(snapshot, work) };
}

/** @returns the plan of a query over a snapshot. @param warn takes sentences about what is hardly meant. */
export function compileOver(
  context: QueryContext,
  snapshot: Snapshot,
  query: string | QuerySyntax,
  options: QueryOptions,
  warn?: (sentence: string) => void,
): QueryPlan {
  return compileQuestion(query, { ...compileOptions(context, snapshot, options), warn });
}

/** @returns what a query over a snapshot is compiled against. */
export function compileOptions({ host }: QueryContext, snapshot: Snapshot, options: QueryOptions): CompileOptions {
  return {
    schemas: new Map<string, TableSchema>([...snapshot.tables].map(([name, table]) => [name, table.schema])),
    definitions: snapshot.definitions,
    params: parameters(options),
    now: options.now?.getTime() ?? host.clock.now(),
    timezone: options.timezone ?? 'UTC',
  };
}

/** @returns an execution's answer with its metadata. */
export function resultOf(
  { host }: QueryContext,
  snapshot: Snapshot,
  plan: QueryPlan,
  result: ExecutionResult,
  started: number,
): QueryResult {
  const meta = {
    rows_scanned: result.stats.rowsScanned,
    rows_matched: result.stats.rowsMatched,
    bytes_scanned: result.stats.bytesScanned,
    segments_pruned: result.stats.segmentsPruned,
    elapsed_ms: Math.round((host.clock.monotonic() - started) * 1000) / 1000,
    sample: 1,
    exact: result.approximate.length === 0,
    approximate: result.approximate,
    snapshot: snapshot.id,
    warnings: result.warnings,
  };
  const { columns, data, rowCount } = result;
  return createQueryResult(columns, data, rowCount, meta, groupingOf(plan, columns), answeredBehaviour(plan));
}

function parameters(options: QueryOptions): Record<string, Scalar> {
  return Object.fromEntries(
    Object.entries(options.params ?? {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item) => parameter(name, item as ParameterValue)) : parameter(name, value),
    ]),
  );
}

function parameter(name: string, value: ParameterValue): Scalar {
  return value instanceof Date ? timeText(name, value) : (value as Scalar);
}

function timeText(name: string, date: Date): string {
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new VarveError('usage', `The parameter $${name} is no value: an invalid Date.`, {
    hint: 'Give a text, a number, a bool, a Date or null.',
  });
}
