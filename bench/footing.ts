import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VarveError } from '../engine/base/errors.ts';
import { makeEventStore } from './event-store.ts';
import { bytesBelow, root, withFolder } from './folders.ts';
import { makeFiles } from './ingest.ts';
import { median } from './measure.ts';
import type { BenchOptions } from './options.ts';
import type { BenchTable, Cell } from './report.ts';

const storeEventsMax = 1_000_000;
/** Rows of the file whose import's memory is looked at. */
const fileEventsMax = 300_000;

/** Measures what it takes to have Varve at all: time to start, memory, size of what is installed. */
export async function benchFooting(options: BenchOptions): Promise<BenchTable> {
  if (!existsSync(join(root, 'dist', 'engine', 'index.js')))
    throw new VarveError('usage', 'The footing is that of the built package.', { hint: 'npm run build' });
  const events = Math.min(options.events, storeEventsMax);
  const runs = options.tiny ? 1 : 5;
  return withFolder(async (folder) => {
    const directory = join(folder, 'store');
    const store = await makeEventStore(directory, { ...options, events });
    await makeFiles(folder, { ...options, fileEvents: Math.min(options.fileEvents, fileEventsMax) });
    const installed = await installedPackages();
    const rows: Cell[][] = [
      ['node that does nothing', await medianOf(runs, () => startToOutput(['-e', 'process.stdout.write("1")'])), 'ms'],
      ["import of 'varve'", await medianOf(runs, () => evaluate(importCode)), 'ms'],
      ['process start to first answer', await medianOf(runs, () => startToOutput(questionTo(directory))), 'ms'],
      ['the same, a store of 1,000 events', await firstAnswerSmall(folder, options, runs), 'ms'],
      ['resident, node that does nothing', await evaluate(residentCode('')), 'MB'],
      ['resident, store open and idle', await evaluate(residentCode(openCode(directory))), 'MB'],
      ['peak resident, importing NDJSON', await evaluate(peakCode(importFileCode(folder))), 'MB'],
      ['peak resident, four-key group', await evaluate(peakCode(groupCode(directory))), 'MB'],
      ['bytes an event on disk', store.bytes / store.rows, 'bytes'],
      ['packages installed to run', installed.count, ''],
      ['size of these', installed.bytes / 1e6, 'MB'],
      ['size of dist', (await bytesBelow(join(root, 'dist', 'engine'))) / 1e6, 'MB'],
    ];
    return {
      name: 'footing',
      title: `Footing, a store of ${store.rows.toLocaleString('en-US')} events`,
      columns: ['what', 'value', 'unit'],
      rows,
      notes: store.notes,
    };
  });
}

async function firstAnswerSmall(folder: string, options: BenchOptions, runs: number): Promise<number> {
  const directory = join(folder, 'small');
  await makeEventStore(directory, { ...options, events: 1000 });
  return medianOf(runs, () => startToOutput(questionTo(directory)));
}

async function medianOf(runs: number, one: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < runs; run++) values.push(await one());
  return median(values);
}

const questionTo = (directory: string): string[] => [
  join(root, 'bin', 'varve.js'),
  'query',
  'select count() from events',
  '--data',
  directory,
];

const importCode = `const from = performance.now(); await import('varve'); print(performance.now() - from);`;
const openCode = (directory: string): string =>
  `const { open } = await import('varve'); const db = await open(${JSON.stringify(directory)}, { readOnly: true });`;
const residentCode = (first: string): string =>
  `${first} await new Promise((done) => setTimeout(done, 300)); print(process.memoryUsage.rss() / 1e6); process.exit(0);`;
const peakCode = (first: string): string => `${first} print(process.resourceUsage().maxRSS / 1e3);`;
const importFileCode = (folder: string): string => {
  const [store, file] = [join(folder, 'imported'), join(folder, 'app', 'events.ndjson')].map((path) =>
    JSON.stringify(path),
  );
  return (
    `const { open } = await import('varve'); const db = await open(${store});` +
    `await db.import(${file}, { table: 'app', time: 'time', actor: 'user_id' }); await db.close();`
  );
};
const groupCode = (directory: string): string =>
  `${openCode(directory)} await db.query('select country, platform, plan, event, count() from events ` +
  `group by country, platform, plan, event'); await db.close();`;

/** Runs a module in a process of its own, with the package at hand. @returns what it gives to `print`. */
async function evaluate(code: string): Promise<number> {
  const whole = `const print = (value) => process.stdout.write(String(value));\n${code}`;
  return Number((await runNode(['--input-type=module', '-e', whole])).output);
}

async function startToOutput(args: readonly string[]): Promise<number> {
  return (await runNode(args)).firstOutputMs;
}

/** @throws VarveError `internal` when the process fails or says nothing. */
function runNode(args: readonly string[]): Promise<{ readonly output: string; readonly firstOutputMs: number }> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    let firstOutputMs = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') firstOutputMs = performance.now() - started;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      if (exitCode === 0 && output !== '') resolve({ output, firstOutputMs });
      else reject(new VarveError('internal', `A process of the footing bench failed (${exitCode}): ${errors}`));
    });
  });
}

/** Counts the packages that `npm ci --omit=dev` installs here, and their bytes. */
async function installedPackages(): Promise<{ readonly count: number; readonly bytes: number }> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
  };
  let count = 0;
  let bytes = 0;
  for (const [path, { dev, devOptional }] of Object.entries(lock.packages)) {
    const folder = join(root, path);
    if (path === '' || dev === true || devOptional === true || !existsSync(folder)) continue;
    count++;
    // A nested package is counted by itself.
    bytes += await bytesBelow(folder);
    for (const nested of Object.keys(lock.packages)) {
      const inner = join(root, nested);
      if (nested.startsWith(`${path}/node_modules/`) && existsSync(inner)) bytes -= await bytesBelow(inner);
    }
  }
  return { count, bytes };
}
