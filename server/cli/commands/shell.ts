import { createInterface, type Interface } from 'node:readline/promises';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isVarveError, open, renderError, type TableSummary, type Varve } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { formatElapsed, type Terminal } from '../terminal.ts';
import { answer } from './query.ts';

const historyLinesMax = 1000;
const keywords = [
  'select',
  'from',
  'where',
  'group by',
  'order by',
  'having',
  'limit',
  'since',
  'until',
  'every',
  'timezone',
  'count()',
  'sum(',
  'avg(',
  'min(',
  'max(',
  'uniq(',
  'count_if(',
];

export const shellCommand: CliCommand = {
  name: 'shell',
  summary: 'ask one question after another; \\d lists tables, \\q leaves',
  example: 'varve shell',
  configure(command, terminal) {
    command
      .option('--format <name>', 'table, ndjson, json, csv')
      .action(async (options: CommonOptions & { format?: string }) => {
        await using db = await open(dataDirectory(options), { readOnly: true });
        await runShell(db, options, terminal);
      });
  },
};

/** Reads queries until the end of the input; a query ends with `;` or with an empty line. Errors are printed, the shell goes on. */
export async function runShell(
  db: Varve,
  options: CommonOptions & { format?: string },
  terminal: Terminal,
): Promise<void> {
  const tables = await db.tables();
  const interactive = terminal.output.isTTY === true;
  const lines = createInterface({
    input: terminal.input,
    output: interactive ? terminal.output : undefined,
    terminal: interactive,
    historySize: historyLinesMax,
    ...(interactive ? { history: readHistory(), completer: completerOf(tables) } : {}),
  });
  if (interactive) terminal.say('A query ends with ; — \\d lists tables, \\d TABLE its columns, \\q leaves.');
  lines.setPrompt('varve> ');
  const reader = { lines, interactive, pending: '' };
  if (interactive) lines.prompt();
  for await (const line of lines) {
    if (/^\s*(\\q|quit|exit)\s*;?\s*$/.test(line)) break;
    await takeLine(db, reader, line, options, terminal);
    if (interactive) {
      lines.setPrompt(reader.pending === '' ? 'varve> ' : '   ... ');
      lines.prompt();
    }
  }
  if (reader.pending.trim() !== '') await ask(db, reader.pending, options, terminal);
  lines.close();
  if (interactive) writeHistory(lines);
}

async function takeLine(
  db: Varve,
  reader: { pending: string },
  line: string,
  options: CommonOptions & { format?: string },
  terminal: Terminal,
): Promise<void> {
  if (reader.pending === '' && line.trim().startsWith('\\d')) {
    await describe(db, line.trim().slice(2).trim(), terminal);
    return;
  }
  reader.pending += `${reader.pending === '' ? '' : '\n'}${line}`;
  const ended = /;\s*$/.test(reader.pending) || (line.trim() === '' && reader.pending.trim() !== '');
  if (!ended) {
    if (reader.pending.trim() === '') reader.pending = '';
    return;
  }
  const question = reader.pending.replace(/;\s*$/, '');
  reader.pending = '';
  await ask(db, question, options, terminal);
}

async function ask(
  db: Varve,
  question: string,
  options: CommonOptions & { format?: string },
  terminal: Terminal,
): Promise<void> {
  try {
    await db.refresh();
    const result = await answer(db, question.replace(/;\s*$/, ''), options, terminal);
    if (terminal.output.isTTY === true)
      terminal.say(`${result.rowCount} rows, ${formatElapsed(result.meta.elapsed_ms)}`);
  } catch (error) {
    if (!isVarveError(error)) throw error;
    terminal.say(renderError(error, question));
  }
}

async function describe(db: Varve, name: string, terminal: Terminal): Promise<void> {
  const tables = await db.tables();
  if (name === '') {
    for (const table of tables) await terminal.print(`${table.name}  ${table.rows} rows\n`);
    return;
  }
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) terminal.say(`There is no table "${name}".`);
  else for (const column of table.columns) await terminal.print(`${column.name}  ${column.type}\n`);
}

function completerOf(tables: readonly TableSummary[]): (line: string) => [string[], string] {
  const names = [
    ...keywords,
    ...tables.flatMap((table) => [table.name, ...table.columns.map((column) => column.name)]),
  ];
  return (line) => {
    const word = /[^\s,(]*$/.exec(line)![0];
    return [[...new Set(names)].filter((name) => name.startsWith(word)), word];
  };
}

function historyFile(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'varve', 'history');
}

function readHistory(): string[] {
  const file = historyFile();
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}

/** A home that cannot be written costs the history, not the session. */
function writeHistory(lines: Interface): void {
  const { history } = lines as unknown as { history?: readonly string[] };
  try {
    mkdirSync(dirname(historyFile()), { recursive: true });
    writeFileSync(historyFile(), (history ?? []).slice(0, historyLinesMax).join('\n'), { mode: 0o600 });
  } catch {
    // Nothing else depends on it.
  }
}
