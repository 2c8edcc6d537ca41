import { VarveError } from '../../base/errors.ts';
import { detectLayout, type NamedLayouts } from '../log-detect.ts';
import { LogReader } from '../log-fields.ts';
import { layoutParts, type FieldKind, type LineLayout, type LogField } from '../log-layout.ts';
import { compileTimePattern } from '../strftime.ts';
import type { Format } from './format.ts';

const common = '%h %l %u %t "%r" %>s %b';
const combined = `${common} "%{Referer}i" "%{User-Agent}i"`;
const debian = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"';

/** Formats that Apache's own configuration files name; Debian's `combined` counts headers too, as `debian_combined`. */
const named: ReadonlyMap<string, string> = new Map([
  ['combined', combined],
  ['common', common],
  ['vhost_combined', `%v:%p ${debian}`],
  ['debian_combined', debian],
]);

/** Layouts behind which more may follow; a line with the virtual host in front would do as combined, its user having blanks. */
const beginnings: NamedLayouts = [
  ['vhost_combined', named.get('vhost_combined')!],
  ['combined behind the virtual host', `%v ${combined}`],
  ['combined', combined],
  ['combined with X-Forwarded-For', `%{X-Forwarded-For}i ${combined.slice(3)}`, /^[\da-f.:]+(?:, ?[\da-f.:]+)* /i],
];

const field = (column: string, kind: FieldKind): LogField => ({ column, kind });

/** Directives of mod_log_config and mod_logio by letter; the source is Apache's manual. */
const directives: ReadonlyMap<string, LogField> = new Map([
  ['a', field('host', 'token')],
  ['A', field('server', 'token')],
  ['b', field('bytes', 'bytes')],
  ['B', field('bytes', 'number')],
  ['D', field('us', 'number')],
  ['f', field('file', 'text')],
  ['h', field('host', 'token')],
  ['H', field('protocol', 'protocol')],
  ['I', field('request_bytes', 'number')],
  ['k', field('keepalive', 'number')],
  ['l', field('ident', 'token')],
  ['L', field('log_id', 'token')],
  ['m', field('method', 'token')],
  ['O', field('total_bytes', 'number')],
  ['p', field('port', 'number')],
  ['P', field('process', 'number')],
  ['q', field('query', 'query')],
  ['r', field('request', 'request')],
  ['R', field('handler', 'token')],
  ['s', field('status', 'number')],
  ['S', field('transferred_bytes', 'number')],
  ['T', field('s', 'number')],
  ['u', field('user', 'text')],
  ['U', field('path', 'text')],
  ['v', field('vhost', 'token')],
  ['V', field('vhost', 'token')],
  ['X', field('connection', 'token')],
]);

/** Access logs of Apache; nginx's "combined" looks the same and is read here too. */
export const apache: Format = {
  name: 'apache',
  aliases: ['combined', 'common'],
  summary: 'Apache access log: common, combined, vhost_combined, or any LogFormat; nginx combined',
  framing: 'lines',
  defaults: { time: ['time'], actor: ['host', 'x_forwarded_for'] },
  detect: (sample) =>
    detectLayout(sample, {
      server: 'apache',
      layoutOf,
      whole: [...beginnings, ['common', common]],
      beginnings,
      rest: ' %{rest}n',
    }),
  createReader(options, context) {
    const wanted = typeof options['logFormat'] === 'string' ? options['logFormat'] : combined;
    const reader = new LogReader(layoutOf(wanted), context.timezone);
    return { read: (bytes, _first, rows) => reader.read(bytes, rows) };
  },
};

/** @throws VarveError `usage` for a directive that is not known. */
function layoutOf(logFormat: string): LineLayout {
  const source = named.get(logFormat.trim()) ?? plainFormat(logFormat);
  const parts = layoutParts();
  const directive = /%[!\d,]*([<>])?(?:\{([^}]*)\})?(\^[a-zA-Z]{2}|.)/gs;
  let at = 0;
  for (const match of source.matchAll(directive)) {
    parts.literal(source.slice(at, match.index));
    const letter = match[3];
    const argument = match[2];
    if (letter === '%') parts.literal('%');
    else if (letter === 't' && argument === undefined) {
      parts.literal('[');
      parts.field({ column: 'time', kind: 'time' });
      parts.literal(']');
    } else parts.field(fieldOf(letter, argument, match[0]));
    at = match.index + match[0].length;
  }
  parts.literal(source.slice(at));
  return parts.finish('apache', logFormat);
}

/** The string itself, out of a line of the configuration file or as it stands in one. */
function plainFormat(text: string): string {
  const line = /^\s*(?:LogFormat|CustomLog\s+\S+)\s+"((?:[^"\\]|\\.)*)"/is.exec(text);
  return (line?.[1] ?? text).replace(/\\(["\\nt])/g, (_all, code: string) =>
    code === 'n' ? '\n' : code === 't' ? '\t' : code,
  );
}

function fieldOf(letter: string, argument: string | undefined, written: string): LogField {
  if (argument !== undefined) {
    const column = headerColumn(argument);
    switch (letter) {
      case 'n':
      case 'e':
        return field(column, 'untyped');
      case 'i':
        return field(column, column === 'x_forwarded_for' ? 'addresses' : 'text');
      case 'o':
      case 'C':
      case '^ti':
      case '^to':
        return field(column, 'text');
      case 't':
        return timeField(argument);
      case 'T':
        return field(argument === 'ms' || argument === 'us' ? argument : 's', 'number');
      case 'a':
      case 'h':
        return field(argument === 'c' ? 'peer' : 'host', 'token');
      case 'p':
        return field(argument === 'remote' ? 'remote_port' : argument === 'local' ? 'local_port' : 'port', 'number');
      case 'P':
        return field(argument === 'pid' ? 'process' : 'thread', argument === 'hextid' ? 'token' : 'number');
      case 'L':
        return field(argument === 'c' ? 'connection_log_id' : 'log_id', 'token');
    }
  } else {
    if (letter === '^FB') return field('first_byte_us', 'number');
    const known = directives.get(letter);
    if (known !== undefined) return known;
  }
  throw new VarveError('usage', `The LogFormat directive ${written} is not known.`, {
    hint: `Known are ${[...directives.keys(), 't'].map((one) => `%${one}`).join(' ')} %{…}i %{…}o %{…}C %{…}e %{…}n %{…}t %{…}T and ^FB ^ti ^to.`,
  });
}

function timeField(argument: string): LogField {
  const plain = argument.replace(/^(begin|end):/, '');
  const kinds: ReadonlyMap<string, FieldKind> = new Map([
    ['sec', 'seconds'],
    ['%s', 'seconds'],
    ['msec', 'milliseconds'],
    ['usec', 'microseconds'],
    ['msec_frac', 'millisecond_fraction'],
    ['usec_frac', 'microsecond_fraction'],
  ]);
  const kind = kinds.get(plain);
  if (kind !== undefined) return { column: 'time', kind };
  return plain === '' ? field('time', 'time') : { column: 'time', kind: 'time', pattern: compileTimePattern(plain) };
}

/** `User-Agent` reads as user_agent; a header of the name of a field of the line is told apart from it. */
function headerColumn(header: string): string {
  const column = header.toLowerCase().replaceAll('-', '_');
  if (column === 'host') return 'vhost';
  return column === 'time' || [...directives.values()].some((known) => known.column === column)
    ? `header_${column}`
    : column;
}
