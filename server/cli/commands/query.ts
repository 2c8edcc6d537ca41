import { text } from 'node:stream/consumers';
import {
  changesStore,
  open,
  VarveError,
  type QueryOptions,
  type QueryResult,
  type Varve,
} from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { outputFormat, outputFormatNames } from '../formats/index.ts';
import type { Page } from '../formats/output-format.ts';
import { interruptible } from '../interrupt.ts';
import { openOutput, refuseBinary, type Output } from '../output.ts';
import type { Terminal } from '../terminal.ts';

/** How an answer is printed, and where. */
export interface AnswerOptions extends CommonOptions {
  readonly format?: string;
  readonly param?: readonly string[];
  readonly timezone?: string;
  readonly meta?: boolean;
  /** False: numbers alone. */
  readonly bars?: boolean;
  /** A file that has to be made: `-o`. */
  readonly output?: string;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export const queryCommand: CliCommand = {
  name: 'query',
  summary: 'ask a question; - reads it from standard input',
  example: 'varve query "select count(), uniq(host) from events every 1d"',
  examples: [
    'varve query "select * from events since 7d" --format csv -o week.csv',
    'varve query "select count() from events where country = $c" --param c=DE',
    'varve query - --format arrow < question.sql > answer.arrow',
  ],
  configure(command, terminal) {
    command
      .argument('<query>', 'the query, or -')
      .option('--format <name>', `${outputFormatNames.join(', ')} (default: table on a terminal, ndjson elsewhere)`)
      .option('-o, --output <file>', 'write the answer to a file')
      .option('--force', 'replace the file if it is there')
      .option(
        '--param <name=value>',
        'a value for $name; may be given again',
        (value: string, all: string[] | undefined) => [...(all ?? []), value],
      )
      .option('--timezone <zone>', 'time zone of the query, unless it says one itself')
      .option('--meta', 'print the metadata to standard error')
      .option('--no-bars', 'a table of numbers alone: nothing drawn')
      .action(async (query: string, options: AnswerOptions) => {
        const question = query === '-' ? await text(terminal.input) : query;
        // Refused before the store is opened: a wrong flag costs nothing.
        outputFormat(formatName(options, terminal));
        queryOptions(options);
        await using db = await open(dataDirectory(options), { readOnly: true });
        await interruptible((signal) => answer(db, question, { ...options, signal }, terminal));
      });
  },
};

/** Runs one query and prints the answer as the options say; errors bear the query's text, for the caret. */
export async function answer(
  db: Varve,
  question: string,
  options: AnswerOptions,
  terminal: Terminal,
): Promise<QueryResult> {
  const output = await openOutput(terminal, options.output, options.force === true);
  try {
    const result = await answerTo(output, db, question, options, terminal);
    await output.finish();
    return result;
  } catch (error) {
    await output.abandon();
    throw error;
  }
}

/** As `answer`, to an output that goes on afterwards. */
export async function answerTo(
  output: Output,
  db: Varve,
  question: string,
  options: AnswerOptions,
  terminal: Terminal,
): Promise<QueryResult> {
  const format = outputFormat(formatName(options, terminal, output));
  if (format.binary === true) refuseBinary(output, format.name);
  const result = await ask(db, question, options);
  for (const piece of format.print(result, pageOf(output, options))) {
    if (output.closed) break;
    if (options.signal?.aborted === true) throw new VarveError('cancelled', 'The answer was called off.');
    await output.write(piece);
  }
  if (!format.holdsMeta && options.quiet !== true)
    for (const warning of result.meta.warnings) terminal.say(`warning: ${warning}`);
  if (options.meta === true) terminal.say(JSON.stringify(result.meta));
  return result;
}

/** What changes the store is asked of it open for writing, just so long. */
async function ask(db: Varve, question: string, options: AnswerOptions): Promise<QueryResult> {
  if (!db.readOnly || !changesStore(question)) return db.query(question, queryOptions(options));
  await using writer = await open(dataDirectory(options), { create: false });
  const result = await writer.query(question, queryOptions(options));
  await db.refresh();
  return result;
}

function formatName(options: AnswerOptions, terminal: Terminal, output?: Output): string {
  if (options.format !== undefined) return options.format;
  if (options.json === true) return 'json';
  const shown = output === undefined ? options.output === undefined : output.terminal !== null;
  return shown && terminal.output.isTTY === true ? 'table' : 'ndjson';
}

/** A terminal has a width, and colors unless whoever sits there says no to them: https://no-color.org. */
function pageOf(output: Output, options: AnswerOptions): Page {
  const stream = output.terminal?.output;
  const seen = stream?.isTTY === true;
  const colors = seen && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  return { width: seen ? (stream?.columns ?? 80) : Infinity, colors, bars: options.bars !== false };
}

function queryOptions(options: AnswerOptions): QueryOptions {
  const params = Object.fromEntries(
    (options.param ?? []).map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1)
        throw new VarveError('usage', `--param ${pair} is not NAME=VALUE.`, { hint: 'Write --param country=DE.' });
      return [pair.slice(0, equals), parameterValue(pair.slice(equals + 1))];
    }),
  );
  return {
    params,
    ...(options.timezone === undefined ? {} : { timezone: options.timezone }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

/** `12` and `1.5` are numbers, `true`, `false` and `null` themselves, all else is text; `'12'` in quotes is text. */
function parameterValue(value: string): string | number | bigint | boolean | null {
  if (value === 'true') return true;
  if (value === 'false') return false;
  if (value === 'null') return null;
  if (/^-?(0|[1-9]\d*)$/.test(value)) return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value);
  if (/^-?(0|[1-9]\d*)\.\d+(e[+-]?\d+)?$/i.test(value)) return Number(value);
  const quoted = /^'(.*)'$/s.exec(value);
  return quoted === null ? value : quoted[1]!;
}
