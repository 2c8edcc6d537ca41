import { bomLength } from './csv-detect.ts';
import type { FormatSample } from './formats/format.ts';

/** Lines of a sample that a layout is found by. */
const linesMax = 200;
/** Share of them that must fit. */
export const fittingShareMin = 0.6;

/** What stands behind a layout that is known: words, texts in quotes or brackets, each perhaps behind a name and `=`. */
interface Token {
  readonly shape: 'word' | 'quoted' | 'bracketed';
  /** What stands before `=`, or ''. */
  readonly key: string;
  readonly text: string;
}

/** How the two servers write the same layout. */
export interface Syntax {
  readonly server: 'apache' | 'nginx';
  readonly named: (column: string) => string;
  readonly forwarded: string;
  readonly seconds: readonly string[];
}

const apacheSyntax: Syntax = {
  server: 'apache',
  named: (column) => `%{${column}}n`,
  forwarded: '%{X-Forwarded-For}i',
  seconds: [],
};

const nginxSyntax: Syntax = {
  server: 'nginx',
  named: (column) => `$${column}`,
  forwarded: '$http_x_forwarded_for',
  seconds: ['$request_time', '$upstream_response_time'],
};

/** Names that people give in their log_format to nginx's times. */
const nginxKeys: ReadonlyMap<string, string> = new Map([
  ['rt', '$request_time'],
  ['request_time', '$request_time'],
  ['urt', '$upstream_response_time'],
  ['upstream_response_time', '$upstream_response_time'],
  ['uct', '$upstream_connect_time'],
  ['uht', '$upstream_header_time'],
]);

/** @returns the first lines of a sample that are not empty; the last may be left out, being cut. */
export function sampleLines({ bytes, complete }: FormatSample): { readonly from: number; readonly to: number }[] {
  const lines: { from: number; to: number }[] = [];
  for (let at = bomLength(bytes); at < bytes.length && lines.length < linesMax;) {
    const newline = bytes.indexOf(10, at);
    if (newline < 0 && !complete && lines.length > 0) break;
    let end = newline < 0 ? bytes.length : newline;
    if (end > at && bytes[end - 1] === 13) end--;
    if (end > at) lines.push({ from: at, to: end });
    at = newline < 0 ? bytes.length : newline + 1;
  }
  return lines;
}

/**
 * Guesses what stands behind a layout that is known, by the shape of most lines and by what all of a place's values
 * look like: an integer is Apache's %D, seconds with three decimals nginx's $request_time, addresses are
 * X-Forwarded-For; what has a name before it keeps it, the rest is `extra_1` and so on.
 * @param rests of the lines, each from the blank on.
 * @returns the format's end, which begins with a blank; null when too few lines are alike.
 */
export function guessEnd(rests: readonly string[], server: Syntax['server']): string | null {
  const cut = rests.map(tokensOf);
  const shapes = new Map<string, number>();
  for (const tokens of cut) if (tokens !== null) shapes.set(shapeOf(tokens), (shapes.get(shapeOf(tokens)) ?? 0) + 1);
  const [shape, count] = [...shapes].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
  if (shape === '' || count < rests.length * fittingShareMin) return null;
  const alike = cut.filter((tokens): tokens is Token[] => tokens !== null && shapeOf(tokens) === shape);
  const columns = alike[0].map((_token, place) => alike.map((tokens) => tokens[place]));
  const ofNginx = columns.some((tokens) => tokens[0].key !== '' || (tokens[0].shape === 'word' && areSeconds(tokens)));
  if (ofNginx !== (server === 'nginx')) return null;
  return server === 'nginx' ? endOf(columns, nginxSyntax) : (numbersOfApache(columns) ?? endOf(columns, apacheSyntax));
}

function tokensOf(rest: string): Token[] | null {
  const pattern = /[ \t](?:([A-Za-z_][\w.-]{0,60})=)?(?:"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|([^\s"[\]]+))/gy;
  const tokens: Token[] = [];
  let at = 0;
  for (const match of rest.matchAll(pattern)) {
    const [all, key = '', quoted, bracketed, word] = match;
    at = match.index + all.length;
    if (quoted !== undefined) tokens.push({ shape: 'quoted', key, text: quoted });
    else if (bracketed !== undefined) tokens.push({ shape: 'bracketed', key, text: bracketed });
    else tokens.push({ shape: 'word', key, text: word ?? '' });
  }
  return at === rest.length && tokens.length > 0 ? tokens : null;
}

function shapeOf(tokens: readonly Token[]): string {
  return tokens.map(({ shape, key }) => `${key}=${shape}`).join(' ');
}

function areAll(tokens: readonly Token[], pattern: RegExp): boolean {
  const texts = tokens.map(({ text }) => text).filter((text) => text !== '-' && text !== '');
  return texts.length > 0 && texts.every((text) => pattern.test(text));
}

function areSeconds(tokens: readonly Token[]): boolean {
  return areAll(tokens, /^\d+\.\d{3}(?:, \d+\.\d{3})*$/);
}

function endOf(columns: readonly (readonly Token[])[], syntax: Syntax): string {
  let extras = 0;
  let seconds = 0;
  let forwarded = false;
  const directiveOf = (tokens: readonly Token[]): string => {
    const { key, shape } = tokens[0];
    if (key !== '') return nginxKeys.get(key.toLowerCase()) ?? syntax.named(key.replace(/\W/g, '_'));
    const addresses = areAll(tokens, /^(?:unknown|[0-9a-f.:]{3,}(?:, *[0-9a-f.:]{3,}|, *unknown)*)$/i);
    // nginx's own "main" ends with X-Forwarded-For, which is missing where no proxy stands in front.
    if (shape === 'quoted' && !forwarded && (addresses || tokens.every(({ text }) => text === '-'))) {
      forwarded = true;
      return syntax.forwarded;
    }
    if (shape === 'word' && areSeconds(tokens) && seconds < syntax.seconds.length) return syntax.seconds[seconds++];
    return syntax.named(`extra_${++extras}`);
  };
  return columns
    .map((tokens) => {
      const { key, shape } = tokens[0];
      const directive = directiveOf(tokens);
      const around = shape === 'quoted' ? `"${directive}"` : shape === 'bracketed' ? `[${directive}]` : directive;
      return ` ${key === '' ? '' : `${key}=`}${around}`;
    })
    .join('');
}

/** Numbers that Apache is known to be told to write last: %D, %T, %T/%D and both in either order. */
function numbersOfApache(columns: readonly (readonly Token[])[]): string | null {
  const head = columns.findIndex((tokens) => tokens[0].shape === 'word' && areAll(tokens, /^\d+(?:\/\d+)?$/));
  if (head < 0 || columns.length - head > 2) return null;
  const before = endOf(columns.slice(0, head), apacheSyntax);
  const texts = columns.slice(head).map((tokens) => tokens.map(({ text }) => text));
  if (texts.length === 1) {
    if (texts[0].every((text) => text.includes('/'))) return `${before} %T/%D`;
    if (texts[0].some((text) => text.includes('/'))) return null;
    const numbers = texts[0].map(Number).filter((number) => !Number.isNaN(number));
    // No request is answered within a microsecond, many are within a second.
    const seconds = numbers.includes(0) && numbers.every((number) => number < 1000);
    return `${before} ${seconds ? '%T' : '%D'}`;
  }
  const [first, second] = texts.map((values) => values.map(Number));
  const isSecondsOf = (s: readonly number[], us: readonly number[]): boolean =>
    s.every((value, line) => value === Math.floor(us[line] / 1e6)) && us.some((value) => value > 0);
  if (isSecondsOf(first, second)) return `${before} %T %D`;
  return isSecondsOf(second, first) ? `${before} %D %T` : null;
}
