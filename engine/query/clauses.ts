import { VarveError, type Span } from '../base/errors.ts';
import { failClause, refuseItemHabit } from './clause-habits.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { printName, reservedWords } from './names.ts';
import { isName, parseName } from './parse-name.ts';
import { parseStep } from './parse-step.ts';
import { shownText } from './shown.ts';
import { parseSources } from './sources.ts';
import type { GroupItem, Item, OrderItem, SelectSyntax } from './syntax.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Clauses in their order; what they are called stands in `clauseNames`. */
export const clauses = [
  'select',
  'from',
  'since',
  'until',
  'where',
  'group',
  'every',
  'having',
  'order',
  'limit',
  'compare',
  'sample',
  'timezone',
] as const;

/**
 * Reads a query from `select` to the end of the text, or to the bracket that closes it.
 * @param nested whether it stands in brackets.
 * @throws VarveError `syntax` with the place and the mend.
 */
export function parseSelect(cursor: Cursor, nested: boolean): SelectSyntax {
  const { start } = cursor.peek().span;
  cursor.next();
  const items = parseItems(cursor, parseItem);
  if (!cursor.takeWord('from')) failBeforeFrom(cursor, items.at(-1)!);
  const query: Mutable<SelectSyntax> = {
    kind: 'select',
    items,
    from: parseSources(cursor),
    since: null,
    until: null,
    where: null,
    groupBy: [],
    every: null,
    trailing: null,
    compare: null,
    having: null,
    orderBy: [],
    limit: null,
    offset: 0,
    timezone: null,
    span: { start, end: start },
  };
  const seen = new Set<Clause>(['select', 'from']);
  for (let clause = clauseAt(cursor); clause !== null; clause = clauseAt(cursor)) {
    const { span } = cursor.peek();
    checkPlace(clause, seen, span);
    seen.add(clause);
    cursor.next();
    parseClause(cursor, query, clause, span);
  }
  query.span = cursor.spanFrom(start);
  if (nested ? !cursor.isSign(')') : !cursor.isSign(';') && cursor.peek().kind !== 'end')
    failClause(cursor, { last: [...seen].at(-1)!, following: followingOf(seen).map(nameOf), nested });
  return query;
}

type Clause = (typeof clauses)[number];

/** @returns the clauses that may still come. */
function followingOf(seen: ReadonlySet<Clause>): Clause[] {
  const last = Math.max(...[...seen].map((clause) => clauses.indexOf(clause)));
  return clauses.filter((clause, place) => place > last && clause !== 'sample');
}

function clauseAt(cursor: Cursor): Clause | null {
  const token = cursor.peek();
  return token.kind === 'word' ? (clauses.find((clause) => clause === token.lower) ?? null) : null;
}

/** What a clause is called: `group by`. */
function nameOf(clause: string): string {
  return clause === 'group' || clause === 'order' ? `${clause} by` : clause;
}

/** Each clause once, and in the order of `clauses`; a written range may also stand behind where. */
function checkPlace(clause: Clause, seen: ReadonlySet<Clause>, span: Span): void {
  if (clause === 'select')
    throw new VarveError('syntax', 'One query at a time.', {
      span,
      hint: 'Ask the second by itself, or take the first as its source: from (select …).',
    });
  if (seen.has(clause))
    throw new VarveError('syntax', `"${nameOf(clause)}" stands twice.`, {
      span,
      hint: twiceHints.get(clause) ?? 'Keep one of the two.',
    });
  const range = clause === 'since' || clause === 'until';
  const bound = range ? clauses.indexOf('where') : clauses.indexOf(clause);
  const behind = clauses.filter((other, place) => place > bound && seen.has(other));
  if (behind.length === 0) return;
  throw new VarveError('syntax', `"${nameOf(clause)}" cannot stand after "${nameOf(behind.at(-1)!)}".`, {
    span,
    hint: `Move it before "${nameOf(behind[0]!)}". The order is ${clauses.map(nameOf).join(', ')}.`,
  });
}

const twiceHints: ReadonlyMap<string, string> = new Map([
  ['where', 'Join the conditions with and.'],
  ['having', 'Join the conditions with and.'],
  ['from', 'Part several sources by commas: from web, calls.'],
  ['group', 'Part the keys by commas: group by country, event.'],
  ['order', 'Part the expressions by commas: order by country, time.'],
]);

function failBeforeFrom(cursor: Cursor, last: Item): never {
  const token = cursor.peek();
  const clause = clauseAt(cursor);
  if (clause !== null && clause !== 'select')
    throw new VarveError('syntax', `"${nameOf(clause)}" cannot stand before "from".`, {
      span: token.span,
      hint: `Move "from" and the table before "${nameOf(clause)}".`,
    });
  return cursor.fail('"from" or a comma is wanted after the selected expressions', beforeFromHint(cursor, last));
}

function beforeFromHint(cursor: Cursor, { expr, alias }: Item): string {
  const token = cursor.peek();
  if (token.kind === 'end') return 'Say of which table: from events.';
  if (token.kind === 'sign' && token.text === ')') return 'This bracket closes none: take it away.';
  if (!isName(cursor)) return 'A comma, an operator or from misses here: select status + 1, event from events.';
  const [first, name] = [shownText(expr), printName((token as { text: string }).text.slice(0, 40))];
  return alias === null
    ? `Write ${first}, ${name}: two columns; ${first} as ${name} names one.`
    : 'Columns are parted by commas.';
}

function parseClause(cursor: Cursor, query: Mutable<SelectSyntax>, clause: Clause, span: Span): void {
  switch (clause) {
    case 'since':
    case 'until':
    case 'where':
    case 'having':
      query[clause] = parseExpression(cursor);
      break;
    case 'group':
      expectBy(cursor, 'group', 'country');
      query.groupBy = parseItems(cursor, parseGroupItem);
      break;
    case 'order':
      expectBy(cursor, 'order', 'time');
      query.orderBy = parseItems(cursor, parseOrderItem);
      break;
    case 'every':
      query.every = parseStep(cursor, 'every', '1d');
      if (cursor.takeWord('trailing')) query.trailing = parseStep(cursor, 'trailing', '7d');
      break;
    case 'limit':
      query.limit = parseCount(cursor, 'limit', 0, 'limit 10');
      if (cursor.isSign(',')) refuseLimitPair(cursor, query.limit);
      if (cursor.takeWord('offset')) query.offset = parseCount(cursor, 'offset', 0, 'limit 10 offset 20');
      break;
    case 'compare':
      query.compare = parseStep(cursor, 'compare', '1w');
      break;
    case 'sample':
      return refuseSample(span);
    case 'timezone':
      query.timezone = parseZone(cursor);
      break;
    default:
      throw new VarveError('internal', `BUG: a clause ${clause} that nobody reads`, { span });
  }
}

/** @throws VarveError `syntax`, always. */
export function refuseSample(span: Span): never {
  throw new VarveError('syntax', '"sample" is not supported yet.', {
    span,
    hint: 'Leave it out: the answer is then of all events.',
  });
}

/** Reads what stands behind `timezone`. @throws VarveError `syntax`. */
export function parseZone(cursor: Cursor): NonNullable<SelectSyntax['timezone']> {
  const token = cursor.peek();
  if (token.kind !== 'text') cursor.fail('"timezone" wants a text', `Write timezone '${zoneWritten(cursor)}'.`);
  cursor.next();
  return { name: token.text, span: token.span };
}

/** Takes the `by` of `group by`, `order by`. @throws VarveError `syntax` that names what stands there as a key. */
export function expectBy(cursor: Cursor, clause: string, example: string): void {
  const token = cursor.peek();
  const name = isName(cursor) && 'text' in token ? printName(token.text.slice(0, 40)) : example;
  cursor.expectWord('by', `after ${clause}`, `Write ${clause} by ${name}.`);
}

/** `limit 10, 20` passes over the first number of rows where it is known. */
function refuseLimitPair(cursor: Cursor, first: number): never {
  const second = cursor.peek(1);
  const count = second.kind === 'number' ? String(second.value) : '10';
  return cursor.refuse('limit takes one number.', `Write limit ${count} offset ${first} to pass over ${first} rows.`);
}

/** @returns the zone that stands there without quotes, or one to show how. */
function zoneWritten(cursor: Cursor): string {
  const parts: string[] = [];
  for (let at = 0; at < 6; at += 2) {
    const token = cursor.peek(at);
    if (token.kind !== 'word') break;
    parts.push(token.text.slice(0, 40));
    if (!cursor.isSign('/', at + 1)) break;
  }
  return parts.length === 0 ? 'Europe/Berlin' : parts.join('/');
}

/** Reads a whole number. @param mend the clause as it is written rightly. @throws VarveError `syntax`. */
export function parseCount(cursor: Cursor, clause: string, least: number, mend: string): number {
  const token = cursor.peek();
  if (token.kind === 'number' && typeof token.value === 'number' && !token.float && token.value >= least) {
    cursor.next();
    return token.value;
  }
  return cursor.fail(`"${clause}" wants a whole number${least === 0 ? '' : ` from ${least}`}`, `Write ${mend}.`);
}

/** Reads one or several, parted by commas. */
export function parseItems<T>(cursor: Cursor, parse: (cursor: Cursor) => T): T[] {
  const items: T[] = [];
  do items.push(parse(cursor));
  while (cursor.takeSign(','));
  return items;
}

function parseItem(cursor: Cursor): Item {
  const { span } = cursor.peek();
  if (cursor.isSign('*')) {
    cursor.next();
    if (cursor.isWord('as'))
      cursor.refuse('* is every column, and has no name of its own.', 'Name the columns one by one.');
    return { expr: { kind: 'star', span }, alias: null, span };
  }
  refuseItemHabit(cursor);
  const expr = parseExpression(cursor);
  return { expr, alias: parseAlias(cursor), span: cursor.spanFrom(span.start) };
}

/** Reads `as NAME` where it stands. */
export function parseAlias(cursor: Cursor): string | null {
  return cursor.takeWord('as')
    ? parseName(cursor, 'a name is wanted after as', isReserved(cursor) ? undefined : 'Write as n.')
    : null;
}

/** Whether a word of the language stands next, which says by itself how it is a name. */
function isReserved(cursor: Cursor): boolean {
  const token = cursor.peek();
  return token.kind === 'word' && reservedWords.has(token.lower);
}

/** A key, its name, and how many of its values. */
function parseGroupItem(cursor: Cursor): GroupItem {
  const { start } = cursor.peek().span;
  const expr = parseExpression(cursor);
  const alias = parseAlias(cursor);
  const key = `group by ${shownText(expr)}${alias === null ? '' : ` as ${printName(alias.slice(0, 40))}`}`;
  const top = cursor.takeWord('top') ? parseCount(cursor, 'top', 1, `${key} top 5`) : null;
  if (top === null && cursor.isWord('others')) cursor.refuse('others goes with top.', `Write ${key} top 5 others.`);
  const others = cursor.takeWord('others');
  if (cursor.isWord('as')) cursor.refuse('The name of a key stands before top.', `Write ${key} as c top 5.`);
  return { expr, alias, top, others, span: cursor.spanFrom(start) };
}

function parseOrderItem(cursor: Cursor): OrderItem {
  const { start } = cursor.peek().span;
  const expr = parseExpression(cursor);
  const descending = cursor.takeWord('desc');
  if (!descending) cursor.takeWord('asc');
  if (cursor.isWord('nulls'))
    cursor.refuse('Nulls come last in both directions.', 'Take nulls first and nulls last away.', 2);
  return { expr, descending, span: cursor.spanFrom(start) };
}
