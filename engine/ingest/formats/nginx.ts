import { VarveError } from '../../base/errors.ts';
import { detectLayout, type KnownLayouts } from '../log-detect.ts';
import { LogReader } from '../log-fields.ts';
import { layoutParts, type FieldKind, type LineLayout, type LogField } from '../log-layout.ts';
import type { LogEscape } from '../unescape.ts';
import type { Format } from './format.ts';

const combined =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

const field = (column: string, kind: FieldKind): [column: string, kind: FieldKind] => [column, kind];

/** Variables that become a column of another name, or are more than text; the source is nginx's manual. */
const variables: ReadonlyMap<string, readonly [column: string, kind: FieldKind]> = new Map([
  ['remote_addr', field('host', 'token')],
  ['remote_port', field('remote_port', 'number')],
  ['realip_remote_addr', field('peer', 'token')],
  ['remote_user', field('user', 'text')],
  ['time_local', field('time', 'time')],
  ['time_iso8601', field('time', 'time')],
  ['msec', field('time', 'seconds')],
  ['request', field('request', 'request')],
  ['request_method', field('method', 'token')],
  ['request_uri', field('path', 'text')],
  ['args', field('query', 'text')],
  ['query_string', field('query', 'text')],
  ['server_protocol', field('protocol', 'protocol')],
  ['scheme', field('scheme', 'token')],
  ['status', field('status', 'number')],
  ['body_bytes_sent', field('bytes', 'number')],
  ['bytes_sent', field('total_bytes', 'number')],
  ['request_length', field('request_bytes', 'number')],
  ['request_time', field('request_time', 'number')],
  ['upstream_addr', field('upstream_addr', 'addresses')],
  ['upstream_response_time', field('urt', 'durations')],
  ['upstream_connect_time', field('uct', 'durations')],
  ['upstream_header_time', field('uht', 'durations')],
  ['upstream_status', field('upstream_status', 'numbers')],
  ['upstream_response_length', field('upstream_response_length', 'numbers')],
  ['upstream_bytes_received', field('upstream_bytes_received', 'numbers')],
  ['upstream_bytes_sent', field('upstream_bytes_sent', 'numbers')],
  ['host', field('vhost', 'text')],
  ['server_addr', field('server', 'token')],
  ['server_port', field('port', 'number')],
  ['connection', field('connection', 'number')],
  ['connection_requests', field('connection_requests', 'number')],
  ['connection_time', field('connection_time', 'number')],
  ['content_length', field('content_length', 'number')],
  ['gzip_ratio', field('gzip_ratio', 'number')],
  ['pid', field('process', 'number')],
  ['request_id', field('request_id', 'token')],
  ['req_id', field('request_id', 'token')],
  ['pipe', field('pipe', 'token')],
]);

const ingress =
  `${combined} $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] ` +
  '$upstream_addr $upstream_response_length $upstream_response_time $upstream_status';

/** Layouts that nobody but nginx has; its "combined" is found as `apache`, which looks the same. */
const known: KnownLayouts = {
  server: 'nginx',
  layoutOf,
  whole: [
    ["the ingress controller's", `${ingress} $req_id`],
    ["the ingress controller's without the request's id", ingress],
  ],
  beginnings: [
    ['combined', combined],
    ['combined behind the virtual host', `$host ${combined}`],
  ],
  rest: ' $rest',
};

/** Access logs of nginx by their log_format. */
export const nginx: Format = {
  name: 'nginx',
  summary: 'nginx access log by its log_format',
  framing: 'lines',
  defaults: { time: ['time'], actor: ['host'] },
  detect: (sample) => detectLayout(sample, known),
  createReader(options, context) {
    const wanted = typeof options['logFormat'] === 'string' ? options['logFormat'] : combined;
    const reader = new LogReader(layoutOf(wanted), context.timezone);
    return { read: (bytes, _first, rows) => reader.read(bytes, rows) };
  },
};

/** @throws VarveError `usage` for a format without variables, or an escape that nginx does not have. */
function layoutOf(logFormat: string): LineLayout {
  const { escape, source } = plainFormat(logFormat.trim() === 'combined' ? combined : logFormat);
  const parts = layoutParts();
  let at = 0;
  for (const match of source.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    parts.literal(source.slice(at, match.index));
    parts.field(fieldOf(match[1] ?? match[2]));
    at = match.index + match[0].length;
  }
  parts.literal(source.slice(at));
  // A JSON layout is of use with its own escape only.
  return parts.finish(escape ?? (source.trimStart().startsWith('{') ? 'json' : 'default'), logFormat);
}

/** The string itself, out of a `log_format` of the configuration file (its quoted parts joined) or behind its `escape=`. */
function plainFormat(text: string): { readonly escape: LogEscape | null; readonly source: string } {
  const directive = /^\s*log_format\s+\S+\s+/.exec(text);
  const body = directive === null ? text : text.slice(directive[0].length);
  const named = /^escape=(\w+)\s+/.exec(body);
  if (named !== null && !['default', 'json', 'none'].includes(named[1])) {
    throw new VarveError('usage', `nginx has no escape=${named[1]}.`, { hint: 'Use escape=default, json or none.' });
  }
  const rest = named === null ? body : body.slice(named[0].length);
  const quoted = [...rest.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/gs)].map((match) => match[1] ?? match[2]);
  const source = directive === null || quoted.length === 0 ? rest : quoted.join('');
  return {
    escape: (named?.[1] ?? null) as LogEscape | null,
    source: source.replace(/\\(["'\\trn])/g, (_all, code: string) =>
      code === 't' ? '\t' : code === 'n' ? '\n' : code === 'r' ? '\r' : code,
    ),
  };
}

/** `$http_user_agent` is user_agent, `$cookie_uid` uid; what would take the name of another field keeps its own. */
function fieldOf(variable: string): LogField {
  const known = variables.get(variable);
  if (known !== undefined) return { column: known[0], kind: known[1] };
  const short = variable.replace(/^(http|sent_http|cookie|arg)_/, '');
  const taken = short === '' || [...variables.values()].some(([column]) => column === short);
  // Headers, cookies and arguments are texts, whatever they look like.
  return { column: taken ? variable : short, kind: short === variable ? 'untyped' : 'text' };
}
