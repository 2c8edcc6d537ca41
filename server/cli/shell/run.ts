import { createInterface, type Interface } from 'node:readline/promises';
import { changesStore, isVarveError, renderError, vocabulary, type Varve } from '../../../engine/index.ts';
import { answerTo, type AnswerOptions } from '../commands/query.ts';
import { outputFormatNames } from '../formats/index.ts';
import { openOutput } from '../output.ts';
import { splitStatements } from '../statements.ts';
import { formatCount, formatElapsed, type Terminal } from '../terminal.ts';
import { greeting, runShellCommand, shellCommandNames } from './commands.ts';
import { completeQuery, matching } from './complete.ts';
import { historyLinesMax, openHistory, type History } from './history.ts';
import { scanPieces } from './scan.ts';
import { loadCatalog, valuesOf, type Session } from './session.ts';

const prompt = 'varve> ';
const promptWithin = '   ... ';

/** What has been typed of a statement, and what the history was before it. */
interface Typed {
  pending: string;
  before: readonly string[];
}

/**
 * Reads queries and commands until the end of the input. A query ends with `;` or with an empty line; an error is
 * told and the shell goes on. On a terminal Ctrl-C calls off what runs or drops what is typed, and never leaves.
 * From a pipe, a query that failed makes the exit code 1.
 */
export async function runShell(db: Varve, options: AnswerOptions, terminal: Terminal): Promise<void> {
  const interactive = terminal.output.isTTY === true && (terminal.input as { isTTY?: boolean }).isTTY === true;
  const catalog = interactive ? loadCatalog(db) : Promise.resolve({ tables: [], saved: [] });
  // Completion asks again for what could not be had.
  catalog.catch(() => undefined);
  const session: Session = {
    ...{ db, terminal, interactive, options, catalog, output: null, running: null },
    timing: true,
    left: false,
  };
  const history = interactive ? openHistory() : null;
  const typed: Typed = { pending: '', before: [] };
  const lines: Interface = createInterface({
    input: terminal.input,
    output: interactive ? terminal.output : undefined,
    terminal: interactive,
    historySize: historyLinesMax,
    ...(history === null
      ? {}
      : { history: history.lines, completer: (line: string) => complete(session, typed, lines, line) }),
  });
  if (interactive) terminal.say(greeting);
  const ask = (): void => {
    if (!interactive) return;
    lines.setPrompt(typed.pending === '' ? prompt : promptWithin);
    lines.prompt();
  };
  lines.on('SIGINT', () => interrupt(session, typed, lines, ask));
  ask();
  for await (const line of lines) {
    await takeLine(session, typed, line, lines, history);
    if (session.left) break;
    ask();
  }
  if (!interactive && !session.left && typed.pending.trim() !== '') await answerStatement(session, typed.pending);
  lines.close();
  // Ctrl-D leaves the cursor behind the prompt.
  if (interactive && !session.left) terminal.say('');
  await runShellCommand(session, '\\o');
}

function interrupt(session: Session, typed: Typed, lines: Interface, ask: () => void): void {
  if (session.running !== null) {
    session.running.abort();
    return;
  }
  const nothing = typed.pending === '' && lines.line === '';
  typed.pending = '';
  lines.write(null, { ctrl: true, name: 'e' });
  lines.write(null, { ctrl: true, name: 'u' });
  session.terminal.say(nothing ? '\n\\q or Ctrl-D leaves.' : '');
  ask();
}

async function takeLine(
  session: Session,
  typed: Typed,
  line: string,
  lines: Interface,
  history: History | null,
): Promise<void> {
  if (typed.pending === '') {
    if (line.trim().startsWith('\\')) {
      history?.add(line);
      await runShellCommand(session, line);
      return;
    }
    const word = line.trim().replace(/\s*;$/, '').toLowerCase();
    const own = { quit: '\\q', exit: '\\q', help: '\\?' }[word];
    if (own !== undefined) return runShellCommand(session, own);
    typed.before = historyOf(lines).filter((_, index) => index > 0 || historyOf(lines)[0] !== line);
  }
  const { complete: whole, rest } = splitStatements(`${typed.pending === '' ? '' : `${typed.pending}\n`}${line}`);
  const text = typed.pending === '' ? line : `${typed.pending}\n${line}`;
  // An empty line ends what was typed, but for an open text or comment, whose error says what is missing.
  const ended = line.trim() === '' && rest !== '';
  typed.pending = ended ? '' : rest;
  if (history !== null && typed.pending === '' && text.trim() !== '') remember(history, typed, lines, text);
  for (const question of ended ? [...whole, rest] : whole) await answerStatement(session, question);
}

/** A statement of several lines is one entry of the history, in one line: so an arrow brings all of it back. */
function remember(history: History, typed: Typed, lines: Interface, text: string): void {
  const joined = text.trim().replace(/\s*\n\s*/g, ' ');
  // A comment of a line would swallow what follows it, and a text of two lines would be another in one.
  const bound = text.includes('--') || scanPieces(text).pieces.some(({ raw }) => /\S\s*\n/.test(raw));
  const entries = bound ? text.trim().split('\n') : [joined];
  for (const entry of entries) history.add(entry);
  if (text.includes('\n') && entries.length === 1) {
    const own = historyOf(lines);
    own.splice(0, own.length, joined, ...typed.before);
  }
}

/** The lines that the arrows go through, the latest first. */
function historyOf(lines: Interface): string[] {
  return (lines as unknown as { readonly history?: string[] }).history ?? [];
}

async function answerStatement(session: Session, question: string): Promise<void> {
  const { db, terminal, interactive } = session;
  const running = new AbortController();
  session.running = running;
  try {
    await db.refresh();
    const output = session.output ?? (await openOutput(terminal, undefined, false));
    const result = await answerTo(output, db, question, { ...session.options, signal: running.signal }, terminal);
    if (session.output === null) await output.finish();
    if (interactive && changesStore(question)) session.catalog = loadCatalog(db);
    if (interactive && session.timing)
      terminal.say(
        `${formatCount(result.rowCount)} row${result.rowCount === 1 ? '' : 's'}, ${formatElapsed(result.meta.elapsed_ms)}`,
      );
  } catch (error) {
    if (!isVarveError(error)) throw error;
    if (!interactive) terminal.exitCode = 1;
    terminal.say(renderError(error, question));
  } finally {
    session.running = null;
  }
}

async function complete(session: Session, typed: Typed, lines: Interface, before: string): Promise<[string[], string]> {
  if (typed.pending === '' && before.startsWith('\\')) return completeCommand(session, before);
  const { tables, saved } = await session.catalog.catch(() => ({ tables: [], saved: [] }));
  const catalog = [...tables, ...saved.map(({ name }) => ({ name, columns: [] }))];
  const start = typed.pending === '' ? '' : `${typed.pending}\n`;
  const statement = splitStatements(start + before).rest;
  const found = completeQuery(statement, lines.line.slice(before.length), catalog, vocabulary());
  if (found.kind === 'words') return [[...found.words], found.typed];
  return [await valuesOf(session.db, found.table, found.column, found.prefix), found.typed];
}

async function namesOf(session: Session): Promise<string[]> {
  const { tables, saved } = await session.catalog.catch(() => ({ tables: [], saved: [] }));
  return [...tables, ...saved].map(({ name }) => name);
}

async function completeCommand(session: Session, before: string): Promise<[string[], string]> {
  const [, command, typed] = /^(\\\S*)(?:\s+(.*))?$/s.exec(before)!;
  if (typed === undefined) return [matching(command!, shellCommandNames), command!];
  const names =
    command === '\\d'
      ? await namesOf(session)
      : command === '\\format'
        ? outputFormatNames
        : command === '\\df'
          ? vocabulary().functions.map(({ name }) => name)
          : [];
  return [matching(typed, names), typed];
}
