import { open, VarveError, type ImportDetection, type ImportSummary } from '../../../engine/index.ts';
import { exitCodeRejected } from '../../errors.ts';
import { showProgress } from '../progress.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { formatBytes, formatCount, formatElapsed, type Terminal } from '../terminal.ts';

interface Options extends CommonOptions {
  readonly table?: string;
  readonly format?: string;
  readonly logFormat?: string;
  readonly time?: string;
  readonly actor?: string;
  readonly timezone?: string;
  readonly set?: readonly string[];
}

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
  const set = constantColumns(options.set ?? []);
  await using db = await open(dataDirectory(options));
  const summaries: ImportSummary[] = [];
  for (const source of sources) {
    const progress = showProgress(terminal, options, source);
    try {
      const summary = await db.import(source === '-' ? (terminal.input as AsyncIterable<Uint8Array>) : source, {
        table: options.table ?? 'events',
        ...(options.format === undefined ? {} : { format: options.format }),
        ...(options.logFormat === undefined ? {} : { logFormat: options.logFormat }),
        ...(options.time === undefined ? {} : { time: options.time }),
        ...(options.actor === undefined ? {} : { actor: options.actor.split(',').map((name) => name.trim()) }),
        ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
        set,
        onProgress: progress.update,
        onDetected: (found) => sayDetected(terminal, options, source, found),
      });
      summaries.push(summary);
      progress.stop();
      if (options.json !== true) saySummary(terminal, options, summary);
    } catch (error) {
      progress.stop();
      throw error;
    }
  }
  if (options.json === true)
    await terminal.print(`${JSON.stringify(summaries.length === 1 ? summaries[0] : summaries)}\n`);
  if (summaries.some((summary) => summary.rejected > 0 || summary.skipped.length > 0))
    terminal.exitCode = exitCodeRejected;
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
  for (const { file, reason } of summary.skipped) terminal.say(`skipped ${file}: ${reason}`);
  for (const warning of summary.warnings) terminal.say(`warning: ${warning}`);
  if (summary.rejected > 0) terminal.say('varve rejected shows the rejected rows and why');
}
