import { VarveError, type Span } from '../base/errors.ts';
import { Cursor } from './cursor.ts';
import { parseExpression, reservedWords } from './expressions.ts';
import { tokenize } from './lexer.ts';
import { checkSize } from './query-size.ts';
import type { Item, OrderItem, SelectSyntax, Syntax } from './syntax.ts';

const clauses = ['select', 'from', 'since', 'until', 'where', 'group', 'every', 'having', 'order', 'limit', 'timezone'];
/** What other statements begin with, and what to do until they are answered. */
const selectOnly = 'This version answers select.';
const tablesInstead = 'varve tables lists tables; \\d and \\d TABLE in varve shell show columns.';
const later = new Map([
  ...['funnel', 'retention', 'paths', 'lifecycle', 'define', 'explain', 'drop'].map(
    (word) => [word, selectOnly] as const,
  ),
  ['show', tablesInstead],
  ['describe', tablesInstead],
]);

/**
 * Reads a query.
 * @throws VarveError `syntax` with the place and the mend, `limit` for a text too long or too deep.
 */
export function parseQuery(text: string): SelectSyntax {
  const cursor = new Cursor(tokenize(text));
  const first = cursor.peek();
  if (first.kind === 'word' && later.has(first.lower))
    throw new VarveError('syntax', `"${first.lower}" is not supported yet.`, {
      span: first.span,
      hint: later.get(first.lower),
    });
  if (!cursor.takeWord('select'))
    cursor.fail('a query begins with "select"', 'Write select count() from events, for one.');
  const query = parseSelect(cursor, first.span.start);
  cursor.takeSign(';');
  if (cursor.peek().kind !== 'end') failClause(cursor, 'timezone');
  checkSize(query);
  return query;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function parseSelect(cursor: Cursor, start: number): SelectSyntax {
  if (cursor.isWord('distinct'))
    throw new VarveError('syntax', 'select distinct is not part of the language.', {
      span: cursor.peek().span,
      hint: 'Group instead: select country from events group by country.',
    });
  const items = parseItems(cursor);
  if (!cursor.takeWord('from')) failBeforeFrom(cursor);
  const query: Mutable<SelectSyntax> = {
    kind: 'select',
    items,
    from: [{ kind: 'table', ...parseSource(cursor) }],
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
  let last = 'from';
  const seen = new Set(['select', 'from']);
  for (;;) {
    const token = cursor.peek();
    if (token.kind !== 'word' || !clauses.includes(token.lower)) break;
    const clause = token.lower;
    if (seen.has(clause))
      throw new VarveError('syntax', `"${clause}" stands twice.`, {
        span: token.span,
        hint: clause === 'where' || clause === 'having' ? 'Join the conditions with and.' : 'Once is enough.',
      });
    seen.add(clause);
    // A written range may also stand after where.
    const range = clause === 'since' || clause === 'until';
    const place = clauses.indexOf(last);
    if (clauses.indexOf(clause) <= place && !(range && place <= clauses.indexOf('where'))) failClause(cursor, last);
    cursor.next();
    parseClause(cursor, query, clause, token.span);
    last = range && clauses.indexOf(clause) < place ? last : clause;
  }
  query.span = cursor.spanFrom(start);
  return query;
}

const orderHint = `Clauses come in this order: ${clauses.join(' ').replace('group', 'group by').replace('order', 'order by')}.`;

function failBeforeFrom(cursor: Cursor): never {
  const token = cursor.peek();
  if (token.kind === 'word' && clauses.includes(token.lower))
    throw new VarveError('syntax', `"${token.lower}" cannot stand before "from".`, {
      span: token.span,
      hint: orderHint,
    });
  return cursor.fail(
    '"from" or a comma is wanted after the selected expressions',
    token.kind === 'word' || token.kind === 'name' ? 'A column of the answer is named with as.' : undefined,
  );
}

function failClause(cursor: Cursor, last: string): never {
  const token = cursor.peek();
  if (token.kind === 'word') {
    if (clauses.includes(token.lower) && token.lower !== 'select')
      throw new VarveError('syntax', `"${token.lower}" cannot stand after "${last}".`, {
        span: token.span,
        hint: orderHint,
      });
    if (token.lower === 'offset')
      throw new VarveError('syntax', 'offset stands behind limit.', {
        span: token.span,
        hint: 'Write limit 10 offset 20.',
      });
    if (['inner', 'left', 'right', 'full', 'cross', 'natural'].includes(token.lower) && cursor.isWord('join', 1))
      cursor.next();
    if (['union', 'intersect', 'except'].includes(token.lower))
      throw new VarveError('syntax', `${token.lower} is not part of the language.`, {
        span: token.span,
        hint: 'Ask one query after the other, or group by what tells them apart.',
      });
    if (token.lower === 'select')
      throw new VarveError('syntax', 'One query at a time.', { span: token.span, hint: 'Ask the second by itself.' });
    if (cursor.isWord('join'))
      throw new VarveError('syntax', 'join is not part of the language.', {
        span: cursor.peek().span,
        hint: 'Facts about an id come from a lookup attached to its column, other events from several sources in from.',
      });
    if (['compare', 'sample', 'trailing', 'per'].includes(token.lower))
      throw new VarveError('syntax', `"${token.lower}" is not supported yet.`, {
        span: token.span,
        hint: 'Leave it out: this version answers select over one table.',
      });
  }
  const named = token.kind === 'word' || token.kind === 'name';
  return cursor.fail(
    'the end of the query is wanted',
    named ? 'A column of the answer is named with as; a table has its own name.' : undefined,
  );
}

function parseSource(cursor: Cursor): { name: string; span: Span } {
  const token = cursor.peek();
  if (token.kind === 'sign' && token.text === '(')
    throw new VarveError('syntax', 'A query as the source is not supported yet.', {
      span: token.span,
      hint: 'Name a table: from events.',
    });
  if (token.kind !== 'name' && (token.kind !== 'word' || reservedWords.has(token.lower)))
    cursor.fail('the name of a table is wanted after from');
  cursor.next();
  let name = (token as { text: string }).text;
  while (cursor.isSign('.') && (cursor.peek(1).kind === 'word' || cursor.peek(1).kind === 'name')) {
    cursor.next();
    name += `.${(cursor.next() as { text: string }).text}`;
  }
  if (cursor.isSign('('))
    throw new VarveError('syntax', `${name}(…) as a source is not supported yet.`, {
      span: token.span,
      hint: 'Name a table: from events.',
    });
  if (cursor.isSign(','))
    throw new VarveError('syntax', 'Several sources are not supported yet.', {
      span: cursor.peek().span,
      hint: 'Ask one table after the other.',
    });
  return { name, span: cursor.spanFrom(token.span.start) };
}

function parseClause(cursor: Cursor, query: Mutable<SelectSyntax>, clause: string, span: Span): void {
  switch (clause) {
    case 'since':
      query.since = parseExpression(cursor);
      break;
    case 'until':
      query.until = parseExpression(cursor);
      break;
    case 'where':
      query.where = parseExpression(cursor);
      break;
    case 'having':
      query.having = parseExpression(cursor);
      break;
    case 'group':
      cursor.expectWord('by', 'after group');
      query.groupBy = parseItems(cursor).map((item) => ({ ...item, top: null, others: false }));
      break;
    case 'order':
      cursor.expectWord('by', 'after order');
      query.orderBy = parseOrder(cursor);
      break;
    case 'every': {
      const token = cursor.next();
      if (token.kind !== 'duration')
        throw new VarveError('syntax', 'every wants a duration.', { span: token.span, hint: 'Write every 1d.' });
      query.every = { step: token.step, span: token.span };
      break;
    }
    case 'limit':
      query.limit = parseCount(cursor, 'limit');
      if (cursor.takeWord('offset')) query.offset = parseCount(cursor, 'offset');
      break;
    case 'timezone': {
      const token = cursor.next();
      if (token.kind !== 'text')
        throw new VarveError('syntax', 'timezone wants a text.', {
          span: token.span,
          hint: "Write timezone 'Europe/Berlin'.",
        });
      query.timezone = { name: token.text, span: token.span };
      break;
    }
    default:
      throw new VarveError('syntax', `"${clause}" cannot stand here.`, { span });
  }
}

function parseCount(cursor: Cursor, clause: string): number {
  const token = cursor.next();
  if (token.kind === 'number' && typeof token.value === 'number' && !token.float) return token.value;
  throw new VarveError('syntax', `${clause} wants a whole number.`, {
    span: token.span,
    hint: `Write ${clause} 10.`,
  });
}

function parseItems(cursor: Cursor): Item[] {
  const items: Item[] = [];
  do {
    const start = cursor.peek().span.start;
    const expr: Syntax = parseExpression(cursor);
    let alias: string | null = null;
    if (cursor.takeWord('as')) {
      alias = parseAlias(cursor);
    }
    if (cursor.isWord('top'))
      throw new VarveError('syntax', '"top" is not supported yet.', {
        span: cursor.peek().span,
        hint: 'Use order by … limit.',
      });
    items.push({ expr, alias, span: cursor.spanFrom(start) });
  } while (cursor.takeSign(','));
  return items;
}

function parseAlias(cursor: Cursor): string {
  const token = cursor.peek();
  if (token.kind !== 'word' && token.kind !== 'name') cursor.fail('a name is wanted after as');
  if (token.kind === 'word' && reservedWords.has(token.lower))
    cursor.fail(
      'a name is wanted after as',
      `"${token.text}" is a word of the language: quote it to use it as a name.`,
    );
  cursor.next();
  return (token as { text: string }).text;
}

function parseOrder(cursor: Cursor): OrderItem[] {
  const items: OrderItem[] = [];
  do {
    const start = cursor.peek().span.start;
    const expr = parseExpression(cursor);
    const descending = cursor.takeWord('desc');
    if (!descending) cursor.takeWord('asc');
    if (cursor.isWord('nulls'))
      cursor.fail('a comma or the next clause is wanted', 'Nulls come last in both directions.');
    items.push({ expr, descending, span: cursor.spanFrom(start) });
  } while (cursor.takeSign(','));
  return items;
}
