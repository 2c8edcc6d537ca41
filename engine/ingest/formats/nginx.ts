import { patternOf, readLines, type LineLayout, type LinePart, type LogField } from '../log-fields.ts';
import type { Format } from './format.ts';

const number = (column: string): LogField => ({ column, kind: 'number' });

/** Variables that become a column of another name, or are more than text; the source is nginx's manual. */
const variables: Readonly<Record<string, LogField>> = {
  remote_addr: { column: 'host', kind: 'text' },
  remote_user: { column: 'user', kind: 'text' },
  time_local: { column: 'time', kind: 'time' },
  time_iso8601: { column: 'time', kind: 'time' },
  msec: { column: 'time', kind: 'seconds' },
  request: { column: 'request', kind: 'request' },
  request_method: { column: 'method', kind: 'text' },
  request_uri: { column: 'path', kind: 'text' },
  server_protocol: { column: 'protocol', kind: 'text' },
  status: number('status'),
  body_bytes_sent: number('bytes'),
  bytes_sent: number('total_bytes'),
  request_length: number('request_bytes'),
  request_time: number('request_time'),
  upstream_response_time: number('urt'),
  upstream_connect_time: number('uct'),
  upstream_header_time: number('uht'),
  upstream_status: number('upstream_status'),
  upstream_response_length: number('upstream_response_length'),
  host: { column: 'vhost', kind: 'text' },
  server_port: number('port'),
  connection: number('connection'),
  connection_requests: number('connection_requests'),
  pid: number('process'),
};

/** Access logs of nginx by their log_format; "combined" is found as `apache`, which looks the same. */
export const nginx: Format = {
  name: 'nginx',
  summary: 'nginx access log by its log_format',
  framing: 'lines',
  defaults: { time: ['time'], actor: ['host'] },
  detect: () => null,
  createReader(options, context) {
    const layout = layoutOf(
      String(
        options['logFormat'] ??
          '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
      ),
    );
    const pattern = patternOf(layout);
    return { read: (bytes, _first, rows) => readLines(bytes, layout, pattern, context.timezone, rows) };
  },
};

function layoutOf(logFormat: string): LineLayout {
  const parts: LinePart[] = [];
  let at = 0;
  for (const match of logFormat.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    if (match.index > at) parts.push({ literal: logFormat.slice(at, match.index) });
    parts.push({ field: fieldOf(match[1] ?? match[2]!) });
    at = match.index + match[0].length;
  }
  if (at < logFormat.length) parts.push({ literal: logFormat.slice(at) });
  // JSON layouts write nothing for a missing value.
  return { parts, missing: logFormat.trimStart().startsWith('{') ? '' : '-' };
}

function fieldOf(variable: string): LogField {
  return variables[variable] ?? { column: variable.replace(/^(http|sent_http|cookie|arg)_/, ''), kind: 'text' };
}
