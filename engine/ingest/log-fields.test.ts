import { describe, expect, it } from 'vitest';
import { detectFormat } from './detect.ts';
import { formats } from './formats/index.ts';
import { readRows, type Row } from '../../test/memory/read-rows.ts';

const combined = 'combined';
const combinedLine =
  '192.0.2.1 - jane doe [23/Nov/2026:17:29:00 -0330] "GET /a?b=1 HTTP/1.1" 200 13 "-" "Mozilla/5.0 (\\"x\\")"';

const only = (format: string, logFormat: string, line: string): Row => {
  const { rows, rejected } = readRows(format, { logFormat }, line);
  expect(rejected).toEqual([]);
  expect(rows).toHaveLength(1);
  return rows[0]!;
};

describe('log lines', () => {
  it('a combined line becomes its fields', () => {
    expect(only('apache', combined, combinedLine)).toEqual({
      host: '192.0.2.1',
      user: 'jane doe',
      time: '2026-11-23T20:59:00.000Z',
      request: 'GET /a?b=1 HTTP/1.1',
      method: 'GET',
      path: '/a?b=1',
      protocol: 'HTTP/1.1',
      status: 200,
      bytes: 13,
      user_agent: 'Mozilla/5.0 ("x")',
    });
  });

  it.each([
    ['a\\x22b\\xC3\\xAB', 'a"bë'],
    ['a\\"b\\\\c\\xc3\\xab', 'a"b\\cë'],
    ['\\n\\t\\r\\b\\v', '\n\t\r\b\v'],
    ['\\xff!', '\uFFFD!'],
    ['\\q \\xg1', '\\q \\xg1'],
    ['\\\\x41', '\\x41'],
    ['', ''],
  ])('unescapes %s of Apache', (written, sent) => {
    const line = combinedLine.replace(/"Mozilla.*$/, () => `"${written}"`);
    expect(only('apache', combined, line)['user_agent']).toBe(sent);
  });

  it.each([
    ['default', '\\x22\\x5Cx41\\xC3\\xAB', '"\\x41ë'],
    ['default', '\\x41 \\xab \\n', '\\x41 \\xab \\n'],
    ['json', '\\"\\\\x41\\u000a\\të', '"\\x41\n\të'],
    ['none', '\\x22\\n', '\\x22\\n'],
  ])('unescapes nginx escape=%s: %s', (escape, written, sent) => {
    expect(only('nginx', `escape=${escape} $status|$http_x`, `200|${written}`)['x']).toBe(sent);
  });

  it('a dash is no value, and no bytes for %b; with escape=json nothing is none, and a dash a dash', () => {
    const line = 'h - - [23/Nov/2026:17:29:00 -0330] "-" 408 - "-" "-"';
    expect(only('apache', combined, line)).toEqual({
      host: 'h',
      time: '2026-11-23T20:59:00.000Z',
      status: 408,
      bytes: 0,
    });
    expect(only('nginx', '{"a":"$http_a","b":"$http_b","n":"$body_bytes_sent"}', '{"a":"-","b":"","n":""}')).toEqual({
      a: '-',
    });
  });

  it.each([
    ['hello', { request: 'hello' }],
    ['GET /old09', { request: 'GET /old09', method: 'GET', path: '/old09' }],
    ['GET /a b HTTP/1.1', { request: 'GET /a b HTTP/1.1', method: 'GET', path: '/a b', protocol: 'HTTP/1.1' }],
    ['FOO-BAR /m HTTP/1.1', { request: 'FOO-BAR /m HTTP/1.1', method: 'FOO-BAR', path: '/m', protocol: 'HTTP/1.1' }],
    ['\\x16\\x03\\x01', { request: '\u0016\u0003\u0001' }],
    ['GET  HTTP/1.1', { request: 'GET  HTTP/1.1', method: 'GET', path: ' HTTP/1.1' }],
  ])('request line %s', (request, fields) => {
    expect(only('apache', '"%r" %>s', `"${request}" 400`)).toEqual({ ...fields, status: 400 });
  });

  it('lines end in LF or CR LF; empty ones are passed over; the last may have no end', () => {
    const text = `\uFEFF${combinedLine}\r\n\n\r\n${combinedLine}\n${combinedLine}`;
    const { rows } = readRows('apache', { logFormat: combined }, text);
    expect(rows.map(({ host }) => host)).toEqual(['192.0.2.1', '192.0.2.1', '192.0.2.1']);
  });

  it.each([
    ['no closing quote', combinedLine.slice(0, -1), /"user_agent"|missing/],
    ['no status', combinedLine.replace(' 200 ', ' OK '), /"status"/],
    ['no such day', combinedLine.replace('23/Nov', '31/Nov'), /"time"/],
    ['cut', combinedLine.slice(0, 30), /missing|not of its kind/],
    ['bytes that are no text', '\u0000\u0001\u0002', /missing/],
    ['text behind', `${combinedLine} "more"`, /./],
  ])('rejects a line with %s and goes on', (_what, line, reason) => {
    const { rows, rejected } = readRows(
      'apache',
      { logFormat: combined },
      `${combinedLine}\n${line}\n${combinedLine}\n`,
    );
    expect(rows).toHaveLength(2);
    expect(rejected).toEqual([
      { reason: expect.stringMatching(reason) as string, raw: line, offset: combinedLine.length + 1 },
    ]);
  });

  it('a hostile line is given up on, whatever its loose fields', () => {
    const line = `h - ${'a [b '.repeat(20_000)} x`;
    const { rejected } = readRows('apache', { logFormat: '%u %u %u %u [%{sec}t] %u' }, line);
    expect(rejected[0]!.reason).toMatch(/too many ways|not of its kind|missing/);
  });

  it('reads whole lines of configuration files', () => {
    const logFormat = 'LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined';
    expect(only('apache', logFormat, combinedLine)['status']).toBe(200);
    const nginx = "log_format t escape=none '$remote_addr\\t'\n  '${http_x_id}';";
    expect(only('nginx', nginx, 'h\t\\x41')).toEqual({ host: 'h', x_id: '\\x41' });
  });

  it.each([
    ['%{sec}t.%{msec_frac}t', '1795467540.761', '2026-11-23T20:59:00.761Z'],
    ['%{sec}t %{usec_frac}t', '1795467540 761999', '2026-11-23T20:59:00.761Z'],
    ['%t %{usec}t', '[23/Nov/2026:17:29:00 -0330] 1795467540761203', '2026-11-23T20:59:00.761Z'],
    ['%{%Y-%m-%d %H:%M:%S}t', '2026-11-23 20:59:00', '2026-11-23T20:59:00.000Z'],
    ['%{%d/%b/%Y:%T %z}t', '24/Nov/2026:00:00:00 +0530', '2026-11-23T18:30:00.000Z'],
    ['%{begin:%F %I:%M:%S %p}t', '2026-11-23 08:59:00 PM', '2026-11-23T20:59:00.000Z'],
  ])('time of %s', (logFormat, line, time) => {
    expect(only('apache', `${logFormat} %h`, `${line} h`)['time']).toBe(time);
  });

  it('times without an offset are of the zone that is said, also where its clock changes', () => {
    const read = (line: string): unknown =>
      readRows('apache', { logFormat: '%{%F %T}t %h' }, line, 'Europe/Berlin').rows[0]!['time'];
    expect(read('2026-07-01 12:00:00 h')).toBe('2026-07-01T10:00:00.000Z');
    expect(read('2026-10-25 02:30:00 h')).toBe('2026-10-25T00:30:00.000Z');
    expect(read('2026-03-29 02:30:00 h')).toBe('2026-03-29T01:00:00.000Z');
  });

  it('upstreams: times are added up, statuses kept, fields told apart', () => {
    const logFormat = '$upstream_addr $upstream_response_length $upstream_response_time $upstream_status $status';
    expect(only('nginx', logFormat, 'a:80, b:81 : c:82 0, 12 : 3 0.100, 0.250 : 0.001 502, 200 : 200 200')).toEqual({
      upstream_addr: 'a:80, b:81 : c:82',
      upstream_response_length: '0, 12 : 3',
      urt: 0.351,
      upstream_status: '502, 200 : 200',
      status: 200,
    });
    expect(only('nginx', logFormat, '- - - - 200')).toEqual({ status: 200 });
  });

  it('headers named as fields are, and fields that come twice, are told apart', () => {
    const logFormat = '%h %{Host}i %s %>s "%{X-Forwarded-For}i" "%{Status}o"';
    expect(only('apache', logFormat, '::1 shop.example 302 200 "a, b" "s"')).toEqual({
      host: '::1',
      vhost: 'shop.example',
      status: 302,
      status_2: 200,
      x_forwarded_for: 'a, b',
      header_status: 's',
    });
    expect(only('apache', '%U%q %s', '/a?b=1 200')).toEqual({ path: '/a', query: '?b=1', status: 200 });
    expect(
      only('apache', '%v:%p %h %400,501!X %X %{c}a %{ms}T %^FB'.replace(' %400,501!X', ''), '[::1]:80 h + ::2 5 6'),
    ).toEqual({
      vhost: '[::1]',
      port: 80,
      host: 'h',
      connection: '+',
      peer: '::2',
      ms: 5,
      first_byte_us: 6,
    });
  });

  it.each([
    ['apache', '%h %Z', /%Z/],
    ['apache', '%{x}y', /%\{x\}y/],
    ['apache', '%{%Y-%Q}t', /%Q/],
    ['apache', 'plain', /no field/],
    ['nginx', 'plain', /no field/],
    ['nginx', 'escape=odd $status', /escape=odd/],
  ])('%s refuses the format %s', (format, logFormat, message) => {
    expect(() => formats.get(format)!.createReader({ logFormat }, { timezone: 'UTC' })).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) as string }) as Error,
    );
  });

  it.each([
    [combinedLine, /combined/],
    [`shop.example:443 ${combinedLine}`, /vhost_combined/],
    [combinedLine.split(' "-"')[0]!, /common/],
  ])('finds the layout of %s', (line, evidence) => {
    const bytes = new TextEncoder().encode(`${line}\n`);
    const found = detectFormat({ name: 'x', bytes, complete: true }, {});
    expect(found.format.name).toBe('apache');
    expect(found.evidence).toMatch(evidence);
  });
});
