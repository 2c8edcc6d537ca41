import { existsSync } from 'node:fs';
import { mkdir, open as openFile, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { demoWorld, generateDemo } from '../../../data/generate.ts';
import { open, VarveError, type Varve } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { formatCount, formatElapsed, type Terminal } from '../terminal.ts';
import { showProgress } from '../progress.ts';
import { answer } from './query.ts';
import { runShell } from '../shell/run.ts';

interface Options extends CommonOptions {
  readonly events: string;
  readonly shell: boolean;
}

const seed = 1;
const eventsDefault = 1_000_000;

/** What the demo asks, and how it is asked. */
const questions: readonly (readonly [string, string])[] = [
  [
    'What do people do?',
    'select event, count(), uniq(user_id) as people from app group by event order by count desc limit 8',
  ],
  ['How many come each week?', 'select uniq(user_id) as people, count() as events from app every 1w'],
  [
    'How far do new listeners get?',
    "funnel event = 'register' as signed_up, event = 'play' as played, event = 'thumbs_up' as liked, event = 'upgrade' as paid from app within 14d",
  ],
  [
    'How many of them come back?',
    "retention event = 'register' then event = 'play' from app every 1w for 6 until '2026-07-01'",
  ],
  [
    'Which pages fail?',
    'select path, count() as n, uniq(host) from web where status >= 400 group by path order by n desc limit 5',
  ],
];

export const demoCommand: CliCommand = {
  name: 'demo',
  summary: 'make a music service with its logs, import them, and show a first few answers',
  example: 'varve demo --events 100000',
  configure(command, terminal) {
    command
      .option('--events <n>', 'how many events to make', String(eventsDefault))
      .option('--no-shell', 'leave when the answers are shown, also on a terminal')
      .action((options: Options) => runDemo(options, terminal));
  },
};

async function runDemo(options: Options, terminal: Terminal): Promise<void> {
  const events = Number(options.events);
  if (!Number.isSafeInteger(events) || events < 1000) {
    throw new VarveError('usage', `--events ${options.events} is no whole number from 1000 on.`, {
      hint: 'Write --events 100000.',
    });
  }
  const directory = dataDirectory(options);
  await using db = await open(directory);
  const done = (await db.tables()).map((table) => table.name);
  const missing = demoWorld.files.filter((file) => !done.includes(file.table));
  if (missing.length > 0) await makeAndImport(db, join(directory, 'demo'), events, options, terminal);
  else if (options.quiet !== true) terminal.say(`The demo is in "${directory}" already.`);
  for (const [question, query] of questions) {
    await terminal.print(`\n${question}\n  ${query}\n`);
    await answer(db, query, options, terminal);
  }
  if (options.shell && terminal.output.isTTY === true) await runShell(db, {}, terminal);
}

async function makeAndImport(
  db: Varve,
  folder: string,
  events: number,
  options: Options,
  terminal: Terminal,
): Promise<void> {
  const started = performance.now();
  await rm(folder, { recursive: true, force: true });
  const files = new Map<string, FileHandle>();
  const makingBar = showProgress(terminal, options, 'making');
  await generateDemo({
    events,
    seed,
    onProgress: (made, total) =>
      makingBar.update({ rows: made, bytes: made, bytesTotal: total, elapsedMs: performance.now() - started }),
    async write(file, bytes) {
      let handle = files.get(file);
      if (handle === undefined) {
        const path = join(folder, file);
        if (!existsSync(dirname(path))) await mkdir(dirname(path), { recursive: true });
        handle = await openFile(path, 'w');
        files.set(file, handle);
      }
      await handle.writeFile(bytes);
    },
  });
  makingBar.stop();
  for (const handle of files.values()) await handle.close();
  for (const { path, table, format, time, actor } of demoWorld.files) {
    const bar = showProgress(terminal, options, table);
    const summary = await db.import(join(folder, path), { table, format, time, actor, onProgress: bar.update });
    bar.stop();
    if (options.quiet !== true)
      terminal.say(`${path}: ${formatCount(summary.rows)} rows into ${table} (${formatElapsed(summary.elapsedMs)})`);
  }
  if (options.quiet !== true)
    terminal.say(`Made and imported in ${formatElapsed(performance.now() - started)}. The files are in ${folder}.`);
}
