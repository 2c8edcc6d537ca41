import { median } from '../measure.ts';
import { openContest, type Contender } from './contenders.ts';
import type { Stores } from './layouts.ts';
import type { PeersOptions } from './options.ts';
import { questionsOf, type Question } from './questions.ts';
import type { Fact } from './results.ts';

/** Name of the figure that the targets look for. */
export const scanFactName = 'B2a, and a scan of as many columns';
/** What the page says about it. */
export const scanNote =
  'The scan counts the events of the same three steps, takes the latest time and adds up a number: a funnel reads event, ' +
  'time and actor, and an actor cannot be added up, so duration stands for it. Medians of runs in turns, all threads, warm.';

/** @returns the scan that a 3-step funnel is measured by. */
function scanOf(funnel: Question): Question {
  const steps = [...funnel.varve.matchAll(/event = ('[^']*')/g)].map(([, name]) => name).join(', ');
  return {
    id: 'scan',
    title: scanFactName,
    varve: `select count(), max(time), sum(duration) from events where event in (${steps})`,
    duckdb: [],
    clickhouse: [],
    columns: ['int', 'time', 'int'],
    order: 'none',
  };
}

/** Measures Varve's 3-step funnel beside a scan of as many columns, ms, run by run in turns. */
export async function scanFact(stores: Stores, { threads, warmEffort }: PeersOptions): Promise<Fact> {
  const contest = await openContest(stores, { threads, engine: 'varve', layout: null });
  const funnel = questionsOf(stores.data).find(({ id }) => id === 'B2a')!;
  const both = [funnel, scanOf(funnel)].map((question) => contest.contendersOf(question)[0]!);
  const times = both.map((): number[] => []);
  const { warmUps, runs } = warmEffort;
  for (let run = -warmUps; run < runs; run++) {
    for (const [index, contender] of both.entries()) {
      const took = await timeOf(contender);
      if (run >= 0) times[index]!.push(took);
    }
  }
  await contest.close();
  return { name: scanFactName, unit: 'ms', values: { funnel: median(times[0]!), scan: median(times[1]!) } };
}

async function timeOf(contender: Contender): Promise<number> {
  const from = performance.now();
  await contender.ask();
  return performance.now() - from;
}
