import { text } from 'node:stream/consumers';
import { open, VarveError, type QueryOptions, type QueryResult, type Varve } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { outputFormat } from '../formats/index.ts';
import type { Terminal } from '../terminal.ts';

interface Options extends CommonOptions {
  readonly format?: string;
  readonly param?: readonly string[];
  readonly timezone?: string;
  readonly meta?: boolean;
}

export const queryCommand: CliCommand = {
  name: 'query',
  summary: 'ask a question; - reads it from standard input',
  example: 'varve query "select count(), uniq(host) from events every 1d"',
  configure(command, terminal) {
    command
      .argument('<query>', 'the query, or -')
      .option('--format <name>', 'table, ndjson, json, csv (default: table on a terminal, ndjson in a pipe)')
      .option(
        '--param <name=value>',
        'a value for $name; may be given again',
        (value: string, all: string[] | undefined) => [...(all ?? []), value],
      )
      .option('--timezone <zone>', 'time zone of the query, unless it says one itself')
      .option('--meta', 'print the metadata to standard error')
      .action(async (query: string, options: Options) => {
        const question = query === '-' ? await text(terminal.input) : query;
        // Refused before the store is opened: a wrong flag costs nothing.
        outputFormat(formatName(options, terminal));
        queryOptions(options);
        await using db = await open(dataDirectory(options), { readOnly: true });
        await answer(db, question, options, terminal);
      });
  },
};

/** Runs one query and prints the answer as the options say; errors bear the query's text, for the caret. */
export async function answer(db: Varve, question: string, options: Options, terminal: Terminal): Promise<QueryResult> {
  const format = outputFormat(formatName(options, terminal));
  const result = await db.query(question, queryOptions(options));
  let pending = '';
  for (const piece of format.print(result, terminal.output.columns ?? 80)) {
    pending += piece;
    if (pending.length > 65_536) {
      await terminal.print(pending);
      pending = '';
    }
  }
  await terminal.print(pending);
  if (!format.holdsMeta && options.quiet !== true)
    for (const warning of result.meta.warnings) terminal.say(`warning: ${warning}`);
  if (options.meta === true) terminal.say(JSON.stringify(result.meta));
  return result;
}

function formatName(options: Options, terminal: Terminal): string {
  if (options.format !== undefined) return options.format;
  if (options.json === true) return 'json';
  return terminal.output.isTTY === true ? 'table' : 'ndjson';
}

function queryOptions(options: Options): QueryOptions {
  const params = Object.fromEntries(
    (options.param ?? []).map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1)
        throw new VarveError('usage', `--param ${pair} is not NAME=VALUE.`, { hint: 'Write --param country=DE.' });
      return [pair.slice(0, equals), parameterValue(pair.slice(equals + 1))];
    }),
  );
  return { params, ...(options.timezone === undefined ? {} : { timezone: options.timezone }) };
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
