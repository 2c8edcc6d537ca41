import { isVarveError, renderError, textWidth, vocabulary, VarveError } from '../../../engine/index.ts';
import { outputFormat, outputFormatNames } from '../formats/index.ts';
import { openOutput } from '../output.ts';
import { formatCount } from '../terminal.ts';
import { loadCatalog, type Session } from './session.ts';

/** A command of the shell's own: it begins with a backslash and ends with its line. */
interface ShellCommand {
  readonly name: string;
  readonly argument?: string;
  readonly summary: string;
  run(session: Session, argument: string): Promise<void>;
}

const commands: readonly ShellCommand[] = [
  { name: 'd', argument: '[TABLE]', summary: 'the tables, or the columns of one', run: describe },
  { name: 'df', argument: '[NAME]', summary: 'the functions, or those whose names hold a text', run: listFunctions },
  {
    name: 'format',
    argument: '[NAME]',
    summary: `how answers are printed: ${outputFormatNames.join(', ')}`,
    run: format,
  },
  { name: 'o', argument: '[FILE]', summary: 'answers go to a file, until the next \\o', run: redirect },
  { name: 'timing', summary: 'whether rows and time are told behind each answer', run: timing },
  { name: '?', summary: 'this list', run: help },
  { name: 'q', summary: 'leave; Ctrl-D does too', run: leave },
];

/** What the shell says when it begins. */
export const greeting =
  'A query ends with ; or an empty line. \\? lists commands, \\d tables; Tab completes, \\q leaves.';

/** The names of the shell's commands, with their backslashes. */
export const shellCommandNames: readonly string[] = commands.map(({ name }) => `\\${name}`);

/** Runs a line that begins with a backslash. What goes wrong is told; nothing is thrown but bugs. */
export async function runShellCommand(session: Session, line: string): Promise<void> {
  const [, name, argument] = /^\\(\S*)\s*(.*?)\s*;?$/s.exec(line.trim())!;
  const command = commands.find((candidate) => candidate.name === (name === 'h' ? '?' : name));
  if (command === undefined) {
    session.terminal.say(`There is no \\${name}. There are ${shellCommandNames.join(' ')}.`);
    return;
  }
  try {
    await command.run(session, argument!);
  } catch (error) {
    if (!isVarveError(error)) throw error;
    session.terminal.say(renderError(error, ''));
  }
}

async function describe(session: Session, name: string): Promise<void> {
  const { db, terminal } = session;
  await db.refresh();
  session.catalog = loadCatalog(db);
  const { tables, saved } = await session.catalog;
  if (name === '') {
    const rows = tables.map((table) => [table.name, `${formatCount(table.rows)} row${table.rows === 1 ? '' : 's'}`]);
    for (const query of saved) rows.push([query.name, query.query]);
    if (rows.length === 0) terminal.say('The store has no table yet. varve import FILE makes one.');
    return printAligned(session, rows);
  }
  const table = tables.find((candidate) => candidate.name === unquoted(name));
  const query = saved.find((candidate) => candidate.name === unquoted(name));
  if (query !== undefined) return terminal.print(`${query.query}\n`);
  if (table === undefined) {
    const names = [...tables, ...saved].map((candidate) => candidate.name);
    terminal.say(
      `There is no table "${name}".\n${names.length === 0 ? 'The store is empty.' : `There are ${names.join(', ')}.`}`,
    );
    return;
  }
  const actor = (column: string): string[] => (session.interactive && column === table.actor ? ['the actor'] : []);
  return printAligned(
    session,
    table.columns.map((column) => [column.name, column.type, ...actor(column.name)]),
  );
}

function unquoted(name: string): string {
  return /^".*"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name;
}

async function listFunctions(session: Session, part: string): Promise<void> {
  const found = vocabulary().functions.filter(({ name }) => name.includes(part.toLowerCase()));
  if (found.length === 0) session.terminal.say(`No function has "${part}" in its name.`);
  await printAligned(
    session,
    found.map(({ name, kind, summary }) => [name, kind, summary]),
  );
}

async function format(session: Session, name: string): Promise<void> {
  if (name === '') {
    const standard = session.interactive ? 'table' : 'ndjson';
    await session.terminal.print(`${session.options.format ?? standard}\n`);
    return;
  }
  session.options = { ...session.options, format: outputFormat(name).name };
}

async function redirect(session: Session, file: string): Promise<void> {
  const { output } = session;
  session.output = null;
  await output?.finish();
  if (file === '') return;
  session.output = await openOutput(session.terminal, file, false).catch((error: unknown) => {
    if (!isVarveError(error) || error.code !== 'conflict') throw error;
    throw new VarveError('conflict', error.message, { hint: 'Name another file.', cause: error });
  });
}

function timing(session: Session, word: string): Promise<void> {
  session.timing = word === '' ? !session.timing : word === 'on';
  session.terminal.say(`Rows and time are ${session.timing ? 'told' : 'not told'}.`);
  return Promise.resolve();
}

function help(session: Session): Promise<void> {
  const rows = commands.map(({ name, argument = '', summary }) => [`\\${name} ${argument}`.trimEnd(), summary]);
  for (const line of aligned(rows)) session.terminal.say(line);
  session.terminal.say('All else is a query; it ends with ; or an empty line. Ctrl-C calls off what runs or is typed.');
  return Promise.resolve();
}

function leave(session: Session): Promise<void> {
  session.left = true;
  return Promise.resolve();
}

async function printAligned(session: Session, rows: readonly (readonly string[])[]): Promise<void> {
  for (const line of aligned(rows)) await session.terminal.print(`${line}\n`);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, textWidth(cell))));
  return rows.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat(index === row.length - 1 ? 0 : widths[index]! - textWidth(cell)))
      .join('  '),
  );
}
