import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsOfBuilder } from '../../test/memory/read-rows.ts';
import type { FormatOptions } from './formats/format.ts';
import { formats } from './formats/index.ts';
import { BatchBuilder } from './row-builder.ts';
import { invalidUtf8At } from './utf8.ts';

const seed = 20261124;
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

const w3cLines = [
  '#Fields: date time c-ip cs-uri-stem cs(User-Agent) sc-status\n',
  '#Fields: time c-ip\n',
  '#Fields: date-local time-local x-a cs(Cookie) time-taken\r\n',
  '#Fields:\n',
  '#Date: 2024-05-01 23:00:00\n',
  '#Software: Microsoft Internet Information Services 10.0\n',
  '#Software: Other\n',
  '#Time Format: Local\n',
  '# remark\n',
  '\r\n',
  '2024-05-01 00:00:01 192.0.2.1 /caf\xc3\xa9 a+b+(+http://x) 200\n',
  '2024-05-01 00:00:01 192.0.2.1 /caf\xe9 "a b" 200\n',
  '23:59:59 ::1\n',
  '00:00:01 ::2\n',
  '2024-05-01\t00:00:01\ta,+b\tc;+d\t15\n',
  '2024-05-01 00:00:01 "a b" "c" 15\n',
];
const native =
  '192.0.2.1, -, 03/20/01, 7:55:20, W3SVC2, SERVER, 172.21.13.45, 4502, 163, 3223, 200, 0, GET, /a, b,c,\r\n';
const combined =
  '192.0.2.1 - j d [23/Nov/2026:17:29:00 -0330] "GET /a\\xe9 HTTP/1.1" 200 13 "-" "a\\"b" "1.2.3.4, ::1" 48213\n';
const json = '{"time":"2026-11-23T17:29:00Z","request":"GET /\\x41\xe9 HTTP/1.1","status":200,"ua":"-"}\n';

interface Sample {
  readonly format: string;
  readonly options: FormatOptions;
  readonly lines: readonly string[];
}

const samples: readonly Sample[] = [
  { format: 'w3c', options: {}, lines: w3cLines },
  { format: 'iis-native', options: {}, lines: [native, native.replace('03/20', '20/03'), '\n'] },
  {
    format: 'apache',
    options: { logFormat: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i" %{x}n' },
    lines: [combined, '\n'],
  },
  {
    format: 'json',
    options: { keys: ['time', 'request', 'status', 'ua'], quoted: 'qqnq', escape: 'apache' },
    lines: [json, '{"other":[1,2],"status":null}\n'],
  },
];

/** Lines of a sample, some bytes of which are others. */
const mutated = (lines: readonly string[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 9, 10, 13, 32, 34, 35, 44, 92))), {
        maxLength: 4,
      }),
    )
    .map(([chosen, changes]) => {
      const bytes = bytesOf(chosen.join(''));
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    });

const isRecord = (line: Uint8Array, format: string): boolean => {
  const text = Buffer.from(line).toString('latin1').replace(/\r$/, '');
  return format === 'w3c' ? !text.startsWith('#') && !/^[ \t\0]*$/.test(text) : text !== '';
};

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    lines.push(bytes.subarray(at, end < 0 ? bytes.length : end));
    at = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}

describe('whatever stands in a log', () => {
  it.each(samples.filter(({ format }) => format !== 'json'))(
    '$format: each line is a row or rejected as it stands, and every text is UTF-8',
    ({ format, options, lines }) => {
      fc.assert(
        fc.property(mutated(lines), (bytes) => {
          const builder = new BatchBuilder('UTC');
          formats.get(format)!.createReader(options, { timezone: 'Europe/Berlin' }).read(bytes, false, builder);
          const records = linesOf(bytes).filter((line) => isRecord(line, format));
          expect(builder.rowCount + builder.rejected.length).toBe(records.length);
          for (const { raw, offset } of builder.rejected)
            expect(Buffer.compare(raw, bytes.subarray(offset, offset + raw.length))).toBe(0);
          for (const { dictionary } of builder.build().columns)
            if (dictionary !== null) expect(invalidUtf8At(dictionary.bytes, 0, dictionary.bytes.length)).toBe(-1);
        }),
        { numRuns: 2000, seed },
      );
    },
    30_000,
  );

  it('json of servers: nothing is thrown, and what is rejected stands where it is said to', () => {
    const { options, lines } = samples.at(-1)!;
    fc.assert(
      fc.property(mutated(lines), (bytes) => {
        const builder = new BatchBuilder('UTC');
        formats.get('json')!.createReader(options, { timezone: 'UTC' }).read(bytes, false, builder);
        for (const { raw, offset } of builder.rejected)
          expect(Buffer.compare(raw, bytes.subarray(offset, offset + raw.length))).toBe(0);
        builder.build();
      }),
      { numRuns: 2000, seed },
    );
  }, 30_000);

  it('w3c: read in pieces, each knowing what carry gave, is read as in one', () => {
    const w3c = formats.get('w3c')!;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...w3cLines), { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat(20), { maxLength: 4 }),
        (lines, cuts) => {
          const whole = new BatchBuilder('UTC');
          w3c.createReader({}, { timezone: 'Europe/Berlin' }).read(bytesOf(lines.join('')), true, whole);
          const pieces = new BatchBuilder('UTC');
          let before: Uint8Array | null = null;
          const ends = [...new Set([...cuts.filter((cut) => cut > 0 && cut < lines.length), lines.length])];
          let from = 0;
          for (const to of ends.sort((a, b) => a - b)) {
            const piece = bytesOf(lines.slice(from, to).join(''));
            const reader = w3c.createReader({}, { timezone: 'Europe/Berlin' });
            if (before !== null) reader.read(before, true, new BatchBuilder('UTC'));
            reader.read(piece, before === null, pieces);
            before = w3c.carry!(piece, before);
            from = to;
          }
          expect(rowsOfBuilder(pieces).rows).toEqual(rowsOfBuilder(whole).rows);
          const reasons = (builder: BatchBuilder): string[] => builder.rejected.map(({ reason }) => reason);
          expect(reasons(pieces)).toEqual(reasons(whole));
        },
      ),
      { numRuns: 3000, seed },
    );
  }, 30_000);
});
