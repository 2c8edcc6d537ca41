import { VarveError, type Span } from '../base/errors.ts';
import { Cursor } from './cursor.ts';
import { parseExpression, reservedWords } from './expressions.ts';
import { tokenize } from './lexer.ts';
import type { Item, OrderItem, SelectSyntax, Syntax } from './syntax.ts';

const order = ['select', 'from', 'since', 'until', 'where', 'group', 'every', 'having', 'order', 'limit', 'timezone'];
const later = new Map([
  ['funnel', 'funnel'],
  ['retention', 'retention'],
  ['paths', 'paths'],
  ['lifecycle', 'lifecycle'],
  ['define', 'define'],
  ['explain', 'explain'],
  ['show', 'show'],
  ['describe', 'describe'],
  ['drop', 'drop'],
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
      hint: 'This version answers select.',
    });
  if (!cursor.takeWord('select')) cursor.fail('a query begins with "select"');
  const query = parseSelect(cursor, first.span.start);
  cursor.takeSign(';');
  if (cursor.peek().kind !== 'end') failClause(cursor, 'timezone');
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
  if (!cursor.takeWord('from')) cursor.fail('"from" or a comma is wanted after the selected expressions');
  const query: Mutable<SelectSyntax> = {
    kind: 'select',
    items,
    from: parseSource(cursor),
    since: null,
    until: null,
    where: null,
    groupBy: [],
    every: null,
    having: null,
    orderBy: [],
    limit: null,
    offset: 0,
    timezone: null,
    span: { start, end: start },
  };
  let last = 'from';
  for (;;) {
    const token = cursor.peek();
    if (token.kind !== 'word' || !order.includes(token.lower)) break;
    const clause = token.lower;
    const range = clause === 'since' || clause === 'until';
    const place = order.indexOf(last);
    if (
      order.indexOf(clause) <= place &&
      !(range && last === 'where') &&
      !(range && (last === 'since' || last === 'until'))
    )
      failClause(cursor, last);
    cursor.next();
    parseClause(cursor, query, clause, token.span);
    last = range && order.indexOf(clause) < place ? last : clause;
  }
  query.span = cursor.spanFrom(start);
  return query;
}

function failClause(cursor: Cursor, last: string): never {
  const token = cursor.peek();
  if (token.kind === 'word') {
    if (order.includes(token.lower)) {
      throw new VarveError('syntax', `"${token.lower}" cannot stand after "${last}".`, {
        span: token.span,
        hint: `Clauses come in this order: ${order.join(' ')}.`,
      });
    }
    if (token.lower === 'join')
      throw new VarveError('syntax', 'join is not part of the language.', {
        span: token.span,
        hint: 'Name several sources in from, or attach a lookup.',
      });
    if (['compare', 'sample', 'trailing'].includes(token.lower))
      throw new VarveError('syntax', `"${token.lower}" is not supported yet.`, { span: token.span });
  }
  return cursor.fail('the end of the query is wanted');
}

function parseSource(cursor: Cursor): { name: string; span: Span } {
  const token = cursor.peek();
  if (token.kind === 'sign' && token.text === '(')
    throw new VarveError('syntax', 'A query as the source is not supported yet.', { span: token.span });
  if (token.kind !== 'name' && (token.kind !== 'word' || reservedWords.has(token.lower)))
    cursor.fail('the name of a table is wanted after from');
  cursor.next();
  let name = (token as { text: string }).text;
  while (cursor.isSign('.') && (cursor.peek(1).kind === 'word' || cursor.peek(1).kind === 'name')) {
    cursor.next();
    name += `.${(cursor.next() as { text: string }).text}`;
  }
  if (cursor.isSign('('))
    throw new VarveError('syntax', `${name}(…) as a source is not supported yet.`, { span: token.span });
  if (cursor.isSign(','))
    throw new VarveError('syntax', 'Several sources are not supported yet.', { span: cursor.peek().span });
  if (cursor.isWord('join')) failClause(cursor, 'from');
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
      query.groupBy = parseItems(cursor);
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
  if (token.kind === 'number' && typeof token.value === 'number' && Number.isInteger(token.value)) return token.value;
  throw new VarveError('syntax', `${clause} wants a whole number.`, { span: token.span });
}

function parseItems(cursor: Cursor): Item[] {
  const items: Item[] = [];
  do {
    const start = cursor.peek().span.start;
    const expr: Syntax = parseExpression(cursor);
    let alias: string | null = null;
    if (cursor.takeWord('as')) {
      const token = cursor.next();
      if (token.kind !== 'word' && token.kind !== 'name')
        throw new VarveError('syntax', 'A name is wanted after as.', { span: token.span });
      alias = token.text;
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

function parseOrder(cursor: Cursor): OrderItem[] {
  const items: OrderItem[] = [];
  do {
    const start = cursor.peek().span.start;
    const expr = parseExpression(cursor);
    const descending = cursor.takeWord('desc');
    if (!descending) cursor.takeWord('asc');
    items.push({ expr, descending, span: cursor.spanFrom(start) });
  } while (cursor.takeSign(','));
  return items;
}
