import { scalarTypes, type ScalarType } from '../column/types.ts';
import type { Cursor } from './cursor.ts';
import { nearestDuration } from './nearest-duration.ts';
import { betweenMend, inMend, refuseComparisonHabit } from './comparison-habits.ts';
import { missingExpressionHint, refuseExpressionHabit } from './expression-habits.ts';
import { reservedWords } from './names.ts';
import { refuseVerbInBrackets } from './verb-habits.ts';
import { isName, parseDots, parseName } from './parse-name.ts';
import { typeHabits } from './sql-names.ts';
import type { Syntax } from './syntax.ts';

/** Reads an expression: or, and, not, comparisons, sums, products, unary minus, places and casts, loosest first. */
export function parseExpression(cursor: Cursor): Syntax {
  return cursor.nested(() => cursor.endingAtBetween(false, () => parseLogic(cursor, 'or')));
}

/** Reads an expression that ends where a `between` stands outside its brackets. */
export function parseUntilBetween(cursor: Cursor): Syntax {
  return cursor.nested(() => cursor.endingAtBetween(true, () => parseLogic(cursor, 'or')));
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
  if (isComparison(cursor))
    cursor.refuse(
      'Comparisons do not chain.',
      'Write a < b and b < c, or between; put one of them in brackets to compare its outcome.',
    );
  return left;
}

/** Whether a comparison's operator stands next. */
function isComparison(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (token.kind === 'sign') return comparisons.includes(token.text);
  const words = ['in', 'between', 'like', 'ilike'];
  if (cursor.betweenEnds && cursor.isWord('between')) return false;
  if (cursor.isWord('is') || words.some((word) => cursor.isWord(word))) return true;
  return cursor.isWord('not') && words.some((word) => cursor.isWord(word, 1));
}

function parseOneComparison(cursor: Cursor): Syntax {
  const start = cursor.peek().span.start;
  const left = parseSum(cursor);
  const sign = cursor.peek();
  if (sign.kind === 'sign' && comparisons.includes(sign.text)) {
    refuseComparisonHabit(cursor, left);
    cursor.next();
    const right = parseSum(cursor);
    const name = sign.text === '<>' ? '!=' : sign.text;
    return { kind: 'operator', name, args: [left, right], span: cursor.spanFrom(start) };
  }
  refuseComparisonHabit(cursor, left);
  if (cursor.takeWord('is')) {
    const negated = cursor.takeWord('not');
    cursor.expectWord('null', `after is${negated ? ' not' : ''}`, `Values are compared with ${negated ? '!=' : '='}.`);
    return { kind: 'is_null', arg: left, negated, span: cursor.spanFrom(start) };
  }
  const negated = cursor.isWord('not') && isComparison(cursor);
  if (negated) cursor.next();
  if (cursor.takeWord('in')) return parseIn(cursor, left, negated, start);
  if ((negated || !cursor.betweenEnds) && cursor.takeWord('between')) {
    const low = parseSum(cursor);
    if (!cursor.isWord('and'))
      cursor.fail('"and" is wanted between the two ends of between', betweenMend(cursor, left, low));
    cursor.next();
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

/** Values in brackets, a query in brackets, the name of a defined query, or a parameter whose value is a list. */
function parseIn(cursor: Cursor, arg: Syntax, negated: boolean, start: number): Syntax {
  const parameter = cursor.peek();
  if (parameter.kind === 'parameter') {
    cursor.next();
    const values = [{ kind: 'parameter', name: parameter.text, span: parameter.span }] as const;
    return { kind: 'in', arg, values, negated, span: cursor.spanFrom(start) };
  }
  const cohort = cursor.peek();
  if (isName(cursor)) {
    const name = parseName(cursor, 'the name of a defined query is wanted after in');
    const values = [
      { kind: 'name', name, quoted: cohort.kind === 'name', span: cursor.spanFrom(cohort.span.start) },
    ] as const;
    return { kind: 'in', arg, values, negated, span: cursor.spanFrom(start) };
  }
  if (!cursor.isSign('(')) cursor.fail('"(" is wanted after in', inMend(cursor, arg));
  cursor.next();
  refuseVerbInBrackets(cursor);
  if (cursor.isWord('select')) {
    const query = cursor.select();
    cursor.expectSign(')', 'after the query of in');
    return { kind: 'in_query', arg, query, negated, span: cursor.spanFrom(start) };
  }
  if (cursor.isSign(')')) cursor.fail('a value is wanted in the brackets of in', 'A list has at least one value.');
  const values = [parseExpression(cursor)];
  while (cursor.takeSign(',')) values.push(parseExpression(cursor));
  closeBracket(cursor, 'after the values of in');
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
  return negate(arg, cursor.spanFrom(start));
}

/** A minus before an expression. That of a number is part of it, since 2^63 is an int only behind its minus. */
export function negate(arg: Syntax, span: Syntax['span']): Syntax {
  if (arg.kind === 'literal' && typeof arg.value === 'number')
    return { ...arg, value: arg.value === 0 && arg.float !== true ? 0 : -arg.value, span };
  // The other way round 2^63 is none: it overflows where it is evaluated.
  if (arg.kind === 'literal' && typeof arg.value === 'bigint' && arg.value !== -(2n ** 63n))
    return { ...arg, value: -arg.value, span };
  return { kind: 'operator', name: 'negate', args: [arg], span };
}

function parsePostfix(cursor: Cursor): Syntax {
  const start = cursor.peek().span.start;
  let left = parsePrimary(cursor);
  for (;;) {
    if (cursor.takeSign('::')) left = { kind: 'cast', arg: left, to: parseType(cursor), span: cursor.spanFrom(start) };
    else if (cursor.takeSign('[')) {
      const place = parseExpression(cursor);
      cursor.expectSign(']', 'after the place in a list', 'Write tags[1].');
      left = { kind: 'element', list: left, place, span: cursor.spanFrom(start) };
    } else return left;
  }
}

function parseType(cursor: Cursor): ScalarType {
  const token = cursor.peek();
  if (token.kind === 'word' && (scalarTypes as readonly string[]).includes(token.lower)) {
    cursor.next();
    return token.lower as ScalarType;
  }
  const meant = token.kind === 'word' ? typeHabits.get(token.lower) : undefined;
  if (token.kind === 'word')
    cursor.refuse(`There is no type "${token.text.slice(0, 60)}".`, meant ?? `Types are ${scalarTypes.join(', ')}.`);
  return cursor.fail('a type is wanted', `Types are ${scalarTypes.join(', ')}.`);
}

function parsePrimary(cursor: Cursor): Syntax {
  const token = cursor.peek();
  const { span } = token;
  switch (token.kind) {
    case 'number':
      cursor.next();
      refuseSpacedDuration(cursor, String(token.value));
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
      return parseColumn(cursor, token.text, true, span.start);
    case 'word':
      return parseWord(cursor, token.text, token.lower);
    case 'sign':
      if (token.text === '(') return parseBrackets(cursor);
      refuseExpressionHabit(cursor);
      return cursor.fail('an expression is wanted', missingExpressionHint(cursor));
    case 'end':
      return cursor.fail('an expression is wanted', missingExpressionHint(cursor));
  }
}

/** `1 day`: a number is never followed by a word that is a unit. */
function refuseSpacedDuration(cursor: Cursor, count: string): void {
  const unit = cursor.peek();
  if (unit.kind !== 'word' || reservedWords.has(unit.lower)) return;
  const meant = unit.lower.length > 1 ? nearestDuration(`${count} ${unit.lower}`) : null;
  if (meant !== null) cursor.refuse(`A duration is one word: ${count} ${unit.text} is not.`, `Write ${meant}.`);
}

function parseBrackets(cursor: Cursor): Syntax {
  cursor.next();
  if (cursor.isWord('select'))
    cursor.refuse(
      'A query in brackets is a source or the right side of in, not a value.',
      'Ask it first, and give its answer as a parameter: amount > $average.',
    );
  const inner = parseExpression(cursor);
  closeBracket(cursor, 'after the expression', 'Brackets hold one expression; a list of values stands behind in.');
  return inner;
}

/** Takes `)`. @param mend where a comma stands in its place. */
function closeBracket(cursor: Cursor, after: string, mend = 'Close the bracket before the comma.'): void {
  cursor.expectSign(')', after, cursor.isSign(',') ? mend : 'Close the bracket here, or take its opening one away.');
}

function parseWord(cursor: Cursor, text: string, lower: string): Syntax {
  const start = cursor.peek().span.start;
  if (lower === 'case') return parseCase(cursor);
  if (lower === 'cast' && cursor.isSign('(', 1)) return parseCast(cursor);
  if (lower === 'null' || lower === 'true' || lower === 'false') {
    cursor.next();
    return { kind: 'literal', value: lower === 'null' ? null : lower === 'true', span: cursor.spanFrom(start) };
  }
  refuseExpressionHabit(cursor);
  if (reservedWords.has(lower)) return cursor.fail('an expression is wanted', missingExpressionHint(cursor));
  cursor.next();
  if (cursor.isSign('(')) return parseCall(cursor, lower, start);
  const unit = cursor.peek();
  if (
    (lower === 'this' || lower === 'last') &&
    unit.kind === 'word' &&
    /^(day|week|month|quarter|year)$/.test(unit.lower)
  ) {
    cursor.next();
    return { kind: 'call', name: `${lower} ${unit.lower}`, args: [], filter: null, span: cursor.spanFrom(start) };
  }
  return parseColumn(cursor, text, false, start);
}

function parseColumn(cursor: Cursor, first: string, quoted: boolean, start: number): Syntax {
  const name = parseDots(cursor, first);
  if (cursor.isSign('.') && cursor.isSign('*', 1))
    cursor.refuse('A source has no columns of its own here.', 'Write * alone: it is every column.', 2);
  return { kind: 'name', name, quoted, span: cursor.spanFrom(start) };
}

function parseCall(cursor: Cursor, name: string, start: number): Syntax {
  cursor.next();
  const args: Syntax[] = [];
  if (name === 'count' && cursor.isSign('*') && cursor.isSign(')', 1)) cursor.next();
  if (!cursor.isSign(')')) {
    do args.push(parseExpression(cursor));
    while (cursor.takeSign(','));
  }
  closeBracket(cursor, `after the arguments of ${name}`);
  let filter: Syntax | null = null;
  if (cursor.isWord('filter') && cursor.isSign('(', 1)) {
    cursor.next();
    cursor.next();
    cursor.expectWord('where', 'in filter ( )', 'Write count() filter (where status = 200).');
    filter = parseExpression(cursor);
    closeBracket(cursor, 'after filter', 'Join conditions with and.');
  }
  refuseExpressionHabit(cursor, true);
  return { kind: 'call', name, args, filter, span: cursor.spanFrom(start) };
}

function parseCast(cursor: Cursor): Syntax {
  const start = cursor.next().span.start;
  cursor.next();
  const arg = parseExpression(cursor);
  cursor.expectWord('as', 'inside cast ( )', 'Write cast(x as int), or x::int.');
  const to = parseType(cursor);
  closeBracket(cursor, 'after the type of cast');
  return { kind: 'cast', arg, to, span: cursor.spanFrom(start) };
}

function parseCase(cursor: Cursor): Syntax {
  const start = cursor.next().span.start;
  const subject = cursor.isWord('when') ? null : parseExpression(cursor);
  const branches: { when: Syntax; then: Syntax }[] = [];
  while (cursor.takeWord('when')) {
    const when = parseExpression(cursor);
    cursor.expectWord('then', 'after when', 'Write case when x > 1 then 2 else 3 end.');
    branches.push({ when, then: parseExpression(cursor) });
  }
  if (branches.length === 0) cursor.fail('"when" is wanted after case', 'Write case when x > 1 then 2 else 3 end.');
  const otherwise = cursor.takeWord('else') ? parseExpression(cursor) : null;
  cursor.expectWord('end', 'after case', 'Write case when ok then 1 else 2 end.');
  return { kind: 'case', subject, branches, otherwise, span: cursor.spanFrom(start) };
}
