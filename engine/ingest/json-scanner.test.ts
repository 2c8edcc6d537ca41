import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../base/limits.ts';
import { readRows, rowsOfBuilder, type ReadRows } from '../../test/memory/read-rows.ts';
import { parseExactJson, skipSpace } from './exact-json.ts';
import { setEvent, settersOf, type EventValue } from './flatten.ts';
import { BatchBuilder } from './row-builder.ts';

const read = (source: string | Uint8Array): ReadRows => readRows('json', {}, source);

/** What the general parser makes of one record: the row, or null where it refuses it. */
function generalRow(text: string): { rows: ReadRows['rows']; types: ReadRows['types'] } | null {
  const builder = new BatchBuilder('UTC');
  const result = parseExactJson(text);
  if ('error' in result || skipSpace(text, result.end) < text.length) return null;
  const { value } = result;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  if (setEvent(value as { readonly [name: string]: EventValue }, settersOf(builder)) !== null) return null;
  builder.endRow();
  const { rows, types } = rowsOfBuilder(builder);
  return { rows, types };
}

const names = fc.oneof(
  fc.constantFrom('a', 'b', 'a.b', '__proto__', 'constructor', '', 'é', '\u2028', '"', '\\', 'x'.repeat(40)),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const numbers = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
  fc.double().map((value) => (Number.isFinite(value) ? String(value) : '1e309')),
  fc.constantFrom('-0', '0.10', '1e3', '1E-7', '9007199254740993', '0.1234567890123456789', '00', '1.', '-', '.5'),
);
/** JSON text with odd spacing, escapes, keys that stand twice, and now and then something that is none. */
const jsonText = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text)),
    fc.constantFrom(
      '"\\u00e9\\ud83d\\ude00\\ud83d"',
      '"\\/\\b\\f"',
      '"\\x41"',
      '"\\u12"',
      '"tab\there"',
      'nul',
      'true',
      'false',
      'null',
    ),
    numbers,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(' , ')}]`),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(names, tie('value'), fc.constantFrom('', ' ', '\t')), { maxLength: 5 })
    .map(
      (pairs) =>
        `{${pairs.map(([name, value, gap]) => `${gap}${JSON.stringify(name)}${gap}:${gap}${value}`).join(',')}}`,
    ),
}));

describe('JSON read from bytes', () => {
  it('gives what the general parser gives, for any record', () => {
    fc.assert(
      fc.property(jsonText.object, (text) => {
        const general = generalRow(text);
        const { rows, types, rejected } = read(text);
        if (general === null) expect({ rows, rejected: rejected.length }).toEqual({ rows: [], rejected: 1 });
        else expect({ rows, types, rejected }).toEqual({ ...general, rejected: [] });
      }),
      { numRuns: 3000, seed: 20261124 },
    );
  });

  it('gives the same rows for records in a row, on lines, in an array', () => {
    fc.assert(
      fc.property(
        fc.array(
          jsonText.object.filter((text) => generalRow(text) !== null),
          { maxLength: 8 },
        ),
        (records) => {
          const lines = read(records.join('\n'));
          expect(lines.rejected).toEqual([]);
          expect(read(`[${records.join(',\n')}]`)).toEqual(lines);
          expect(read(records.join(''))).toEqual(lines);
          expect(read(records.join('\r'))).toEqual(lines);
        },
      ),
      { numRuns: 300, seed: 20261124 },
    );
  });

  it('keeps whole numbers exact, and refuses what it would have to round', () => {
    const { rows, rejected } = read(
      '{"n":9007199254740993}\n{"n":-9223372036854775808}\n{"n":9223372036854775808}\n{"n":1e309}\n{"n":1}',
    );
    expect(rows).toEqual([{ n: 9007199254740993n }, { n: -9223372036854775808n }, { n: 1n }]);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/more than 64 bits/),
      expect.stringMatching(/too large/),
    ]);
  });

  it('a line is a record: what follows the object on it makes it none, and costs no other', () => {
    const { rows, rejected } = read('{"a":1}x\n{"a":2} \n{"a":3}{"a":4}\n{"a":"5}\n{"a":6}\n7\n[8]\n{"a":9}');
    expect(rows.map((row) => row['a'])).toEqual([2, 3, 4, 6, 9]);
    expect(rejected.map(({ raw, offset }) => [raw, offset])).toEqual([
      ['{"a":1}x', 0],
      ['{"a":"5}', 33],
      ['7', 50],
      ['8', 53],
    ]);
  });

  it('a record that is cut off does not take the next lines with it', () => {
    const { rows, rejected } = read('{"a":[1,\n{"b":2}\n{"b":3}\n{"c":{"d":\n{"b":4}\n');
    expect(rows).toEqual([{ b: 2 }, { b: 3 }, { b: 4 }]);
    expect(rejected.map(({ raw }) => raw)).toEqual(['{"a":[1,', '{"c":{"d":']);
  });

  it('says which byte is no UTF-8', () => {
    const bytes = Uint8Array.from([...Buffer.from('{"a":"x'), 0xff, ...Buffer.from('"}\n{"a":"ok"}')]);
    const { rows, rejected } = read(bytes);
    expect(rows).toEqual([{ a: 'ok' }]);
    expect(rejected[0]!.reason).toMatch(/no UTF-8 \(byte 8 of the record\)/);
  });

  it('of a key that stands twice the last holds, also null and also objects', () => {
    const { rows } = read('{"a":1,"a":2}\n{"a":1,"a":null}\n{"a":{"b":1},"a":{"c":2}}\n{"x":1,"a":{"b":1},"a":3}');
    expect(rows).toEqual([{ a: 2 }, {}, { 'a.c': 2 }, { x: 1, a: 3 }]);
  });

  it('hostile names are names', () => {
    const { rows } = read('{"__proto__":1,"constructor":{"prototype":2},"toString":3}');
    expect(Object.entries(rows[0]!)).toEqual([
      ['__proto__', 1],
      ['constructor.prototype', 2],
      ['toString', 3],
    ]);
  });

  it('nesting and the number of columns have limits', () => {
    const deep = `${'{"a":'.repeat(limits.nestingMax + 2)}1${'}'.repeat(limits.nestingMax + 2)}`;
    const wide = (from: number, count: number): string =>
      `{${Array.from({ length: count }, (_, index) => `"c${from + index}":1`).join(',')}}`;
    const { rows, rejected } = read(`${deep}\n${wide(0, limits.columnsMax)}\n${wide(5, limits.columnsMax)}\n{"c0":2}`);
    expect(rows).toHaveLength(2);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/nestingMax/),
      expect.stringMatching(/columnsMax/),
    ]);
  });

  it('flattens objects, makes lists of arrays and of the fields of their objects', () => {
    const { rows } = read('{"a":{"b":[1,2,null]},"o":[{"x":1},{"x":2,"y":"z"}],"e":[],"n":[[1],[2]]}');
    expect(rows).toEqual([{ 'a.b': [1, 2, null], 'o.x': [1, 2], 'o.y': [null, 'z'], e: [], n: ['[1]', '[2]'] }]);
  });

  it('ten thousand broken lines cost as much as they are long', () => {
    const { rows, rejected } = read('{"a":"\n'.repeat(10_000) + '{"a":1}');
    expect([rows.length, rejected.length, rejected[9999]!.offset]).toEqual([1, 10_000, 69_993]);
  });
});
