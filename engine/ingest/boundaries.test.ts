import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScanner, cuttingOf, lastBoundary, type Cutting } from './boundaries.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const csv: Cutting = { kind: 'csv', delimiter: 44 };
const json: Cutting = { kind: 'json' };

describe('boundaries of records', () => {
  it.each<[string, Cutting, string, string]>([
    ['a line end', { kind: 'lines' }, 'a\nb\nc', 'a\nb\n'],
    ['no line end', { kind: 'lines' }, 'abc', ''],
    ['a line end outside quotes', csv, 'a,"b\nc"\nd,"e\nf', 'a,"b\nc"\n'],
    ['a doubled quote inside quotes', csv, 'a,"b""\nc"\nd,"e""\n', 'a,"b""\nc"\n'],
    ['an empty quoted field', csv, 'a,""\nb,"\n', 'a,""\n'],
    ['a quote inside a field does not open', csv, 'a,5" pipe\nb,6"" x\nc,d', 'a,5" pipe\nb,6"" x\n'],
    ['another delimiter', { kind: 'csv', delimiter: 59 }, 'a;"b\n";c\nd;"\n', 'a;"b\n";c\n'],
    ['quotes everywhere', csv, '"a","b"\r\n"c","d"\r\n"e', '"a","b"\r\n"c","d"\r\n'],
    ['an object a line', { kind: 'json-lines' }, '{"a":1}\n{"a":"\\n{"}\n{"b', '{"a":1}\n{"a":"\\n{"}\n'],
    ['one object alone', { kind: 'json-lines' }, '{"a":1}\n', ''],
    ['objects in an array', json, '[{"a":{"b":1}},\n {"a":2} ,{"c', '[{"a":{"b":1}},\n {"a":2} ,'],
    ['the last object in an array', json, '[{"a":1},{"a":2} ]\n', '[{"a":1},{"a":2}'],
    ['braces and quotes in texts', json, '{"a":"}\\"{"} {"b":1', '{"a":"}\\"{"}'],
    ['a text that never ends ends with its line', json, '{"a":"x}\n}{"b":1}{', '{"a":"x}\n}{"b":1}'],
    ['an object with something behind it', json, '{"a":1}\n{"b":2} x', '{"a":1}\n'],
  ])('%s', (_what, cutting, text, whole) => {
    expect(text.slice(0, lastBoundary(bytes(text), cutting))).toBe(whole);
  });

  it('are the same however the bytes come', () => {
    const piece = fc.constantFrom('a', ',', '"', '\n', '{', '}', '\\', '[', ':', '\r');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.nat(40), { maxLength: 5 }),
        fc.constantFrom<Cutting>({ kind: 'lines' }, csv, json, { kind: 'json-lines' }),
        (parts, cuts, cutting) => {
          const all = bytes(parts.join(''));
          const scanner = createScanner(cutting);
          let found = 0;
          let from = 0;
          for (const to of [...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length]) {
            found = scanner.scan(all, from, to);
            from = to;
          }
          expect(found).toBe(lastBoundary(all, cutting));
        },
      ),
    );
  });

  it('go by lines where the first line is an object, and only then', () => {
    const kind = (text: string): string => cuttingOf('json', bytes(text)).kind;
    expect(
      ['{"a":1}\n', '\uFEFF\n{"a":1}\r\n{', '{"a":1} {"b":2}\n', '{\n"a":1}\n', '[{"a":1},\n{', '{"a":1}'].map(kind),
    ).toEqual(['json-lines', 'json-lines', 'json', 'json', 'json', 'json']);
  });
});
