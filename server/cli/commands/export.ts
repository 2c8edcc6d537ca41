import { open, type Varve } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { exportFormat, exportFormatNames } from '../exports/index.ts';
import type { ExportFormat } from '../exports/export-format.ts';
import { interruptible } from '../interrupt.ts';
import { openOutput, refuseBinary, type Output } from '../output.ts';
import { showProgress } from '../progress.ts';
import { formatBytes, formatCount, formatElapsed, type Terminal } from '../terminal.ts';

interface Options extends CommonOptions {
  readonly since?: string;
  readonly until?: string;
  readonly timezone?: string;
  readonly format?: string;
  readonly output?: string;
  readonly force?: boolean;
}

export const exportCommand: CliCommand = {
  name: 'export',
  summary: "write a table's rows to a file, or to standard output",
  example: 'varve export events -o events.ndjson',
  examples: [
    'varve export events --since 2024-03-01 --until 2024-04-01 -o march.parquet',
    'varve export events --since 7d --format csv -o - | gzip > week.csv.gz',
    'varve import events.ndjson --data other --time time --actor user_id',
  ],
  configure(command, terminal) {
    command
      .argument('<table>', 'the table')
      .option('--since <time>', 'events from this time on: 2024-03-01, "2024-03-01 10:00", 7d (before now), today')
      .option('--until <time>', 'events before this time')
      .option('--timezone <zone>', 'zone of times without an offset (default: UTC)')
      .option('--format <name>', `${exportFormatNames.join(', ')} (default: by the file's ending, else ndjson)`)
      .option('-o, --output <file>', 'the file to write (default: -, standard output)')
      .option('--force', 'replace the file if it is there')
      .action((table: string, options: Options) =>
        interruptible((signal) => runExport(table, options, signal, terminal)),
      );
  },
};

async function runExport(table: string, options: Options, signal: AbortSignal, terminal: Terminal): Promise<void> {
  const format = exportFormat(options.format, options.output);
  await using db = await open(dataDirectory(options), { readOnly: true });
  const output = await openOutput(terminal, options.output, options.force === true);
  try {
    if (format.binary) refuseBinary(output, format.name);
    const started = performance.now();
    const { rows, columns, bent } = await writeRows(db, table, options, format, output, signal, terminal);
    await output.finish();
    const elapsedMs = Math.round(performance.now() - started);
    const file = output.terminal === null ? options.output! : '-';
    const summary = { table, format: format.name, file, rows, columns, bytes: output.bytes, elapsedMs, bent };
    await tell(summary, options, terminal);
  } catch (error) {
    await output.abandon();
    throw error;
  }
}

async function writeRows(
  db: Varve,
  table: string,
  { since, until, timezone, ...common }: Options,
  format: ExportFormat,
  output: Output,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<{ rows: number; columns: number; bent: string[] }> {
  // A bar would write over rows that are shown on the same terminal.
  const shown = output.terminal?.output.isTTY === true;
  const bar = showProgress(terminal, shown ? { ...common, quiet: true } : common, table);
  const writer = await format.open();
  let rows = 0;
  let columns = 0;
  try {
    const batches = db.export(table, {
      signal,
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(timezone === undefined ? {} : { timezone }),
      onProgress: ({ rows: given, rowsPassed, rowsTotal, elapsedMs }) =>
        bar.update({
          rows: given,
          bytes: output.bytes,
          bytesTotal: null,
          elapsedMs,
          done: rowsPassed,
          total: rowsTotal,
        }),
    });
    for await (const batch of batches) {
      for (const piece of writer.add(batch)) {
        if (output.closed) break;
        await output.write(piece);
      }
      rows += batch.rowCount;
      columns = batch.columns.length;
      if (output.closed) break;
    }
    for (const piece of output.closed ? [] : writer.end()) await output.write(piece);
  } finally {
    bar.stop();
  }
  return { rows, columns, bent: [...writer.bent] };
}

interface Summary {
  readonly table: string;
  readonly format: string;
  readonly file: string;
  readonly rows: number;
  readonly columns: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly bent: readonly string[];
}

/** Standard output has the summary, unless it has the rows. */
async function tell(summary: Summary, options: Options, terminal: Terminal): Promise<void> {
  const { table, format, file, rows, columns, bytes, elapsedMs, bent } = summary;
  const warnings =
    bent.length === 0
      ? []
      : [`${bent.join(', ')}: NaN and infinities are written as texts, since ${format} has no numbers for them.`];
  if (options.json === true) {
    const line = JSON.stringify({ table, format, file, rows, columns, bytes, elapsed_ms: elapsedMs, warnings });
    if (file === '-') terminal.say(line);
    else await terminal.print(`${line}\n`);
    return;
  }
  if (options.quiet === true) return;
  const rate = rows / Math.max(elapsedMs / 1000, 0.001);
  if (!terminal.closed)
    terminal.say(
      `${formatCount(rows)} row${rows === 1 ? '' : 's'} of ${table} in ${formatElapsed(elapsedMs)} ` +
        `(${formatCount(rate)} rows/s): ${formatBytes(bytes)} of ${format}${file === '-' ? '' : ` in ${file}`}`,
    );
  for (const warning of warnings) terminal.say(`warning: ${warning}`);
}
