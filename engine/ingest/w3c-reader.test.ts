import { describe, expect, it } from 'vitest';
import { limits } from '../base/limits.ts';
import { rowsOfBuilder, type ReadRows } from '../../test/memory/read-rows.ts';
import { detectFormat } from './detect.ts';
import { formats } from './formats/index.ts';
import { BatchBuilder } from './row-builder.ts';

const w3c = formats.get('w3c')!;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @param preamble what stands before the piece. */
function read(text: string | Uint8Array, timezone = 'UTC', preamble: Uint8Array | null = null): ReadRows {
  const builder = new BatchBuilder(timezone);
  const reader = w3c.createReader({}, { timezone });
  if (preamble !== null) reader.read(preamble, true, new BatchBuilder(timezone));
  reader.read(typeof text === 'string' ? utf8(text) : text, preamble === null, builder);
  return rowsOfBuilder(builder);
}

const fields = '#Fields: date time c-ip cs-uri-stem cs(User-Agent) sc-status\n';
const line = '2024-05-01 00:00:01 192.0.2.1 /a curl/8 200\n';
const row = { time: '2024-05-01T00:00:01.000Z', host: '192.0.2.1', path: '/a', user_agent: 'curl/8', status: 200 };

describe('the W3C extended log format', () => {
  it('names columns as other logs do, and the rest by their own names', () => {
    const names =
      'date time c-ip cs-username s-port cs(Host) cs(X-Real-IP) x-edge-location src-port sc(Set-Cookie) cs-host';
    expect(
      read(`#Fields: ${names}\n2024-05-01 00:00:01.250 ::1 bob 80 h 1.2.3.4,+5 FRA 7 a=1;+b=2 shop\n`).rows,
    ).toEqual([
      {
        time: '2024-05-01T00:00:01.250Z',
        host: '::1',
        user: 'bob',
        port: 80,
        vhost: 'h',
        x_real_ip: '1.2.3.4, 5',
        x_edge_location: 'FRA',
        src_port: 7,
        set_cookie: 'a=1; b=2',
        vhost_2: 'shop',
      },
    ]);
  });

  it.each([
    ['Mozilla/5.0+(Windows+NT+10.0;+x64)', 'Mozilla/5.0 (Windows NT 10.0; x64)'],
    ['msnbot/2.0b+(+http://search.msn.com/msnbot.htm)', 'msnbot/2.0b (+http://search.msn.com/msnbot.htm)'],
    ['Googlebot/2.1;++http://www.google.com/bot.html', 'Googlebot/2.1; +http://www.google.com/bot.html'],
    ['"quoted"+%20', '"quoted" %20'],
    ['+', ' '],
    ['caf\xe9', 'caf\uFFFD'],
    ['-', undefined],
  ])('reads the user agent %s as %s', (written, sent) => {
    const { rows } = read(Uint8Array.from(Buffer.from(fields + line.replace('curl/8', written), 'latin1')));
    expect(rows[0]!['user_agent']).toBe(sent);
  });

  it('CR LF, a byte order mark, empty lines, NUL bytes that fill the file up, a last line without end', () => {
    const text = `\uFEFF#Version: 1.0\r\n${fields.trim()}\r\n${line.trim()}\r\n\r\n  \r\n${line}\u0000\u0000\u0000`;
    expect(read(text)).toMatchObject({ rows: [row, row], rejected: [] });
    expect(read(fields + line.trim()).rows).toEqual([row]);
  });

  it.each([
    ['no #Fields', line, 'No #Fields line stands before it: what its columns are is not known.'],
    ['a #Fields that is cut', `#Fields:\n${line}`, 'The #Fields line before it names no field.'],
    ['a misspelt #Fields', `#Field: date time\n${line}`, /^No #Fields line/],
    ['a name without end', `#Fields: ${'x'.repeat(2000)}\n${line}`, /more than 1024 bytes/],
    [
      'too few fields',
      `${fields}2024-05-01 00:00:01 192.0.2.1\n`,
      'It has 3 fields, the #Fields line before it names 6.',
    ],
    ['too many fields', `${fields}${line.trim()} a b\n`, 'It has 8 fields, the #Fields line before it names 6.'],
    ['no such day', fields + line.replace('05-01', '02-30'), 'Its date or time cannot be read.'],
    ['a dash for the time', fields + line.replace('00:00:01', '-'), 'Its date or time cannot be read.'],
    ['a status that is none', fields + line.replace('200', 'OK'), 'Its field 6, status, is no number.'],
    ['NUL bytes', fields + line.replace('/a', '/\u0000'), 'It holds a NUL byte.'],
    ['a clock without a date', '#Fields: time c-ip\n00:00:01 ::1\n', /^Its date is not known: no #Date line/],
  ])('rejects a line behind %s, and reads on', (_what, text, reason) => {
    const { rows, rejected } = read(`${text}#Version: 1.0\n${fields}${line}`);
    expect(rows).toEqual([row]);
    expect(rejected).toHaveLength(1);
    expect(rejected[0]!.reason).toMatch(reason);
    expect(text.slice(rejected[0]!.offset)).toBe(`${rejected[0]!.raw}\n`);
  });

  it('takes the date from #Date where lines have only a clock, across midnight, also in a later piece', () => {
    const text =
      '#Date: 2003-11-18 23:59:00\n#Fields: time c-ip\n23:59:58 a\n00:00:02 b\n23:59:59 late\n00:00:03 c\n' +
      '12:00:00 d\n23:00:00 e\n01:00:00 f\n';
    const times = [
      '18T23:59:58',
      '19T00:00:02',
      '18T23:59:59',
      '19T00:00:03',
      '19T12:00:00',
      '19T23:00:00',
      '20T01:00:00',
    ];
    const wanted = times.map((time) => `2003-11-${time}.000Z`);
    const found = read(text).rows.map(({ time }) => time);
    expect(found).toEqual(wanted);
    const lines = text.split(/(?<=\n)/);
    for (let cut = 2; cut < lines.length; cut++) {
      const before = w3c.carry!(utf8(lines.slice(0, cut).join('')), null);
      expect(read(lines.slice(cut).join(''), 'UTC', before).rows.map(({ time }) => time)).toEqual(found.slice(cut - 2));
    }
  });

  it('a date alone is its midnight; times that are said to be local are of the zone', () => {
    expect(read('#Fields: date c-ip\n2024-05-01 ::1\n').rows[0]!['time']).toBe('2024-05-01T00:00:00.000Z');
    const local = '#Fields: date time c-ip\n2024-05-01 02:00:00 ::1\n';
    expect(read(`#Time Format: Local\n${local}`, 'Europe/Berlin').rows[0]!['time']).toBe('2024-05-01T00:00:00.000Z');
    expect(read(local, 'Europe/Berlin').rows[0]!['time']).toBe('2024-05-01T02:00:00.000Z');
    const named = '#Fields: date-local time-local c-ip\n2024-05-01 02:00:00 ::1\n';
    expect(read(named, 'Europe/Berlin').rows[0]!['time']).toBe('2024-05-01T00:00:00.000Z');
  });

  it('reads tabs between fields, and quotes of writers other than IIS', () => {
    const tabs = '#Version: 1.0\n#Fields: date time c-ip cs(User-Agent)\n2024-05-01\t00:00:01\t::1\ta+b%20c d\n';
    expect(read(tabs).rows[0]).toMatchObject({ user_agent: 'a+b%20c d' });
    const quotes =
      '#Software: IIS Advanced Logging Module\n#Fields: date time cs(User-Agent) sc-status\n' +
      '2024-05-01 00:00:01 "Mozilla (x; y)" 200\n2024-05-01 00:00:01 "curl" 200\n';
    expect(read(quotes).rows.map((one) => one['user_agent'])).toEqual(['Mozilla (x; y)', 'curl']);
    // IIS writes no quotes: one that a client sent is a part of what it sent.
    const iis = quotes.replace('IIS Advanced Logging Module', 'Microsoft Internet Information Services 10.0');
    expect(read(iis).rows.map((one) => one['user_agent'])).toEqual(['"curl"']);
  });

  it('time-taken is milliseconds of IIS, and seconds of others, with a name of its own', () => {
    const names = '#Fields: date time time-taken';
    expect(read(`${names}\n2024-05-01 00:00:01 15\n`).rows[0]).toMatchObject({ ms: 15 });
    expect(read(`${names} x-edge-location\n2024-05-01\t00:00:01\t0.015\tFRA\n`).rows[0]).toMatchObject({
      time_taken: 0.015,
    });
    const other = `#Software: Apache Tomcat\n${names}\n2024-05-01 00:00:01 0.015\n`;
    expect(read(other).rows[0]).toMatchObject({ time_taken: 0.015 });
  });

  it('what a later piece has to know is what stood last before it', () => {
    const other = '#Software: Other\n#Time Format: Local\n#Fields: date time x-a\n';
    let before = w3c.carry!(utf8(fields + line), null);
    before = w3c.carry!(utf8(line + other), before);
    before = w3c.carry!(utf8('2024-05-01 00:00:01 #Fields:\n'), before);
    expect(read('2024-05-01 02:00:00 "x y"\n', 'Europe/Berlin', before).rows).toEqual([
      { time: '2024-05-01T00:00:00.000Z', x_a: 'x y' },
    ]);
  });

  it('bounds what hostile #Fields lines make', () => {
    const lines = Array.from(
      { length: 300 },
      (_, at) => `#Fields: ${Array.from({ length: 50 }, (_, i) => `f${at}_${i}`).join(' ')}\n`,
    );
    expect(() => read(lines.join(''))).toThrow(
      expect.objectContaining({ code: 'limit', message: expect.stringContaining('columnsMax') as string }) as Error,
    );
    const wide = `#Fields: ${'x '.repeat(limits.columnsMax + 1)}\n${line}`;
    expect(read(wide).rejected[0]!.reason).toMatch(/at most 10000 are read/);
    // A pattern would try some 10^15 ways to part these blanks.
    expect(read(`# ${' '.repeat(100_000)}\n${fields}${line}`).rows).toEqual([row]);
  });

  it('is found by its directives, also where #Fields is missing', () => {
    const detect = (text: string): ReturnType<typeof detectFormat> =>
      detectFormat({ name: 'x.log', bytes: utf8(text), complete: true }, {});
    expect(detect(fields + line)).toMatchObject({
      format: w3c,
      evidence: 'W3C extended log, 6 columns named by #Fields',
    });
    expect(detect(`#Software: x\n#Version: 1.0\n${line}`).evidence).toMatch(/its fields are not known: no #Fields/);
    expect(detect(`${fields}${line}\u0000`.padEnd(60_000, '\u0000')).format).toBe(w3c);
    expect(formats.get('iis')).toBe(w3c);
  });
});
