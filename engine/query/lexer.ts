import { VarveError, type Span } from '../base/errors.ts';
import { parseDuration, type Step } from '../base/duration.ts';
import { limits } from '../base/limits.ts';
import { refuseForeign } from './foreign-signs.ts';
import { nearestDuration } from './nearest-duration.ts';

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
const parameterPattern = /\$([\p{L}_][\p{L}\p{N}_]*)/uy;
const unitPattern = /[\p{L}_][\p{L}\p{N}_]*/uy;
const datePattern = /\d{4}-\d\d?-\d\d?(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?/y;
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
  const match = (pattern: RegExp, from = at): string | null => {
    pattern.lastIndex = from;
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

type Match = (pattern: RegExp, from?: number) => string | null;

function readToken(text: string, start: number, match: Match): Token {
  const character = text[start]!;
  if (character === "'" || character === '"') return readQuoted(text, start, character);
  const parameter = match(parameterPattern);
  if (parameter !== null)
    return { kind: 'parameter', text: parameter.slice(1), span: { start, end: start + parameter.length } };
  const word = match(wordPattern);
  if (word !== null)
    return { kind: 'word', text: word, lower: word.toLowerCase(), span: { start, end: start + word.length } };
  if (/\d/.test(character)) return readNumber(start, match);
  const sign = match(signPattern) ?? '';
  refuseForeign(text, start, sign.length);
  if (sign !== '') return { kind: 'sign', text: sign, span: { start, end: start + sign.length } };
  const wrong = String.fromCodePoint(text.codePointAt(start)!);
  throw new VarveError('syntax', `The character "${wrong}" has no meaning here.`, {
    span: { start, end: start + wrong.length },
    hint: 'Texts stand in single quotes, and names with other signs than letters, digits and _ in double quotes.',
  });
}

function readNumber(start: number, match: Match): Token {
  const date = match(datePattern);
  if (date !== null)
    throw new VarveError('syntax', 'A time is written in quotes.', {
      span: { start, end: start + date.length },
      hint: `Write '${date}'.`,
    });
  const digits = match(numberPattern)!;
  const unit = match(unitPattern, start + digits.length) ?? '';
  const end = start + digits.length + unit.length;
  if (unit !== '') {
    const step = parseDuration(digits + unit);
    if (step === null) failDuration(digits + unit, { start, end });
    return { kind: 'duration', step, span: { start, end } };
  }
  const span = { start, end };
  const number = Number(digits);
  const float = !/^\d+$/.test(digits);
  if (float && !Number.isFinite(number))
    throw new VarveError('syntax', `The number ${shown(digits)} is beyond what a float can be.`, {
      span,
      hint: 'The largest is about 1.8e308.',
    });
  const value = float || Number.isSafeInteger(number) ? number : BigInt(digits);
  // 2^63 itself may stand behind a minus; alone it is refused when it is bound.
  if (typeof value === 'bigint' && value > 2n ** 63n)
    throw new VarveError('syntax', `The number ${shown(digits)} is beyond 64 bits.`, {
      span,
      hint: `Write ${number.toExponential(3)}: a float.`,
    });
  return { kind: 'number', value, float, span };
}

function failDuration(written: string, span: Span): never {
  const units = written.match(/\d+(?:\.\d+)?\p{L}+/gu) ?? [];
  const whole = units.join('') === written;
  if (/^\d[\d_]*$/.test(written))
    throw new VarveError('syntax', `"${shown(written)}" is no number.`, {
      span,
      hint: `Write ${shown(written.replaceAll('_', ''))}.`,
    });
  if (/^0[xX][0-9a-fA-F]+$/.test(written) && written.length < 14)
    throw new VarveError('syntax', `"${written}" is no number: numbers are decimal.`, {
      span,
      hint: `Write ${Number(written)}.`,
    });
  if (/^0+(ms|s|m|h|d|w|mo|q|y)$/.test(written))
    throw new VarveError('syntax', `"${shown(written)}" is no time at all, and a duration is some.`, {
      span,
      hint: 'The shortest is 1ms.',
    });
  const message =
    whole && units.length > 1
      ? `"${shown(written)}" has more than one unit, and a duration has one.`
      : `"${shown(written)}" is no number and no duration.`;
  const minutes = /^(\d+)M$/.exec(written);
  const meant =
    minutes === null ? nearestDuration(written.slice(0, 40)) : `${minutes[1]!}m, or ${minutes[1]!}mo for months`;
  throw new VarveError('syntax', message, {
    span,
    hint:
      meant === null
        ? 'Durations are 500ms 30s 15m 1h 7d 2w 1mo 1q 1y, lower case, at most 10,000 years.'
        : `Write ${meant}.`,
  });
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
    if (end < 0) failUnclosed(text, start, quote);
    value += text.slice(at, end);
    if (text[end + 1] !== quote) {
      return { kind: quote === "'" ? 'text' : 'name', text: value, span: { start, end: end + 1 } };
    }
    value += quote;
    at = end + 2;
  }
}

function failUnclosed(text: string, start: number, quote: string): never {
  const escaped = text.lastIndexOf(`\\${quote}`, start);
  if (escaped >= 0)
    throw new VarveError('syntax', 'A backslash takes no meaning from a quote.', {
      span: { start: escaped, end: escaped + 2 },
      hint: `Write ${quote}it${quote}${quote}s${quote}: the quote twice.`,
    });
  throw new VarveError('syntax', `The ${quote === "'" ? 'text' : 'name'} that begins here has no closing ${quote}.`, {
    span: { start, end: text.length },
    hint: `Close it with ${quote}; one inside is written twice: ${quote}a${quote}${quote}b${quote}.`,
  });
}
