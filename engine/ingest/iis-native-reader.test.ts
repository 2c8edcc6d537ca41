import { describe, expect, it } from 'vitest';
import { readRows } from '../../test/memory/read-rows.ts';
import { detectFormat } from './detect.ts';

const line =
  '192.0.2.1, -, 03/20/01, 7:55:20, W3SVC2, SERVER, 172.21.13.45, 4502, 163, 3223, 200, 0, GET, /a.gif, -,\r\n';
const row = {
  host: '192.0.2.1',
  time: '2001-03-20T07:55:20.000Z',
  site: 'W3SVC2',
  server_name: 'SERVER',
  server: '172.21.13.45',
  ms: 4502,
  request_bytes: 163,
  bytes: 3223,
  status: 200,
  win32_status: 0,
  method: 'GET',
  path: '/a.gif',
};
const read = (text: string, options = {}, zone = 'UTC'): ReturnType<typeof readRows> =>
  readRows('iis-native', options, text, zone);

describe("IIS's own log format", () => {
  it('reads its fifteen fields; the last may hold commas', () => {
    expect(read(line)).toMatchObject({ rows: [row], rejected: [] });
    const query = read(line.replace('-,\r\n', 'a=1,2, b,\r\n').replace(' -,', ' DOM\\jane,')).rows[0];
    expect(query).toEqual({ ...row, user: 'DOM\\jane', query: 'a=1,2, b' });
    expect(read(line.trim()).rows).toEqual([row]);
  });

  it('times are of the zone, dates of the order that is said', () => {
    expect(read(line, {}, 'Europe/Berlin').rows[0]!['time']).toBe('2001-03-20T06:55:20.000Z');
    expect(read(line.replace('03/20/01', '20/3/2001'), { dateOrder: 'day_first' }).rows).toEqual([row]);
  });

  it.each([
    ['a field less', line.replace(' SERVER,', ''), /^It has 14 of 15 fields/],
    ['no last comma', line.replace('-,\r', '-\r'), /^It has 14 of 15 fields/],
    ['a month that is none', line.replace('03/20', '13/20'), 'Its date or time cannot be read.'],
    ['a status that is none', line.replace('200, 0', 'OK, 0'), 'Its field 11, status, is no number.'],
    ['NUL bytes', line.replace('/a', '/\u0000'), 'It holds a NUL byte.'],
    ['something else', 'hello\r\n', /^It has 0 of 15 fields/],
  ])('rejects %s and reads on', (_what, text, reason) => {
    const { rows, rejected } = read(line + text + line);
    expect(rows).toEqual([row, row]);
    expect(rejected).toEqual([
      { reason: expect.stringMatching(reason) as string, raw: text.trimEnd(), offset: line.length },
    ]);
  });

  it('is found, and the order of its dates where a day tells', () => {
    const detect = (text: string): unknown => {
      const { format, options } = detectFormat(
        { name: 'x.log', bytes: new TextEncoder().encode(text), complete: true },
        {},
      );
      return [format.name, options['dateOrder']];
    };
    expect(detect(line)).toEqual(['iis-native', 'month_first']);
    expect(detect(line.replace('03/20', '03/04') + line.replace('03/20', '20/03'))).toEqual([
      'iis-native',
      'day_first',
    ]);
    expect(detect('a, b, c\n1, 2, 3\n')).toEqual(['csv', undefined]);
  });
});
