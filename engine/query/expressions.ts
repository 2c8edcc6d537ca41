import { VarveError } from '../base/errors.ts';
import { scalarTypes, type ScalarType } from '../column/types.ts';
import type { Cursor } from './cursor.ts';
import type { Syntax } from './syntax.ts';

/** Words that name no column unless quoted. */
export const reservedWords: ReadonlySet<string> = new Set(
  (
    'select from where group having order limit every compare sample timezone since until and or not in is ' +
    'like ilike between case when then else end as null true false'
  ).split(' '),
);

/** Reads an expression: or, and, not, comparisons, sums, products, unary minus, places and casts, loosest first. */
export function parseExpression(cursor: Cursor): Syntax {
  return cursor.nested(() => parseLogic(cursor, 'or'));
}

function parseLogic(cursor: Cursor, kind: 'or' | 'and'): Syntax {
  const start = cursor.peek().span.start;
  const operand = (): Syntax => (kind === 'or' ? parseLogic(cursor, 'and') : parseNot(cursor));
  const args = [operand()];
  while (cursor.takeWord(kind)) args.push(operand());
  return args.length === 1 ? args[0]! : { kind, args, span: cursor.spanFrom(start) };
}

function parseNot(cursor: Cursor): Syntax {
  const start = cursor.peek().span.start;
  if (!cursor.takeWord('not')) return parseComparison(cursor);
  const arg = cursor.nested(() => parseNot(cursor));
  return { kind: 'not', arg, span: cursor.spanFrom(start) };
}

const comparisons = ['=', '!=', '<>', '<=', '>=', '<', '>', '~', '!~', '=='];

function parseComparison(cursor: Cursor): Syntax {
  const left = parseOneComparison(cursor);
  const token = cursor.peek();
  if (isComparison(cursor)) {
    throw new VarveError('syntax', 'Comparisons do not chain.', {
      span: token.span,
      hint: 'Write a < b and b < c, or between; put one of them in brackets to compare its outcome.',
    });
  }
  return left;
}

/** Whether a comparison's operator stands next. */
function isComparison(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (token.kind === 'sign') return comparisons.includes(token.text);
  const words = ['in', 'between', 'like', 'ilike'];
  if (cursor.isWord('is') || words.some((word) => cursor.isWord(word))) return true;
  return cursor.isWord('not') && words.some((word) => cursor.isWord(word, 1));
}

function parseOneComparison(cursor: Cursor): Syntax {
  const start = cursor.peek().span.start;
  const left = parseSum(cursor);
  const sign = cursor.peek();
  if (sign.kind === 'sign' && comparisons.includes(sign.text)) {
    if (sign.text === '==')
      throw new VarveError('syntax', 'Equality is written =, not ==.', { span: sign.span, hint: 'Write = instead.' });
    cursor.next();
    const right = parseSum(cursor);
    return {
      kind: 'operator',
      name: sign.text === '<>' ? '!=' : sign.text,
      args: [left, right],
      span: cursor.spanFrom(start),
    };
  }
  if (cursor.takeWord('is')) {
    const negated = cursor.takeWord('not');
    cursor.expectWord('null', 'after is', 'Values are compared with =: ok = true.');
    return { kind: 'is_null', arg: left, negated, span: cursor.spanFrom(start) };
  }
  const negated = cursor.isWord('not') && ['in', 'between', 'like', 'ilike'].some((word) => cursor.isWord(word, 1));
  if (negated) cursor.next();
  if (cursor.takeWord('in')) return parseIn(cursor, left, negated, start);
  if (cursor.takeWord('between')) {
    const low = parseSum(cursor);
    cursor.expectWord('and', 'between the two ends of between');
    const high = parseSum(cursor);
    return { kind: 'between', arg: left, low, high, negated, span: cursor.spanFrom(start) };
  }
  for (const name of ['like', 'ilike'] as const) {
    if (cursor.takeWord(name)) {
      const args = [left, parseSum(cursor)];
      if (cursor.takeWord('escape')) args.push(parseSum(cursor));
      return { kind: 'like', name, args, negated, span: cursor.spanFrom(start) };
    }
  }
  return left;
}

function parseIn(cursor: Cursor, arg: Syntax, negated: boolean, start: number): Syntax {
  cursor.expectSign('(', 'after in');
  if (cursor.isWord('select'))
    throw new VarveError('syntax', 'A query inside in ( ) is not supported yet.', {
      span: cursor.peek().span,
      hint: 'Ask it first, and give its values in the list.',
    });
  const values = [parseExpression(cursor)];
  while (cursor.takeSign(',')) values.push(parseExpression(cursor));
  cursor.expectSign(')', 'after the values of in');
  return { kind: 'in', arg, values, negated, span: cursor.spanFrom(start) };
}

function parseSum(cursor: Cursor): Syntax {
  return parseLeft(cursor, ['+', '-', '||'], () => parseLeft(cursor, ['*', '/', '%'], () => parseUnary(cursor)));
}

function parseLeft(cursor: Cursor, signs: readonly string[], operand: () => Syntax): Syntax {
  const start = cursor.peek().span.start;
  let left = operand();
  for (;;) {
    const sign = cursor.peek();
    if (sign.kind !== 'sign' || !signs.includes(sign.text)) return left;
    cursor.next();
    left = { kind: 'operator', name: sign.text, args: [left, operand()], span: cursor.spanFrom(start) };
  }
}

function parseUnary(cursor: Cursor): Syntax {
  const start = cursor.peek().span.start;
  if (!cursor.takeSign('-')) return parsePostfix(cursor);
  const arg = cursor.nested(() => parseUnary(cursor));
  const span = cursor.spanFrom(start);
  // Folded here, since 2^63 is an int only behind its minus.
  if (arg.kind === 'literal' && typeof arg.value === 'number')
    return { ...arg, value: arg.value === 0 && arg.float !== true ? 0 : -arg.value, span };
  if (arg.kind === 'literal' && typeof arg.value === 'bigint') return { ...arg, value: -arg.value, span };
  return { kind: 'operator', name: 'negate', args: [arg], span };
}

function parsePostfix(cursor: Cursor): Syntax {
  const start = cursor.peek().span.start;
  let left = parsePrimary(cursor);
  for (;;) {
    if (cursor.takeSign('::')) left = { kind: 'cast', arg: left, to: parseType(cursor), span: cursor.spanFrom(start) };
    else if (cursor.takeSign('[')) {
      const place = parseExpression(cursor);
      cursor.expectSign(']', 'after the place in a list');
      left = { kind: 'element', list: left, place, span: cursor.spanFrom(start) };
    } else return left;
  }
}

function parseType(cursor: Cursor): ScalarType {
  const token = cursor.peek();
  if (token.kind !== 'word' || !(scalarTypes as readonly string[]).includes(token.lower))
    cursor.fail('a type is wanted', `Types are ${scalarTypes.join(', ')}.`);
  cursor.next();
  return (token as { lower: string }).lower as ScalarType;
}

function parsePrimary(cursor: Cursor): Syntax {
  const token = cursor.peek();
  const { span } = token;
  switch (token.kind) {
    case 'number':
      cursor.next();
      return { kind: 'literal', value: token.value, ...(token.float ? { float: true } : {}), span };
    case 'text':
      cursor.next();
      return { kind: 'literal', value: token.text, span };
    case 'duration':
      cursor.next();
      return { kind: 'duration', step: token.step, span };
    case 'parameter':
      cursor.next();
      return { kind: 'parameter', name: token.text, span };
    case 'name':
      cursor.next();
      return parseName(cursor, token.text, true, span.start);
    case 'word':
      return parseWord(cursor, token.text, token.lower);
    case 'sign':
      if (token.text === '(') {
        cursor.next();
        const inner = parseExpression(cursor);
        cursor.expectSign(')', 'after the expression');
        return inner;
      }
      if (token.text === '*') {
        cursor.next();
        return { kind: 'star', span };
      }
      return cursor.fail('an expression is wanted');
    case 'end':
      return cursor.fail('an expression is wanted');
  }
}

function parseWord(cursor: Cursor, text: string, lower: string): Syntax {
  const start = cursor.peek().span.start;
  if (lower === 'case') return parseCase(cursor);
  if (lower === 'cast' && cursor.isSign('(', 1)) return parseCast(cursor);
  if (lower === 'null' || lower === 'true' || lower === 'false') {
    cursor.next();
    return { kind: 'literal', value: lower === 'null' ? null : lower === 'true', span: cursor.spanFrom(start) };
  }
  if (lower === 'select')
    throw new VarveError('syntax', 'A query cannot stand inside an expression.', {
      span: cursor.peek().span,
      hint: 'Ask it first, and give its answer as a parameter.',
    });
  if (reservedWords.has(lower))
    return cursor.fail(
      'an expression is wanted',
      `"${text}" is a word of the language; a column of that name is written "${text}" in double quotes.`,
    );
  cursor.next();
  if (cursor.takeSign('(')) return parseCall(cursor, lower, start);
  if (
    (lower === 'this' || lower === 'last') &&
    cursor.peek().kind === 'word' &&
    /^(day|week|month|quarter|year)$/.test((cursor.peek() as { lower: string }).lower)
  ) {
    const unit = cursor.next() as { lower: string };
    return { kind: 'call', name: `${lower} ${unit.lower}`, args: [], filter: null, span: cursor.spanFrom(start) };
  }
  return parseName(cursor, text, false, start);
}

/** `a.b.c` is one name with dots. */
function parseName(cursor: Cursor, first: string, quoted: boolean, start: number): Syntax {
  let name = first;
  while (cursor.isSign('.') && (cursor.peek(1).kind === 'word' || cursor.peek(1).kind === 'name')) {
    cursor.next();
    name += `.${(cursor.next() as { text: string }).text}`;
  }
  return { kind: 'name', name, quoted, span: cursor.spanFrom(start) };
}

function parseCall(cursor: Cursor, name: string, start: number): Syntax {
  const args: Syntax[] = [];
  if (!cursor.takeSign(')')) {
    do args.push(parseExpression(cursor));
    while (cursor.takeSign(','));
    if (
      args.length === 1 &&
      args[0]!.kind === 'name' &&
      args[0]!.name.toLowerCase() === 'distinct' &&
      !cursor.isSign(')')
    )
      throw new VarveError('syntax', `${name}(distinct …) is not part of the language.`, {
        span: args[0]!.span,
        hint: 'uniq(x) counts distinct values.',
      });
    cursor.expectSign(')', `after the arguments of ${name}`);
  }
  let filter: Syntax | null = null;
  if (cursor.isWord('filter') && cursor.isSign('(', 1)) {
    cursor.next();
    cursor.next();
    cursor.expectWord('where', 'in filter ( )');
    filter = parseExpression(cursor);
    cursor.expectSign(')', 'after filter');
  }
  return { kind: 'call', name, args, filter, span: cursor.spanFrom(start) };
}

function parseCast(cursor: Cursor): Syntax {
  const start = cursor.next().span.start;
  cursor.next();
  const arg = parseExpression(cursor);
  cursor.expectWord('as', 'inside cast ( )');
  const to = parseType(cursor);
  cursor.expectSign(')', 'after the type of cast');
  return { kind: 'cast', arg, to, span: cursor.spanFrom(start) };
}

function parseCase(cursor: Cursor): Syntax {
  const start = cursor.next().span.start;
  const subject = cursor.isWord('when') ? null : parseExpression(cursor);
  const branches: { when: Syntax; then: Syntax }[] = [];
  while (cursor.takeWord('when')) {
    const when = parseExpression(cursor);
    cursor.expectWord('then', 'after when');
    branches.push({ when, then: parseExpression(cursor) });
  }
  if (branches.length === 0) cursor.fail('"when" is wanted after case');
  const otherwise = cursor.takeWord('else') ? parseExpression(cursor) : null;
  cursor.expectWord('end', 'after case');
  return { kind: 'case', subject, branches, otherwise, span: cursor.spanFrom(start) };
}
