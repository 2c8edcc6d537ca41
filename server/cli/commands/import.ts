import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import {
  open,
  VarveError,
  type ImportDetection,
  type ImportOptions,
  type ImportSummary,
} from '../../../engine/index.ts';
import { exitCodeRejected } from '../../errors.ts';
import { showProgress } from '../progress.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { formatBytes, formatCount, formatElapsed, type Terminal } from '../terminal.ts';

interface Options extends CommonOptions {
  readonly table?: string;
  readonly format?: string;
  readonly logFormat?: string;
  readonly encoding?: string;
  readonly time?: string;
  readonly actor?: string;
  readonly timezone?: string;
  readonly set?: readonly string[];
}

/** Skipped files that are told one by one. */
const skippedShown = 20;

export const importCommand: CliCommand = {
  name: 'import',
  summary: 'bring events in from a file, a folder, a glob, or standard input (-)',
  example: 'varve import access.log',
  configure(command, terminal) {
    command
      .argument('<source...>', 'files, folders, globs, or - for standard input')
      .option('--table <name>', 'table to import into', 'events')
      .option('--format <name>', 'format of the source (default: detected)')
      .option('--log-format <string>', 'the LogFormat of Apache or log_format of nginx that wrote the log')
      .option('--encoding <name>', 'what the text is in, as windows-1252 or shift_jis (default: detected)')
      .option('--time <column>', 'time column of a new table (default: detected)')
      .option('--actor <columns>', 'actor column of a new table; further ones after commas (default: detected)')
      .option('--timezone <zone>', 'zone of times without an offset (default: UTC)')
      .option(
        '--set <name=value>',
        'a constant column; may be given again',
        (value: string, all: string[]) => [...all, value],
        [],
      )
      .action((sources: string[], options: Options) => runImport(sources, options, terminal));
  },
};

async function runImport(sources: readonly string[], options: Options, terminal: Terminal): Promise<void> {
  const settings = settingsOf(options);
  const inputs = inputsOf(sources, terminal);
  // Whoever reads a stream hears of its failure; before the first read nobody would.
  for (const { input } of inputs) if (input instanceof Readable) input.on('error', () => undefined);
  const stop = new AbortController();
  const onInterrupt = (): void => {
    stop.abort();
    // A pipe may be silent for long: its reader is told at once.
    const called = new VarveError('cancelled', 'The import was called off; what was committed stays.');
    for (const { input } of inputs) if (input instanceof Readable) input.destroy(called);
  };
  process.once('SIGINT', onInterrupt);
  try {
    await using db = await open(dataDirectory(options));
    const summaries: ImportSummary[] = [];
    for (const { name, input } of inputs) {
      const progress = showProgress(terminal, options, name);
      try {
        const summary = await db.import(input, {
          ...settings,
          signal: stop.signal,
          onProgress: progress.update,
          onDetected: (found) => sayDetected(terminal, options, name, found),
        });
        summaries.push(summary);
        progress.stop();
        if (options.json !== true) saySummary(terminal, options, summary);
      } finally {
        progress.stop();
      }
    }
    if (options.json === true)
      await terminal.print(`${JSON.stringify(summaries.length === 1 ? summaries[0] : summaries)}\n`);
    if (summaries.some((summary) => summary.rejected > 0 || summary.skipped.length > 0))
      terminal.exitCode = exitCodeRejected;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

function settingsOf(options: Options): ImportOptions {
  return {
    table: options.table ?? 'events',
    ...(options.format === undefined ? {} : { format: options.format }),
    ...(options.logFormat === undefined ? {} : { logFormat: options.logFormat }),
    ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
    ...(options.time === undefined ? {} : { time: options.time }),
    ...(options.actor === undefined ? {} : { actor: options.actor.split(',').map((name) => name.trim()) }),
    ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
    set: constantColumns(options.set ?? []),
  };
}

interface Input {
  readonly name: string;
  readonly input: readonly string[] | Readable;
}

/** Paths that stand together are one import, as if a folder or glob had named them; a pipe has no end to go back from. */
function inputsOf(sources: readonly string[], terminal: Terminal): Input[] {
  const inputs: Input[] = [];
  let paths: string[] = [];
  const endPaths = (): void => {
    if (paths.length > 0)
      inputs.push({ name: paths.length === 1 ? paths[0]! : `${paths.length} sources`, input: paths });
    paths = [];
  };
  for (const source of sources) {
    const stream = source === '-' ? terminal.input : isPipe(source) ? createReadStream(source) : null;
    if (stream === null) paths.push(source);
    else {
      endPaths();
      inputs.push({ name: source === '-' ? 'standard input' : source, input: stream });
    }
  }
  endPaths();
  return inputs;
}

/** A shell's `<(command)` is a pipe with a name. */
function isPipe(path: string): boolean {
  try {
    const stats = statSync(path);
    return stats.isFIFO() || stats.isCharacterDevice();
  } catch {
    // Whatever is wrong with it, the import says.
    return false;
  }
}

function constantColumns(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1)
        throw new VarveError('usage', `--set ${pair} is not NAME=VALUE.`, { hint: 'Write --set site=shop.' });
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

function sayDetected(terminal: Terminal, options: Options, source: string, found: ImportDetection): void {
  if (options.quiet === true || options.json === true) return;
  terminal.say(
    `${source}: ${found.format} (${found.evidence}); time ${found.time ?? 'of import, since there is no time column'}, ` +
      `actor ${found.actor ?? 'none'}${found.actor === null ? ' (say --actor COLUMN to follow someone)' : ''}`,
  );
}

function saySummary(terminal: Terminal, options: Options, summary: ImportSummary): void {
  if (options.quiet === true) return;
  const rate = summary.rows / Math.max(summary.elapsedMs / 1000, 0.001);
  terminal.say(
    `${formatCount(summary.rows)} rows into ${summary.table} in ${formatElapsed(summary.elapsedMs)} (${formatCount(rate)} rows/s): ` +
      `${formatBytes(summary.bytesIn)} in, ${formatBytes(summary.bytesStored)} stored, ${formatCount(summary.rejected)} rejected, ` +
      `${formatCount(summary.duplicates)} duplicates; times without an offset read as ${summary.timezone}`,
  );
  if (summary.resumed > 0)
    terminal.say(
      `${formatCount(summary.resumed)} of ${formatCount(summary.files)} files were in already, wholly or in part: only what is new was read`,
    );
  for (const { file, reason } of summary.skipped.slice(0, skippedShown)) terminal.say(`skipped ${file}: ${reason}`);
  if (summary.skipped.length > skippedShown)
    terminal.say(`and ${formatCount(summary.skipped.length - skippedShown)} more were skipped; --json lists them all`);
  for (const warning of summary.warnings) terminal.say(`warning: ${warning}`);
  if (summary.rejected > 0) terminal.say('varve rejected shows the rejected rows and why');
}
