import { randomTables } from './data.ts';
import { check, type Bench, type Configuration } from './check.ts';
import { openDuck } from './duck.ts';
import { randomQuery } from './generate.ts';
import { printVarve } from './print-varve.ts';
import { chance, pick, randomOf, type Random } from './random.ts';
import { scopesOf } from './scopes.ts';
import { shrink } from './shrink.ts';
import { ask, openRunners, openStates, states, type Runner, type State } from './stores.ts';
import { worldOf } from './world.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import type { World } from './evaluate.ts';
import type { Query } from './tree.ts';

export interface RoundReport {
  readonly evaluator: number;
  readonly duck: number;
  /** How often DuckDB was not compared, by the reason. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

export interface RoundOptions {
  readonly seed: number;
  readonly queries: number;
  readonly features: ReadonlySet<string>;
  readonly problemsMax: number;
  folderOf(): string;
}

/** Makes tables, stores them in every state, and asks random queries of engine, evaluator and DuckDB. */
export async function runRound(options: RoundOptions): Promise<RoundReport> {
  const random = randomOf(options.seed);
  const { runners, close } = openRunners();
  const tables = randomTables(random);
  const host = createNodeHost(() => undefined, 0);
  const opened = await openStates(host, tables, options.folderOf);
  const worlds = new Map<State, World>();
  for (const state of states) {
    const stored = new Map<string, readonly bigint[]>();
    for (const { name } of tables) {
      const { rows } = await ask(opened, state, runners[0]!, `select rid from ${name}`);
      stored.set(
        name,
        rows.map(([rid]) => BigInt(rid as number)),
      );
    }
    worlds.set(state, worldOf(tables, stored));
  }
  const duck = await openDuck(worlds);
  const bench: Bench = { worlds, opened, duck };
  const scopes = scopesOf(tables, options.features);
  const skipped = new Map<string, number>();
  const problems: string[] = [];
  let compared = 0;
  let evaluator = 0;
  for (let number = 0; number < options.queries && problems.length < options.problemsMax; number++) {
    const query = randomQuery(random, scopes);
    const configurations = randomConfigurations(random, runners);
    if (process.env['VARVE_ORACLE_TRACE'] !== undefined)
      process.stderr.write(`${number} ${new Date().toISOString().slice(14)} ${printVarve(query)}\n`);
    const { problem, involved, duck: outcome } = await check(query, bench, configurations);
    if (problem !== null) problems.push(await reportOf(query, problem, bench, involved, options.seed, number));
    else evaluator++;
    if (outcome === 'compared') compared++;
    else skipped.set(outcome, (skipped.get(outcome) ?? 0) + 1);
  }
  duck.close();
  await close();
  await opened.close();
  return { evaluator, duck: compared, skipped, problems };
}

/**
 * One state of the store asked on this thread; often another state too, or the same on other threads, which takes longer;
 * now and then all states in all ways.
 */
function randomConfigurations(random: Random, runners: readonly Runner[]): Configuration[] {
  if (chance(random, 0.003)) return states.flatMap((state) => runners.map((runner) => ({ state, runner })));
  const [inline, threaded] = [
    runners.filter(({ threads }) => threads === 0),
    runners.filter(({ threads }) => threads > 0),
  ];
  // Fine slices cost the most.
  const runner = pick(random, [...inline, ...inline.filter(({ slicing }) => slicing !== 'fine')]);
  const state = pick(random, states);
  const first = { state, runner };
  const other = { state: pick(random, states), runner: pick(random, inline) };
  const alike = {
    state,
    runner: pick(
      random,
      threaded.filter(({ slicing }) => slicing === runner.slicing),
    ),
  };
  return [first, ...(chance(random, 0.35) ? [other] : []), ...(chance(random, 0.15) ? [alike] : [])];
}

async function reportOf(
  query: Query,
  problem: string,
  bench: Bench,
  configurations: readonly Configuration[],
  seed: number,
  number: number,
): Promise<string> {
  const small = await shrink(query, async (candidate) => {
    try {
      return (await check(candidate, bench, configurations)).problem;
    } catch {
      return null;
    }
  });
  return [
    `seed ${seed}, query ${number}`,
    `  ${printVarve(query)}`,
    `  ${problem}`,
    ...(small === null ? [] : ['  smaller:', `  ${printVarve(small.query)}`, `  ${small.problem}`]),
  ].join('\n');
}
