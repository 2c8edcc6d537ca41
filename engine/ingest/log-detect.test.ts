import { describe, expect, it } from 'vitest';
import { readRows, type Row } from '../../test/memory/read-rows.ts';
import { detectFormat, type DetectedFormat } from './detect.ts';

const common = '192.0.2.1 - - [23/Nov/2026:17:29:00 -0330] "GET /a?b=1 HTTP/1.1" 200 13';
const combined = `${common} "http://x.example/" "curl/8 \\"q\\""`;
const nginx = combined.replaceAll('\\"', '\\x22');

function detect(lines: readonly string[]): DetectedFormat {
  return detectFormat({ name: 'x.log', bytes: new TextEncoder().encode(`${lines.join('\n')}\n`), complete: true }, {});
}

/** What is found in lines by themselves, of the first of them. */
function found(lines: readonly string[]): { format: string; evidence: string; row: Row } {
  const { format, options, evidence } = detect(lines);
  const { rows, rejected } = readRows(format.name, options, lines.join('\n'));
  expect(rejected).toEqual([]);
  expect(rows).toHaveLength(lines.length);
  return { format: format.name, evidence, row: rows[0]! };
}

const base = { host: '192.0.2.1', method: 'GET', path: '/a?b=1', protocol: 'HTTP/1.1', status: 200 };
const whole = { ...base, bytes: 13, referer: 'http://x.example/', user_agent: 'curl/8 "q"' };

describe('log formats found by themselves', () => {
  it.each<[string, string[], Row]>([
    ['%D behind combined', [`${combined} 48213`, `${combined} 912`], { ...whole, us: 48213 }],
    ['%T behind combined', [`${combined} 2`, `${combined} 0`], { ...whole, s: 2 }],
    ['%T/%D', [`${combined} 1/1048213`], { ...whole, s: 1, us: 1_048_213 }],
    ['%T %D', [`${combined} 1 1048213`, `${combined} 0 213`], { ...whole, s: 1, us: 1_048_213 }],
    ['%D %T', [`${combined} 1048213 1`, `${combined} 213 0`], { ...whole, us: 1_048_213, s: 1 }],
    [
      'addresses and %D',
      [`${combined} "203.0.113.9, 10.0.0.1" 48213`, `${combined} "-" 48213`],
      { ...whole, x_forwarded_for: '203.0.113.9, 10.0.0.1', us: 48_213 },
    ],
    ['addresses that are missing', [`${combined} "-"`], whole],
    ['two numbers of no known kind', [`${combined} 300 700`], { ...whole, extra_1: 300, extra_2: 700 }],
    ['quotes and brackets', [`${combined} "a b" [c] d`], { ...whole, extra_1: 'a b', extra_2: 'c', extra_3: 'd' }],
    ['a virtual host and port', [`shop.example:443 ${combined}`], { ...whole, vhost: 'shop.example', port: 443 }],
    ['a virtual host and %D', [`shop.example ${combined} 4821`], { ...whole, vhost: 'shop.example', us: 4821 }],
    ['vhost_combined and %D', [`[::1]:80 ${combined} 4821`], { ...whole, vhost: '[::1]', port: 80, us: 4821 }],
    [
      'proxies in front',
      [`203.0.113.9, ${combined}`, combined, combined],
      { ...whole, x_forwarded_for: '203.0.113.9, 192.0.2.1' },
    ],
  ])('Apache: %s', (_what, lines, row) => {
    const { format, row: is } = found(lines);
    expect(format).toBe('apache');
    const wanted: Row = { ...row };
    if (row['port'] !== undefined) {
      // Debian's vhost_combined counts headers too.
      wanted['total_bytes'] = row['bytes'];
      delete wanted['bytes'];
    }
    if (row['x_forwarded_for'] !== undefined && row['us'] === undefined) delete wanted['host'];
    expect(is).toEqual({ ...wanted, time: '2026-11-23T20:59:00.000Z', request: 'GET /a?b=1 HTTP/1.1' });
  });

  it.each<[string, string[], Row]>([
    ['$request_time', [`${nginx} 0.004`, `${nginx} 1.204`], { ...whole, request_time: 0.004 }],
    ['both times', [`${nginx} 0.004 0.003`, `${nginx} 0.004 -`], { ...whole, request_time: 0.004, urt: 0.003 }],
    [
      'names before values',
      [`${nginx} rt=0.004 urt="0.003, 0.001" cs=HIT zone="a b"`],
      { ...whole, request_time: 0.004, urt: 0.004, cs: 'HIT', zone: 'a b' },
    ],
    ["a name that is the time's", [`${nginx} time="x" status=9`], { ...whole, 'properties.time': 'x', status_2: 9 }],
    ['addresses', [`${nginx} "203.0.113.9" 0.004`], { ...whole, x_forwarded_for: '203.0.113.9', request_time: 0.004 }],
    [
      "the ingress controller's",
      [`${nginx} 300 0.004 [shop-80] [] 10.0.0.1:80, 10.0.0.2:80 0, 13 0.001, 0.002 502, 200 abc123`],
      {
        ...{ ...whole, request_bytes: 300, request_time: 0.004, proxy_upstream_name: 'shop-80', urt: 0.003 },
        ...{ upstream_addr: '10.0.0.1:80, 10.0.0.2:80', upstream_response_length: '0, 13' },
        ...{ upstream_status: '502, 200', request_id: 'abc123' },
      },
    ],
  ])('nginx: %s', (_what, lines, row) => {
    const { format, row: is } = found(lines);
    expect(format).toBe('nginx');
    expect(is).toEqual({ ...row, time: '2026-11-23T20:59:00.000Z', request: 'GET /a?b=1 HTTP/1.1' });
  });

  it('says what was guessed', () => {
    expect(found([`${combined} 48213`]).evidence).toBe(
      '1 of 1 lines are laid out as combined and, by their look, %D; say --log-format if that is wrong',
    );
  });

  it('a few lines of another kind do not hide the layout; many do', () => {
    const lines = [...Array.from({ length: 9 }, () => `${combined} 48213`), 'garbage'];
    expect(detect(lines).evidence).toMatch(/^9 of 10 lines/);
    expect(() => detect([`${combined} 1`, `${combined} a "b"`, 'x', 'y'])).toThrow(/not recognised/);
  });
});

describe('JSON that a server wrote by its log format', () => {
  const json = (agent: string): string =>
    `{"time":"2026-11-23T17:29:00-0330","ip":"192.0.2.1","user":"-","request":"GET /a HTTP/1.1","status":200,"ua":"${agent}"}`;
  const row = {
    ...{ time: '2026-11-23T17:29:00-0330', ip: '192.0.2.1', request: 'GET /a HTTP/1.1', status: 200 },
    ...{ method: 'GET', path: '/a', protocol: 'HTTP/1.1' },
  };

  it('Apache: escapes that JSON does not know, dashes for what is missing', () => {
    const { evidence, row: first } = found([json('caf\\xc3\\xa9 \\"q\\"'), json('-')]);
    expect(evidence).toBe('JSON, an object a line, as Apache logs it');
    expect(first).toEqual({ ...row, ua: 'café "q"' });
  });

  it('nginx: bytes that are no UTF-8, nothing for what is missing; an escaped backslash before x is no escape', () => {
    const line = json('caf\xe9').replace('"user":"-"', '"user":""');
    const bytes = Uint8Array.from(Buffer.from(`${line}\n${line.replace('caf\xe9', '\\\\x41 -')}\n`, 'latin1'));
    const { format, options, evidence } = detectFormat({ name: 'x', bytes, complete: true }, {});
    expect(evidence).toBe('JSON, an object a line, as nginx logs it');
    const { rows, rejected } = readRows(format.name, options, bytes);
    expect(rejected).toEqual([]);
    expect(rows).toEqual([
      { ...row, ua: 'caf\uFFFD' },
      { ...row, ua: '\\x41 -' },
    ]);
  });

  it('a line of another shape is read as JSON, or rejected where it stands', () => {
    const lines = [...Array.from({ length: 20 }, () => json('\\x41')), '{"status":null,"a":{"b":1}}', '{"status":2'];
    const { options } = detect(lines);
    const { rows, rejected } = readRows('json', options, lines.join('\n'));
    expect(rows).toHaveLength(21);
    expect(rows[20]).toEqual({ 'a.b': 1 });
    expect(rejected).toEqual([
      {
        reason: expect.stringMatching(/^This is no JSON/) as string,
        raw: '{"status":2',
        offset: lines.slice(0, 21).join('\n').length + 1,
      },
    ]);
  });

  it.each([
    ['other events', '{"event":"a","user":"","n":1}'],
    ['nested ones', '{"status":200,"path":"/","headers":{"a":1}}'],
    ['a key that stands twice', '{"status":200,"path":"/","status":1}'],
  ])('is not taken for %s', (_what, line) => {
    expect(detect([line, line])).toMatchObject({ options: {}, evidence: 'JSON, an object a line' });
  });
});
