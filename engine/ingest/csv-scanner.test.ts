import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../base/limits.ts';
import { readRows, type ReadRows } from '../../test/memory/read-rows.ts';
import { detectFormat } from './detect.ts';
import type { FormatOptions } from './formats/format.ts';

const encoder = new TextEncoder();
const read = (source: string | Uint8Array, options: FormatOptions = {}): ReadRows => readRows('csv', options, source);
const detect = (text: string, name = 'x.csv'): FormatOptions =>
  detectFormat({ name, bytes: encoder.encode(text), complete: true }, {}).options;
/** As an import does it. */
const found = (text: string): ReadRows => read(text, detect(text));

const cell = fc.oneof(
  fc.constantFrom('', '"', '""', ',', '\n', '\r\n', 'é', 'a"b', ' x ', '007', '1.50', '-0', '-0.0', '1e5', 'true'),
  fc.string({ unit: 'grapheme', maxLength: 6 }).filter((text) => !text.includes('\u0000')),
  fc.double({ noNaN: true }).map(String),
  fc.integer().map(String),
);
const quotedCell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

describe('delimited text read from bytes', () => {
  it('gives back the fields that were written, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 10 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        (records, delimiter, end) => {
          // A text beside them makes every column text, so that each field keeps its digits.
          const all = [['x', 'y', 'z'], ...records];
          const source = all.map((record) => record.map(quotedCell).join(delimiter)).join(end);
          const { rows, rejected } = read(source, { delimiter, header: ['a', 'b', 'c'] });
          expect(rejected).toEqual([]);
          expect(rows).toEqual(all.map(([a, b, c]) => ({ a, b, c })));
        },
      ),
      { numRuns: 1000, seed: 20261124 },
    );
  });

  it('an empty field is no value, an empty quoted one the empty text; blank lines are passed over', () => {
    expect(read('a,b\n,""\n\n1,x\n').rows).toEqual([{ b: '' }, { a: 1, b: 'x' }]);
  });

  it('a byte order mark is no part of the first name, names are told apart, empty ones numbered', () => {
    expect(Object.keys(read('\uFEFFa,a,,"b ""c"""\n1,2,3,4\n').rows[0]!)).toEqual(['a', 'a_2', 'column_3', 'b "c"']);
  });

  it.each([
    ['1', /1 field, fewer than the header's 2/],
    ['1,2,3', /3 fields, more than the header's 2/],
    ['1,"x"y', /follows the closing quote/],
    ['1,"x', /no closing quote/],
    ['1,\u0000', /NUL/],
  ])('refuses the record %s alone', (line, reason) => {
    const { rows, rejected } = read(`a,b\n0,0\n${line}\n2,2\n3,3\n`);
    expect(rows.map((row) => row['a'])).toEqual([0, 2, 3]);
    expect(rejected).toEqual([{ reason: expect.stringMatching(reason) as string, raw: line, offset: 8 }]);
  });

  it('says which byte is no UTF-8', () => {
    const { rows, rejected } = read(Uint8Array.from([...Buffer.from('a,b\n1,x'), 0xe9, ...Buffer.from('\n2,y\n')]));
    expect(rows).toEqual([{ a: 2, b: 'y' }]);
    expect(rejected[0]).toMatchObject({ reason: 'Byte 4 of the record is no UTF-8.', offset: 4 });
  });

  it('ten thousand broken records cost as much as they are long', () => {
    const { rows, rejected } = read(`a,b\n${'1,"x"y\n'.repeat(5000)}1,2\n${'1\n'.repeat(5000)}`);
    expect([rows.length, rejected.length]).toEqual([1, 5001]);
  });

  it('a header longer than the sample is learnt from the first piece', () => {
    const header = Array.from({ length: 5000 }, (_, index) => `a_long_name_${index}`);
    const bytes = encoder.encode(`${header.join(',')}\n${header.map(() => '1').join(',')}\n`);
    const { options } = detectFormat({ name: 'x', bytes: bytes.subarray(0, 65_536), complete: false }, {});
    expect(options).toEqual({ delimiter: ',' });
    expect(Object.keys(read(bytes, options).rows[0]!)).toEqual(header);
  });

  it('a header of too many columns is an error that says so', () => {
    const wide = Array.from({ length: limits.columnsMax + 1 }, (_, index) => `c${index}`).join(',');
    expect(() => read(`${wide}\n`)).toThrow(expect.objectContaining({ code: 'limit' }) as Error);
    expect(() => detect(`${wide}\n`)).toThrow(expect.objectContaining({ code: 'limit' }) as Error);
  });
});

describe('finding out about delimited text', () => {
  it.each([
    ['id,name\n1,x\n2,y\n', ['id', 'name']],
    ['id;name\n1;x,y\n2;y,z\n', ['id', 'name']],
    ['id\tname\n1\tx\n', ['id', 'name']],
    ['id|name\n1|x\n', ['id', 'name']],
    ['first,second\nx,y\nz,w\n', ['first', 'second']],
    ['1,x\n2,y\n', ['column_1', 'column_2']],
    ['x,x,y\nz,z,w\n', ['column_1', 'column_2', 'column_3']],
    ['2024-01-01,x\n2024-01-02,y\n', ['column_1', 'column_2']],
    ['date\n1991/12/18\n', ['date']],
  ])('header of %j', (text, header) => {
    expect(detect(text)['header']).toEqual(header);
  });

  it('the options found let any piece be read without the first', () => {
    const options = detect('id,name\n1,x\n2,y\n');
    expect(options).toMatchObject({ header: ['id', 'name'], headerRow: true });
    expect(read('id,name\n1,x\n', options).rows).toEqual([{ id: 1, name: 'x' }]);
    expect(read('3,z\n', { ...options, headerRow: false }).rows).toEqual([{ id: 3, name: 'z' }]);
    expect(found('1,x\n2,y\n').rows).toHaveLength(2);
  });

  it('dates that begin with the month or the day: what the beginning tells holds for every piece', () => {
    const options = detect('id,when\n1,01/02/2024\n2,01/13/2024\n');
    expect(options['monthFirst']).toEqual(['when']);
    expect(read('3,02/03/2024\n', { ...options, headerRow: false }).rows).toEqual([
      { id: 3, when: '2024-02-03T00:00:00.000Z' },
    ]);
    expect(read('id,when\n3,02/03/2024\n').rows).toEqual([{ id: 3, when: '02/03/2024' }]);
  });

  it.each([
    ['encoding was not recognised', Uint8Array.from(Buffer.from('a,b\n\xff\xff,\x81\n\xe9,4\n', 'latin1'))],
    ['Shift-JIS', Uint8Array.from([...Buffer.from('a,b\n'), 0x96, 0xbc, 0x91, 0x4f, ...Buffer.from(',2\n')])],
    ['binary', Uint8Array.from({ length: 256 }, (_, index) => (index * 7) % 11)],
    ['binary', Uint8Array.from({ length: 4096 }, (_, index) => 1 + ((index * index * 31 + index * 7) % 255))],
  ])('refuses %s by name', (encoding, bytes) => {
    expect(() => detectFormat({ name: 'x.csv', bytes, complete: true }, {})).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(encoding) as string }) as Error,
    );
  });

  it('tells text in Windows-1252, unless a few lines only are no UTF-8', () => {
    const encodingOf = (text: string): string =>
      detectFormat({ name: 'x.csv', bytes: Uint8Array.from(Buffer.from(text, 'latin1')), complete: true }, {}).encoding;
    expect(encodingOf('name,age\nJos\xe9 Mart,3\nM\xfcller,4\n')).toBe('windows-1252');
    expect(encodingOf(`name,age\n${'Ann,1\n'.repeat(20)}M\xfcller,4\n`)).toBe('utf-8');
    expect(encodingOf('name,age\nJos\xc3\xa9,3\n')).toBe('utf-8');
  });
});
