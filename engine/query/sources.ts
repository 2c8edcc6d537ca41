import { VarveError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { argumentWords, column, printName } from './names.ts';
import { isName, parseName } from './parse-name.ts';
import { parseStep } from './parse-step.ts';
import { isQuestionAhead } from './verb-habits.ts';
import type { NamedAggregate, SourceSyntax, StepSyntax, Syntax } from './syntax.ts';

/** Reads what stands behind `from`: one source or several. */
export function parseSources(cursor: Cursor): SourceSyntax[] {
  const sources = [parseSource(cursor)];
  while (cursor.takeSign(',')) sources.push(parseSource(cursor));
  return sources;
}

function parseSource(cursor: Cursor): SourceSyntax {
  const token = cursor.peek();
  const { start } = token.span;
  if (cursor.isSign('(')) {
    const isQuestion = isQuestionAhead(cursor, 1);
    if (!isQuestion && !cursor.isWord('select', 1))
      cursor.refuse(
        'Brackets in from hold a query.',
        isSimpleName(cursor)
          ? 'Write from events, or from (select * from events).'
          : 'Write from (select * from events).',
      );
    cursor.next();
    const query = isQuestion ? cursor.behaviour() : cursor.select();
    cursor.expectSign(')', 'after the query in from', 'Close the bracket that opens the query.');
    return { kind: 'query', query, span: cursor.spanFrom(start) };
  }
  if (token.kind === 'word' && cursor.isSign('(', 1)) {
    if (token.lower === 'sessions') return parseSessions(cursor);
    if (token.lower === 'actors') return parseActors(cursor);
    const near = nearestNames(token.lower, ['sessions', 'actors'], 1);
    cursor.refuse(
      `${token.text.slice(0, 60)}(…) is no source.`,
      near.length > 0 ? `Did you mean ${near[0]!}(…)?` : 'Sources are tables, (select …), sessions(…) and actors(…).',
    );
  }
  if (token.kind === 'text')
    cursor.refuse(
      'A table is named without single quotes.',
      /[./\\]/.test(token.text)
        ? 'Import the file first: varve import FILE makes a table.'
        : `Write from ${printName(token.text.slice(0, 60))}.`,
    );
  const name = parseName(
    cursor,
    'the name of a table is wanted after from',
    isName(cursor) ? undefined : sourceHint(cursor),
  );
  return { kind: 'table', name, span: cursor.spanFrom(start) };
}

function isSimpleName(cursor: Cursor): boolean {
  const token = cursor.peek(1);
  return (token.kind === 'word' || token.kind === 'name') && cursor.isSign(')', 2);
}

function sourceHint(cursor: Cursor): string | undefined {
  if (cursor.isWord('select')) return 'A query as the source stands in brackets: from (select * from events).';
  const before = cursor.before();
  if (before?.kind === 'sign' && before.text === ',') return 'Take the comma before it away.';
  return cursor.peek().kind === 'word' ? undefined : 'Write from events.';
}

/** What the arguments of one call gave so far. */
interface Arguments {
  gap: StepSyntax | null;
  per: Syntax | null;
  starting: Syntax | null;
  ending: Syntax | null;
  readonly aggregates: NamedAggregate[];
}

function parseSessions(cursor: Cursor): SourceSyntax {
  const { span } = cursor.peek();
  const { source, given } = parseCut(cursor, 'sessions');
  const { gap, per, starting, ending, aggregates } = given;
  if (gap === null)
    throw new VarveError('syntax', 'sessions wants a gap: how long a silence ends a session.', {
      span,
      hint: 'Write sessions(events, gap => 30m).',
    });
  return { kind: 'sessions', source, gap, per, starting, ending, aggregates, span: cursor.spanFrom(span.start) };
}

function parseActors(cursor: Cursor): SourceSyntax {
  const { start } = cursor.peek().span;
  const { source, given } = parseCut(cursor, 'actors');
  return { kind: 'actors', source, per: given.per, aggregates: given.aggregates, span: cursor.spanFrom(start) };
}

/** Reads `sessions(` or `actors(`, the source inside and the named arguments, in any order. */
function parseCut(cursor: Cursor, call: 'sessions' | 'actors'): { source: SourceSyntax; given: Arguments } {
  cursor.next();
  cursor.next();
  if (cursor.isWord('select'))
    cursor.refuse(
      `A query inside ${call} stands in brackets of its own.`,
      `Write ${call}((select * from events)${call === 'sessions' ? ', gap => 30m' : ''}).`,
    );
  if (cursor.isSign('=>', 1)) cursor.refuse(`The source comes first in ${call}.`, `Write ${exampleOf(call)}.`, 2);
  if (cursor.isSign(')')) cursor.refuse(`${call} wants a source.`, `Write ${exampleOf(call)}.`);
  const source = cursor.nested(() => parseSource(cursor));
  const given: Arguments = { gap: null, per: null, starting: null, ending: null, aggregates: [] };
  const seen = new Set<string>();
  while (cursor.takeSign(',')) parseArgument(cursor, call, given, seen);
  if (
    cursor.peek().kind === 'word' &&
    ['since', 'until', 'where', 'group'].includes((cursor.peek() as { lower: string }).lower)
  )
    cursor.fail(
      `a comma or ")" is wanted in ${call}`,
      `Filter the events first: ${call}((select * from events where ok)${call === 'sessions' ? ', gap => 30m' : ''}); a clause outside is about the rows made.`,
    );
  cursor.expectSign(
    ')',
    `after the arguments of ${call}`,
    isName(cursor) ? 'Arguments are parted by commas.' : `Write ${exampleOf(call)}.`,
  );
  return { source, given };
}

function exampleOf(call: 'sessions' | 'actors'): string {
  return call === 'sessions' ? 'sessions(events, gap => 30m)' : 'actors(events, orders => count())';
}

function parseArgument(cursor: Cursor, call: 'sessions' | 'actors', given: Arguments, seen: Set<string>): void {
  const token = cursor.peek();
  const { start } = token.span;
  if (token.kind === 'duration' && call === 'sessions')
    cursor.refuse('The arguments of sessions have names.', 'Write gap => 30m.');
  const name = parseName(cursor, `the name of an argument is wanted in ${call}`, argumentHint(cursor, call));
  expectArrow(cursor, call, name);
  const word = token.kind === 'word' && name === token.text ? token.lower : '';
  const option = argumentWords.includes(word) ? word : null;
  const key = option === null ? `"${name}` : option;
  if (seen.has(key))
    throw new VarveError('syntax', `The argument "${name}" stands twice.`, {
      span: token.span,
      hint: option === null ? 'Give one of the two another name.' : 'Keep one of the two.',
    });
  seen.add(key);
  if (option !== null && option !== 'per' && call === 'actors')
    throw new VarveError('syntax', `actors has no ${option}: it makes one row of an actor's whole life.`, {
      span: token.span,
      hint: `Write sessions(events, gap => 30m): rows parted by silence${option === 'gap' ? '' : ` or by ${option}`}.`,
    });
  if (option === 'gap') given.gap = parseStep(cursor, 'gap =>', '30m');
  else if (option === 'per') given.per = parsePer(cursor);
  else if (option === 'starting') given.starting = parseExpression(cursor);
  else if (option === 'ending') given.ending = parseExpression(cursor);
  else given.aggregates.push({ name, expr: parseExpression(cursor), span: cursor.spanFrom(start) });
}

function argumentHint(cursor: Cursor, call: 'sessions' | 'actors'): string {
  return cursor.isSign(')') ? 'Take the comma before it away.' : `Write ${exampleOf(call)}.`;
}

function expectArrow(cursor: Cursor, call: string, name: string): void {
  if (cursor.takeSign('=>')) return;
  const example = name === 'gap' ? 'gap => 30m' : `${printName(name)} =>`;
  if (cursor.isSign('=')) cursor.refuse('A named argument is written with =>, not =.', `Write ${example}.`);
  if (cursor.isSign('(')) cursor.refuse(`The aggregates of ${call} have names.`, 'Write n => count().');
  cursor.fail(
    `"=>" is wanted after the argument's name`,
    `Arguments are written name => value; several events tables go into (select * from a, b).`,
  );
}

/** `per` takes a column, which no time word means here. */
function parsePer(cursor: Cursor): Syntax {
  const { start } = cursor.peek().span;
  const hint = isName(cursor) ? undefined : 'Write per => user_id.';
  return column(parseName(cursor, 'the name of a column is wanted after per =>', hint), cursor.spanFrom(start));
}
