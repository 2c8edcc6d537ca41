import type { Cursor } from './cursor.ts';
import { nowhere } from './json-fields.ts';
import type { Token } from './lexer.ts';
import { printExpression } from './print.ts';
import { shown } from './shown.ts';
import type { Syntax } from './syntax.ts';

/**
 * Refuses, where the operator of a comparison may stand, what other languages write there, and names what is written here.
 * @param left what stands before it, for the mend.
 * @throws VarveError `syntax`.
 */
export function refuseComparisonHabit(cursor: Cursor, left: Syntax): void {
  const token = cursor.peek();
  if (token.kind === 'sign') refuseSign(cursor, token.text, shown(left));
  if (token.kind === 'word') refuseWord(cursor, token.lower, shown(left));
}

function refuseWord(cursor: Cursor, word: string, left: Syntax): void {
  const value = literalOf(cursor.peek(1));
  switch (word) {
    case 'is':
      refuseIs(cursor, left);
      break;
    case 'not':
      if (cursor.isSign('=', 1))
        cursor.refuse('not stands before a condition, not inside one.', 'Write != instead.', 2);
      break;
    case 'like':
    case 'ilike':
      if (isQuantifier(cursor))
        cursor.refuse(`${word} takes one pattern.`, `Join several with or: ${likeAny(cursor, word, left)}.`, 2);
      break;
    case 'contains':
      if (value !== null) cursor.refuse('contains is a function here.', `Write ${call('contains', [left, value])}.`);
      break;
    case 'isnull':
    case 'notnull': {
      const mend = printExpression({ kind: 'is_null', arg: left, negated: word === 'notnull', span: nowhere });
      cursor.refuse(`${word} is two words here.`, `Write ${mend}.`);
      break;
    }
    case 'similar':
      if (cursor.isWord('to', 1))
        cursor.refuse('similar to is not part of the language.', `Write ${operation('~', left, text('a+'))}.`, 2);
      break;
    case 'rlike':
    case 'regexp':
    case 'regex':
    case 'matches':
    case 'match':
      if (value !== null)
        cursor.refuse(`${word} is not part of the language.`, `Write ${operation('~', left, value)}.`);
      break;
    case 'glob':
      if (value !== null)
        cursor.refuse('glob is not part of the language.', `Write ${operation('like', left, text('a%'))}.`);
      break;
    default:
      break;
  }
}

function refuseIs(cursor: Cursor, left: Syntax): void {
  const negated = cursor.isWord('not', 1);
  const place = negated ? 2 : 1;
  if (cursor.isWord('distinct', place) && cursor.isWord('from', place + 1))
    cursor.refuse(
      `is ${negated ? 'not ' : ''}distinct from is not part of the language.`,
      negated
        ? 'Write a = b or (a is null and b is null).'
        : 'Write a != b or (a is null and b is not null) or (a is not null and b is null).',
      place + 2,
    );
  const value = literalOf(cursor.peek(place));
  if (value !== null)
    cursor.refuse(`is goes with null only.`, `Write ${operation(negated ? '!=' : '=', left, value)}.`, place);
}

function refuseSign(cursor: Cursor, sign: string, left: Syntax): void {
  if (sign === '==') cursor.refuse('Equality is written =, not ==.', 'Write = instead.');
  if (sign === '=>')
    cursor.refuse(
      '=> compares nothing.',
      'At least is written >=; named arguments belong to sessions(…) and actors(…) in from.',
    );
  if (sign === '=' && cursor.isSign('<', 1)) cursor.refuse('=< compares nothing.', 'At most is written <=.', 2);
  if (sign === '=' && cursor.isSign('~', 1))
    cursor.refuse('=~ compares nothing.', `Write ${operation('~', left, text('a+'))}.`, 2);
  if (!['=', '!=', '<>'].includes(sign) || !isQuantifier(cursor)) return;
  const list = cursor.peek(3);
  const name = list.kind === 'parameter' ? list.text.slice(0, 40) : 'list';
  const mend = `${printExpression(left)} ${sign === '=' ? '' : 'not '}in`;
  const quantifier = cursor.peek(1) as { readonly text: string };
  cursor.refuse(
    `${sign} ${quantifier.text}(…) is not part of the language.`,
    cursor.isWord('select', 3) ? `Write ${mend} (select user_id from events).` : `Write ${mend} $${name}.`,
    3,
  );
}

/** @returns the mend where the two ends of between are not joined: `status between 200 and 299`. */
export function betweenMend(cursor: Cursor, arg: Syntax, low: Syntax): string {
  const high = literalOf(cursor.peek(cursor.isSign(',') || cursor.isWord('to') ? 1 : 0));
  if (high === null) return `Write ${printExpression(shown(arg))} between 1 and 5.`;
  return `Write ${printExpression({ kind: 'between', arg: shown(arg), low: shown(low), high, negated: false, span: nowhere })}.`;
}

/** @returns the mend where no bracket stands behind in: `country in ('DE')`. */
export function inMend(cursor: Cursor, arg: Syntax): string {
  const first = literalOf(cursor.peek(cursor.isSign('[') ? 1 : 0)) ?? text('DE');
  const list = printExpression({ kind: 'in', arg: shown(arg), values: [first], negated: false, span: nowhere });
  return `Write ${list}, or in $list.`;
}

/** `any (…)` behind an operator: not the aggregate any(x), which takes one value and has no space. */
function isQuantifier(cursor: Cursor): boolean {
  const [word, bracket, value] = [cursor.peek(1), cursor.peek(2), cursor.peek(3)];
  if (word.kind !== 'word' || !['any', 'all', 'some'].includes(word.lower) || !cursor.isSign('(', 2)) return false;
  const several = value.kind === 'parameter' || cursor.isWord('select', 3) || cursor.isSign(',', 4);
  return several || bracket.span.start > word.span.end || word.lower !== 'any';
}

function likeAny(cursor: Cursor, name: 'like' | 'ilike', left: Syntax): string {
  const [first, second] = [cursor.peek(3), cursor.peek(5)].map(
    (token, at) => literalOf(token) ?? text(at === 0 ? 'a%' : 'b%'),
  );
  const like = (pattern: Syntax): Syntax => ({
    kind: 'like',
    name,
    args: [left, pattern],
    negated: false,
    span: nowhere,
  });
  return printExpression({ kind: 'or', args: [like(first!), like(second!)], span: nowhere });
}

/** @returns the value that a token is; null for another token, and for a text that is too long to show. */
function literalOf(token: Token): Syntax | null {
  if (token.kind === 'text') return token.text.length <= 40 ? text(token.text) : null;
  if (token.kind === 'number')
    return { kind: 'literal', value: token.value, ...(token.float ? { float: true } : {}), span: nowhere };
  if (token.kind === 'parameter') return { kind: 'parameter', name: token.text.slice(0, 40), span: nowhere };
  return token.kind === 'word' && /^(true|false)$/.test(token.lower)
    ? { kind: 'literal', value: token.lower === 'true', span: nowhere }
    : null;
}

function text(value: string): Syntax {
  return { kind: 'literal', value, span: nowhere };
}

function operation(name: string, left: Syntax, right: Syntax): string {
  return printExpression(
    name === 'like'
      ? { kind: 'like', name, args: [left, right], negated: false, span: nowhere }
      : { kind: 'operator', name, args: [left, right], span: nowhere },
  );
}

function call(name: string, args: readonly Syntax[]): string {
  return printExpression({ kind: 'call', name, args, filter: null, span: nowhere });
}
