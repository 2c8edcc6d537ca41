import { createInterface, type Interface } from 'node:readline/promises';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isVarveError, open, renderError, type TableSummary, type Varve } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { splitStatements } from '../statements.ts';
import { formatCount, formatElapsed, type Terminal } from '../terminal.ts';
import { outputFormatNames } from '../formats/index.ts';
import { answer } from './query.ts';

const historyLinesMax = 1000;
const help = 'A query ends with ; — \\d lists tables, \\d TABLE its columns, \\q leaves.';
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
      .option('--format <name>', outputFormatNames.join(', '))
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
  const interactive = terminal.output.isTTY === true && (terminal.input as { isTTY?: boolean }).isTTY === true;
  const lines = createInterface({
    input: terminal.input,
    output: interactive ? terminal.output : undefined,
    terminal: interactive,
    historySize: historyLinesMax,
    ...(interactive ? { history: readHistory(), completer: completerOf(tables) } : {}),
  });
  if (interactive) terminal.say(help);
  lines.setPrompt('varve> ');
  const reader = { lines, interactive, pending: '' };
  if (interactive) lines.prompt();
  // Ctrl-C drops what has been typed; with nothing typed it leaves.
  lines.on('SIGINT', () => {
    if (reader.pending === '' && lines.line === '') {
      lines.close();
      return;
    }
    reader.pending = '';
    lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    lines.setPrompt('varve> ');
    terminal.say('');
    lines.prompt();
  });
  for await (const line of lines) {
    if (reader.pending === '' && /^\s*(\\q|quit|exit)\s*;?\s*$/.test(line)) break;
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
  if (reader.pending === '' && line.trim().startsWith('\\')) {
    await runMeta(db, line.trim(), terminal);
    return;
  }
  const { complete, rest } = splitStatements(`${reader.pending === '' ? '' : `${reader.pending}\n`}${line}`);
  // An empty line ends what was typed, but for an open text or comment, whose error says what is missing.
  const ended = line.trim() === '' && rest !== '';
  reader.pending = ended ? '' : rest;
  for (const question of ended ? [...complete, rest] : complete) await ask(db, question, options, terminal);
}

async function runMeta(db: Varve, line: string, terminal: Terminal): Promise<void> {
  const [, command, name] = /^\\(\S*)\s*(.*?)\s*;?$/.exec(line)!;
  if (command === 'd') {
    await db.refresh();
    await describe(db, name!, terminal);
  } else if (command === '?' || command === 'h') terminal.say(help);
  else terminal.say(`There is no \\${command}.\n${help}`);
}

async function ask(
  db: Varve,
  question: string,
  options: CommonOptions & { format?: string },
  terminal: Terminal,
): Promise<void> {
  try {
    await db.refresh();
    const result = await answer(db, question, options, terminal);
    if (terminal.output.isTTY === true)
      terminal.say(
        `${formatCount(result.rowCount)} row${result.rowCount === 1 ? '' : 's'}, ${formatElapsed(result.meta.elapsed_ms)}`,
      );
  } catch (error) {
    if (!isVarveError(error)) throw error;
    terminal.say(renderError(error, question));
  }
}

async function describe(db: Varve, name: string, terminal: Terminal): Promise<void> {
  const tables = await db.tables();
  if (name === '') {
    for (const table of tables)
      await terminal.print(`${table.name}  ${formatCount(table.rows)} row${table.rows === 1 ? '' : 's'}\n`);
    return;
  }
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined)
    terminal.say(
      `There is no table "${name}".\n${tables.length === 0 ? 'The store is empty.' : `There are ${tables.map((candidate) => candidate.name).join(', ')}.`}`,
    );
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
