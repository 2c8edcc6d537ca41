import { isVarveError } from '../../engine/index.ts';
import { OverflowError, aggregates } from './aggregates.ts';
import { againstDuck, askDuck } from './check-duck.ts';
import { differenceOf, differenceOfAnswers } from './compare.ts';
import type { Duck } from './duck.ts';
import { evaluate, type Answer, type World } from './evaluate.ts';
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
  readonly duck: Duck;
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
  // It answers beside the engine.
  const duck = askDuck(query, configurations[0]!.state, bench);
  const found = await againstEvaluator(query, bench, configurations);
  const theirs = await duck;
  if (found.problem !== null) return { problem: found.problem, involved: found.involved, duck: 'not asked' };
  if (typeof found.first === 'string') return { problem: null, involved: [], duck: 'no answer' };
  return { ...againstDuck(found.first, theirs), involved: [configurations[0]!] };
}

/** What is wrong with the engine's answers, and the first of them. */
interface Found extends Pick<Checked, 'problem' | 'involved'> {
  readonly first: EngineAnswer | string;
}

async function againstEvaluator(query: Query, bench: Bench, configurations: readonly Configuration[]): Promise<Found> {
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
      return { problem: `${nameOf(configuration)}: ${problem}`, involved: [configuration], first: answer };
  }
  const first = answers[0]!.answer;
  return { ...(strangeAnswer(answers, unstable) ?? { problem: null, involved: [] }), first };
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
