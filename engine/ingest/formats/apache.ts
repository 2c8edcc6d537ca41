import { VarveError } from '../../base/errors.ts';
import { patternOf, readLines, type LineLayout, type LinePart, type LogField } from '../log-fields.ts';
import type { Format, FormatSample } from './format.ts';

const common = '%h %l %u %t "%r" %>s %b';
const combined = `${common} "%{Referer}i" "%{User-Agent}i"`;
const vhostCombined = '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"';

const text = (column: string): LogField => ({ column, kind: 'text' });
const number = (column: string): LogField => ({ column, kind: 'number' });

/** Directives of mod_log_config by letter; the source is Apache's manual. */
const directives: Readonly<Record<string, LogField>> = {
  h: text('host'),
  a: text('host'),
  l: text('ident'),
  u: text('user'),
  t: { column: 'time', kind: 'time' },
  r: { column: 'request', kind: 'request' },
  s: number('status'),
  b: { column: 'bytes', kind: 'bytes' },
  B: number('bytes'),
  O: number('total_bytes'),
  I: number('request_bytes'),
  D: number('us'),
  T: number('s'),
  m: text('method'),
  U: text('path'),
  q: text('query'),
  H: text('protocol'),
  v: text('vhost'),
  V: text('vhost'),
  p: number('port'),
  A: text('server'),
  f: text('file'),
  k: number('keepalive'),
  P: number('process'),
  X: text('connection'),
  L: text('log_id'),
  R: text('handler'),
  S: number('transferred_bytes'),
};

/** Access logs of Apache; nginx's "combined" looks the same and is read here too. */
export const apache: Format = {
  name: 'apache',
  aliases: ['combined', 'common'],
  summary: 'Apache access log: common, combined, vhost_combined, or any LogFormat; nginx combined',
  framing: 'lines',
  defaults: { time: ['time'], actor: ['host'] },
  detect(sample: FormatSample) {
    for (const [name, logFormat] of [
      ['combined', combined],
      ['common', common],
      ['vhost_combined', vhostCombined],
    ] as const) {
      const pattern = patternOf(layoutOf(logFormat));
      const lines = new TextDecoder('latin1')
        .decode(sample.bytes)
        .split(/\r?\n/)
        .filter((line) => line !== '')
        .slice(0, 100);
      if (!sample.complete && lines.length > 1) lines.pop();
      const fitting = lines.filter((line) => pattern.test(line)).length;
      if (fitting > 0 && fitting >= lines.length * 0.6)
        return {
          score: 0.95,
          options: { logFormat },
          evidence: `${fitting} of ${lines.length} lines are laid out as ${name}`,
        };
    }
    return null;
  },
  createReader(options, context) {
    const layout = layoutOf(typeof options['logFormat'] === 'string' ? options['logFormat'] : combined);
    const pattern = patternOf(layout);
    return { read: (bytes, _first, rows) => readLines(bytes, layout, pattern, context.timezone, rows) };
  },
};

/** @throws VarveError `usage` for a directive that is not known. */
function layoutOf(logFormat: string): LineLayout {
  const parts: LinePart[] = [];
  const source = logFormat.replaceAll('\\"', '"');
  const directive = /%(?:[!\d,]*)(?:[<>])?(?:\{([^}]*)\})?(\^?[A-Za-z%]{1,2}?)/g;
  let at = 0;
  for (const match of source.matchAll(directive)) {
    const before = source.slice(at, match.index);
    if (before !== '') pushLiteral(parts, before);
    if (match[2] === '%') pushLiteral(parts, '%');
    else if (match[2] === 't' && match[1] === undefined) {
      pushLiteral(parts, '[');
      parts.push({ field: directives['t']! });
      pushLiteral(parts, ']');
    } else parts.push({ field: fieldOf(match[2]!, match[1]) });
    at = match.index + match[0].length;
  }
  if (at < source.length) pushLiteral(parts, source.slice(at));
  return { parts, missing: '-' };
}

function pushLiteral(parts: LinePart[], literal: string): void {
  const last = parts.at(-1);
  if (last !== undefined && 'literal' in last) parts[parts.length - 1] = { literal: last.literal + literal };
  else parts.push({ literal });
}

function fieldOf(letter: string, argument: string | undefined): LogField {
  if (argument !== undefined) {
    if (letter === 'i' || letter === 'o' || letter === 'e' || letter === 'n') return text(headerColumn(argument));
    if (letter === 'C') return text(headerColumn(argument));
    if (letter === 't') return timeField(argument);
    if (letter === 'T') return number(argument === 'ms' || argument === 'us' ? argument : 's');
    if (letter === 'a' || letter === 'h') return text(argument === 'c' ? 'peer' : 'host');
    if (letter === 'p') return number('port');
  }
  const field = directives[letter];
  if (field !== undefined) return field;
  throw new VarveError(
    'usage',
    `The LogFormat directive %${argument === undefined ? '' : `{${argument}}`}${letter} is not known.`,
    { hint: 'Leave it out only if the log does not hold it; each directive is one field.' },
  );
}

function timeField(argument: string): LogField {
  const plain = argument.replace(/^(begin|end):/, '');
  if (plain === 'sec' || plain === '%s') return { column: 'time', kind: 'seconds' };
  if (plain === 'msec') return { column: 'time', kind: 'milliseconds' };
  if (plain === 'usec') return { column: 'time', kind: 'microseconds' };
  if (plain === 'msec_frac') return { column: 'time', kind: 'fraction' };
  return plain === 'usec_frac' ? { column: 'time', kind: 'skip' } : { column: 'time', kind: 'time' };
}

/** `User-Agent` reads as user_agent, other headers alike. */
function headerColumn(header: string): string {
  return header.toLowerCase().replaceAll('-', '_');
}
