import { isVarveError } from '../../engine/index.ts';
import { OverflowError, aggregates } from './aggregates.ts';
import type { Cell } from './cells.ts';
import { cellOf, differenceOf, differenceOfAnswers, sameCell, show } from './compare.ts';
import type { Duck } from './duck.ts';
import { bucketsOfQuery, evaluate, type Answer, type World } from './evaluate.ts';
import { isPartial } from './evaluate-every.ts';
import { windowStart } from './evaluate-groups.ts';
import { NoEquivalent, printDuck } from './print-duck.ts';
import { printVarve } from './print-varve.ts';
import { ask, type EngineAnswer, type OpenStates, type Runner, type State } from './stores.ts';
import { holds, isGrouped, type Expr, type Query } from './tree.ts';

/** One state of the store, asked in one way. */
export interface Configuration {
  readonly state: State;
  readonly runner: Runner;
}

export interface Checked {
  /** What is wrong, or null. */
  readonly problem: string | null;
  /** Those that were wrong. */
  readonly involved: readonly Configuration[];
  /** Whether DuckDB was asked and agreed; else why not. */
  readonly duck: 'compared' | string;
}

/** All that a round has opened. */
export interface Bench {
  /** Events without an actor stand by their place in the log among equal times: each store has an order of its own. */
  readonly worlds: ReadonlyMap<State, World>;
  readonly opened: OpenStates;
  readonly duck: Duck | null;
}

/** @returns whether sums of floats and the like are in an answer, the last digits of which depend on the order of adding. */
export function isUnstable(query: Query): boolean {
  const test = (part: Expr): boolean =>
    (part.kind === 'aggregate' && aggregates.get(part.name)!.unstable === true) ||
    (part.kind === 'in_query' && isUnstable(part.query));
  return (
    query.items.some(({ expr }) => holds(expr, test)) ||
    query.from.some(
      (source) =>
        (source.kind === 'query' && isUnstable(source.query)) ||
        ((source.kind === 'sessions' || source.kind === 'actors') &&
          source.aggregates.some(({ expr }) => holds(expr, test))),
    )
  );
}

/** Whether an answer depends on the order in which events are stored: that of events does, and what is first. */
function goesByOrder(query: Query): boolean {
  const test = ({ kind, ...rest }: Expr): boolean =>
    kind === 'aggregate' && /^(first|last) /.test((rest as { name: string }).name);
  const parts = [...query.items, ...query.order, ...(query.having === null ? [] : [{ expr: query.having }])];
  return (
    !isGrouped(query) || query.from.some(({ kind }) => kind !== 'table') || parts.some(({ expr }) => holds(expr, test))
  );
}

/** Asks the evaluator, the engine in several configurations, and DuckDB, and holds their answers against each other. */
export async function check(query: Query, bench: Bench, configurations: readonly Configuration[]): Promise<Checked> {
  const text = printVarve(query);
  const unstable = isUnstable(query);
  const expected = new Map<State | 'any', Answer | 'overflow'>();
  const answers: { readonly configuration: Configuration; readonly answer: EngineAnswer | string }[] = [];
  for (const configuration of configurations) {
    const { state } = configuration;
    const key = goesByOrder(query) ? state : 'any';
    const wanted = expected.get(key) ?? expectedOf(query, bench.worlds.get(state)!);
    expected.set(key, wanted);
    const answer = await answerOf(bench, configuration, text);
    answers.push({ configuration, answer });
    const problem = problemOf(query, wanted, answer, unstable);
    if (problem !== null)
      return { problem: `${nameOf(configuration)}: ${problem}`, involved: [configuration], duck: 'not asked' };
  }
  const strange = strangeAnswer(answers, unstable);
  if (strange !== null) return { ...strange, duck: 'not asked' };
  const [first] = answers;
  if (bench.duck === null || typeof first!.answer === 'string')
    return { problem: null, involved: [], duck: 'no answer' };
  const { configuration, answer } = first as { readonly configuration: Configuration; readonly answer: EngineAnswer };
  return { ...(await againstDuck(query, answer, configuration.state, bench)), involved: [configuration] };
}

function expectedOf(query: Query, world: World): Answer | 'overflow' {
  try {
    return evaluate(query, world);
  } catch (error) {
    if (error instanceof OverflowError) return 'overflow';
    throw new Error(`The evaluator failed at ${printVarve(query)}`, { cause: error });
  }
}

async function answerOf(
  { opened }: Bench,
  { state, runner }: Configuration,
  text: string,
): Promise<EngineAnswer | string> {
  try {
    return await ask(opened, state, runner, text);
  } catch (error) {
    if (!isVarveError(error)) return `${String(error)} ${(error as Error).stack ?? ''}`;
    return `${error.code}: ${error.message}`;
  }
}

function problemOf(
  query: Query,
  wanted: Answer | 'overflow',
  got: EngineAnswer | string,
  unstable: boolean,
): string | null {
  if (wanted !== 'overflow') return typeof got === 'string' ? `error ${got}` : differenceOf(wanted, got, unstable);
  // A sum of a source that nobody asks for need not be made.
  if (isRefusedSum(got) || query.from.some(({ kind }) => kind !== 'table') || query.where?.kind === 'in_query')
    return null;
  return `wanted an error for a sum beyond 64 bits, got ${typeof got === 'string' ? got : 'an answer'}`;
}

function isRefusedSum(got: EngineAnswer | string): boolean {
  return typeof got === 'string' && got.startsWith('type: A sum of ints');
}

function nameOf({ state, runner }: Configuration): string {
  return `${state}, ${runner.name}`;
}

/** One state gives the same bytes on any number of threads; cut into other slices, sums of floats may differ in the last digits. */
function strangeAnswer(
  answers: readonly { readonly configuration: Configuration; readonly answer: EngineAnswer | string }[],
  unstable: boolean,
): Pick<Checked, 'problem' | 'involved'> | null {
  for (const [index, { configuration, answer }] of answers.entries()) {
    for (const other of answers.slice(0, index)) {
      if (typeof answer === 'string' || typeof other.answer === 'string') continue;
      if (configuration.state !== other.configuration.state) continue;
      const sameSlices = configuration.runner.slicing === other.configuration.runner.slicing;
      const difference = differenceOfAnswers(other.answer, answer, unstable && !sameSlices);
      if (difference === null) continue;
      const problem = `${nameOf(other.configuration)} and ${nameOf(configuration)} differ: ${difference}`;
      return { problem, involved: [other.configuration, configuration] };
    }
  }
  return null;
}

async function againstDuck(
  query: Query,
  answer: EngineAnswer,
  state: State,
  bench: Bench,
): Promise<Omit<Checked, 'involved'>> {
  let sql: string;
  try {
    const world = bench.worlds.get(state)!;
    const buckets = query.every === null ? [] : bucketsOfQuery(query, world);
    sql = printDuck(
      query,
      buckets.map((bucket) => ({
        ...bucket,
        from: windowStart(query, bucket),
        partial: isPartial(query, { ms: bucket.start }, world),
      })),
    );
  } catch (error) {
    if (error instanceof NoEquivalent) return { problem: null, duck: error.message };
    if (error instanceof OverflowError) return { problem: null, duck: 'overflow' };
    throw error;
  }
  let rows: readonly (readonly unknown[])[];
  try {
    rows = await bench.duck!.ask(sql, query.zone, state);
  } catch (error) {
    return { problem: null, duck: `error: ${(error as Error).message.split('\n')[0]!.slice(0, 90)}` };
  }
  if (rows.length !== answer.rows.length)
    return { problem: `DuckDB has ${rows.length} rows, Varve ${answer.rows.length}\n  ${sql}`, duck: 'differs' };
  for (const [index, row] of answer.rows.entries()) {
    for (const [column, value] of row.entries()) {
      const own = cellOf(value, answer.types[column]!);
      const theirs = theirCell(rows[index]![column], own);
      if (!sameCell(own, theirs, 1e-12))
        return {
          problem: `DuckDB, row ${index}, column ${answer.names[column]}: ${show(theirs)}, Varve ${show(own)}\n  ${sql}`,
          duck: 'differs',
        };
    }
  }
  return { problem: null, duck: 'compared' };
}

/** DuckDB's value in the shape of ours: a time is its ms, a list has items. */
function theirCell(value: unknown, like: Cell): Cell {
  if (typeof like === 'object' && like !== null && 'ms' in like && typeof value === 'bigint')
    return { ms: Number(value) };
  if (typeof value === 'object' && value !== null && 'items' in value)
    return (value as { items: readonly Cell[] }).items;
  return (value ?? null) as Cell;
}
