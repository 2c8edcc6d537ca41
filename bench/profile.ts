import { Session, type Profiler } from 'node:inspector';
import { parseArgs } from 'node:util';
import { VarveError } from '../engine/base/errors.ts';
import { open } from '../engine/open.ts';
import { makeEventStore } from './event-store.ts';
import { withFolder } from './folders.ts';
import { median } from './measure.ts';
import { renderTable, type BenchTable, type Cell } from './report.ts';

interface ProfileOptions {
  readonly query: string;
  /** A store, or null for one of `events` made for this. */
  readonly store: string | null;
  readonly events: number;
  readonly runs: number;
  readonly lines: number;
}

const usage = 'npm run bench -- profile "QUERY" [--store DIR | --events N] [--runs N] [--lines N]';
const warmUps = 3;
const intervalMicroseconds = 200;

/**
 * Answers a query again and again in one thread and prints where the time goes: self time by function, ms a run.
 * @throws VarveError `usage`, and what the query throws.
 */
export async function profileQuery(args: readonly string[], print: (text: string) => void): Promise<void> {
  const options = parse(args);
  await withFolder(async (folder) => {
    if (options.store === null) await makeEventStore(folder, { events: options.events, seed: 1, data: 'd1' });
    const directory = options.store ?? folder;
    const threads = await timeWithThreads(directory, options);
    print(renderTable(await profileOneThread(directory, options, threads)));
  });
}

function parse(args: readonly string[]): ProfileOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      store: { type: 'string' },
      events: { type: 'string', default: '2000000' },
      runs: { type: 'string', default: '10' },
      lines: { type: 'string', default: '25' },
    },
  });
  const [query] = positionals;
  if (query === undefined || positionals.length !== 1)
    throw new VarveError('usage', 'One query is profiled at a time.', { hint: usage });
  const number = (name: 'events' | 'runs' | 'lines'): number => {
    const value = Number(values[name].replaceAll('_', ''));
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new VarveError('usage', `--${name} ${values[name]} is not a whole number above 0.`, { hint: usage });
  };
  return {
    query,
    store: values.store ?? null,
    events: number('events'),
    runs: number('runs'),
    lines: number('lines'),
  };
}

/** @returns the median ms of the same query with a thread a processor, as users have it. */
async function timeWithThreads(directory: string, { query, runs }: ProfileOptions): Promise<number> {
  await using db = await open(directory, { readOnly: true });
  const times: number[] = [];
  for (let run = 0; run < warmUps + runs; run++) {
    const from = performance.now();
    await db.query(query);
    if (run >= warmUps) times.push(performance.now() - from);
  }
  return median(times);
}

async function profileOneThread(
  directory: string,
  { query, runs, lines }: ProfileOptions,
  threadedMs: number,
): Promise<BenchTable> {
  await using db = await open(directory, { readOnly: true, threads: 0 });
  for (let run = 0; run < warmUps; run++) await db.query(query);
  const from = performance.now();
  const profile = await sample(async () => {
    for (let run = 0; run < runs; run++) await db.query(query);
  });
  const ms = (performance.now() - from) / runs;
  const functions = [...selfTimes(profile)].sort(([, a], [, b]) => b - a).slice(0, lines);
  return {
    name: 'profile',
    title: query,
    columns: ['self ms', '%', 'function'],
    rows: functions.map(([name, micros]): Cell[] => [micros / 1000 / runs, micros / 10 / runs / ms, name]),
    notes: [
      `one thread: ${ms.toFixed(2)} ms a run, warm, while it was sampled; all threads: ${threadedMs.toFixed(2)} ms`,
      'a function named wasm-function or after a kernel is compiled code of the kernels; (program) is native code',
    ],
  };
}

/** Runs work under the inspector's sampling profiler. */
async function sample(work: () => Promise<void>): Promise<Profiler.Profile> {
  const session = new Session();
  session.connect();
  const post = (method: string, params?: object): Promise<unknown> =>
    new Promise((resolve, reject) =>
      session.post(method, params, (error: Error | null, result?: unknown) =>
        error ? reject(error) : resolve(result),
      ),
    );
  try {
    await post('Profiler.enable');
    await post('Profiler.setSamplingInterval', { interval: intervalMicroseconds });
    await post('Profiler.start');
    await work();
    return ((await post('Profiler.stop')) as { readonly profile: Profiler.Profile }).profile;
  } finally {
    session.disconnect();
  }
}

/** @returns microseconds spent in each function itself, by `name file:line`. */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const file = url === '' ? '' : ` ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
      return [id, `${functionName || '(anonymous)'}${file}`];
    }),
  );
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id)!;
    times.set(name, (times.get(name) ?? 0) + timeDeltas[index]!);
  });
  return times;
}
