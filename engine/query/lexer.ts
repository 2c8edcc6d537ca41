import { VarveError, type Span } from '../base/errors.ts';
import { parseDuration, type Step } from '../base/duration.ts';
import { limits } from '../base/limits.ts';

export type Token = { readonly span: Span } & (
  | { readonly kind: 'word'; readonly text: string; readonly lower: string }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number | bigint; readonly float: boolean }
  | { readonly kind: 'duration'; readonly step: Step }
  | { readonly kind: 'parameter'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'end' }
);

const spacePattern = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const wordPattern = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const numberPattern = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const signPattern = /::|\|\||!=|<>|<=|>=|==|=>|!~|[()[\],.+\-*/%=<>~;]/y;

/**
 * Cuts a query into tokens, the last of kind end.
 * @throws VarveError `syntax` with the place of a character or quote that has no end; `limit` for a text that is too long.
 */
export function tokenize(text: string): Token[] {
  // A UTF-16 unit is three bytes of UTF-8 at most: only what may be too long is measured.
  const bytes = 3 * text.length > limits.queryBytesMax ? new TextEncoder().encode(text).length : 0;
  if (bytes > limits.queryBytesMax) {
    throw new VarveError(
      'limit',
      `The query has ${bytes} bytes, at most ${limits.queryBytesMax} are read (queryBytesMax).`,
      { hint: 'Ask it in parts, or by a condition in place of a long list.' },
    );
  }
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  for (;;) {
    at += match(spacePattern)?.length ?? 0;
    if (at >= text.length) break;
    const token = readToken(text, at, match);
    tokens.push(token);
    at = token.span.end;
  }
  tokens.push({ kind: 'end', span: { start: text.length, end: text.length } });
  return tokens;
}

function readToken(text: string, start: number, match: (pattern: RegExp) => string | null): Token {
  const character = text[start]!;
  if (character === "'" || character === '"') return readQuoted(text, start, character);
  if (character === '$') {
    const name = /^\$([\p{L}_][\p{L}\p{N}_]*)/u.exec(text.slice(start, start + 200));
    if (name === null)
      throw new VarveError('syntax', 'After $ comes the name of a parameter.', {
        span: { start, end: start + 1 },
        hint: 'A column whose name begins with $ is written in double quotes: "$insert_id".',
      });
    return { kind: 'parameter', text: name[1]!, span: { start, end: start + name[0].length } };
  }
  const word = match(wordPattern);
  if (word !== null)
    return { kind: 'word', text: word, lower: word.toLowerCase(), span: { start, end: start + word.length } };
  if (/\d/.test(character)) return readNumber(text, start, match(numberPattern)!);
  if (text.startsWith('/*', start))
    throw new VarveError('syntax', 'The comment that begins here has no closing */.', {
      span: { start, end: start + 2 },
    });
  const sign = match(signPattern);
  if (sign !== null) return { kind: 'sign', text: sign, span: { start, end: start + sign.length } };
  const wrong = String.fromCodePoint(text.codePointAt(start)!);
  throw new VarveError('syntax', `The character "${wrong}" has no meaning here.`, {
    span: { start, end: start + wrong.length },
  });
}

function readNumber(text: string, start: number, digits: string): Token {
  const unit = /^[\p{L}_]+/u.exec(text.slice(start + digits.length, start + digits.length + 20))?.[0] ?? '';
  const end = start + digits.length + unit.length;
  if (unit !== '') {
    const step = parseDuration(digits + unit);
    if (step === null)
      throw new VarveError('syntax', `"${shown(digits + unit)}" is no number and no duration.`, {
        span: { start, end },
        hint: 'Durations are 500ms 30s 15m 1h 7d 2w 1mo 1q 1y, lower case, at most 10,000 years.',
      });
    return { kind: 'duration', step, span: { start, end } };
  }
  const span = { start, end };
  const number = Number(digits);
  const float = !/^\d+$/.test(digits);
  if (float && !Number.isFinite(number))
    throw new VarveError('syntax', `The number ${shown(digits)} is beyond what a float can be.`, { span });
  const value = float || Number.isSafeInteger(number) ? number : BigInt(digits);
  // 2^63 itself may stand behind a minus; alone it is refused when it is bound.
  if (typeof value === 'bigint' && value > 2n ** 63n)
    throw new VarveError('syntax', `The number ${shown(digits)} is beyond 64 bits.`, {
      span,
      hint: 'Write it as a float: 1e20.',
    });
  return { kind: 'number', value, float, span };
}

/** A number of a thousand digits is named by its beginning. */
function shown(digits: string): string {
  return digits.length <= 40 ? digits : `${digits.slice(0, 40)}…`;
}

function readQuoted(text: string, start: number, quote: string): Token {
  let at = start + 1;
  let value = '';
  for (;;) {
    const end = text.indexOf(quote, at);
    if (end < 0)
      throw new VarveError(
        'syntax',
        `The ${quote === "'" ? 'text' : 'name'} that begins here has no closing ${quote}.`,
        {
          span: { start, end: text.length },
          hint: `A ${quote} inside is written twice: ${quote}a${quote}${quote}b${quote}.`,
        },
      );
    value += text.slice(at, end);
    if (text[end + 1] !== quote) {
      return { kind: quote === "'" ? 'text' : 'name', text: value, span: { start, end: end + 1 } };
    }
    value += quote;
    at = end + 2;
  }
}
