import { describe, expect, it } from 'vitest';
import { readRows, rowsOfBuilder, type ReadRows } from '../../test/memory/read-rows.ts';
import { BatchBuilder } from './row-builder.ts';

/** One column of untyped texts. */
const column = (values: readonly string[], timezone = 'UTC'): { type: string; values: unknown[] } => {
  const { rows, types } = readRows(
    'csv',
    { header: ['c', 'i'], delimiter: '\t' },
    values.map((value) => `${value}\t1`).join('\n'),
    timezone,
  );
  return { type: types['c']!, values: rows.map((row) => row['c'] ?? null) };
};

describe('types by the evidence of all values', () => {
  it.each<[readonly string[], string, unknown[]]>([
    [['1', '-2', '', '0'], 'int', [1, -2, null, 0]],
    [['1', '2.50', '-0.5'], 'float', [1, 2.5, -0.5]],
    [['1.6661677360534668', '0.1'], 'float', [1.6661677360534668, 0.1]],
    [['9007199254740993', '1'], 'int', [9007199254740993n, 1n]],
    [['9007199254740993', '1.5'], 'text', ['9007199254740993', '1.5']],
    [['9223372036854775808', '1'], 'text', ['9223372036854775808', '1']],
    [['00123', '1'], 'text', ['00123', '1']],
    [['1', '1.50', 'x', '-0.0', '-0'], 'text', ['1', '1.50', 'x', '-0.0', '-0']],
    [['a1e5'], 'text', ['a1e5']],
    [['1e5'], 'text', ['1e5']],
    [['abc123', '12'], 'text', ['abc123', '12']],
    [['+1'], 'text', ['+1']],
    [['true', 'false'], 'bool', [true, false]],
    [['true', '1'], 'text', ['true', '1']],
    [['True'], 'text', ['True']],
  ])('%j is %s', (values, type, expected) => {
    expect(column(values)).toEqual({ type, values: expected });
  });

  it.each<[readonly string[], string | null]>([
    [['2024-02-29'], '2024-02-29T00:00:00.000Z'],
    [['2024-02-30'], null],
    [['2024-02-29T10:00:00.123456789+05:30'], '2024-02-29T04:30:00.123Z'],
    [['2024-02-29 10:00:00-0330'], '2024-02-29T13:30:00.000Z'],
    [['2024-02-29 10:00'], '2024-02-29T10:00:00.000Z'],
    [['2024-02-29 10:00:00 UTC'], '2024-02-29T10:00:00.000Z'],
    [['2024/02/29 10:00:01.5'], '2024-02-29T10:00:01.500Z'],
    [['29/Feb/2024:10:00:00 +0100'], '2024-02-29T09:00:00.000Z'],
    [['Thu, 29 Feb 2024 10:00:00 GMT'], '2024-02-29T10:00:00.000Z'],
    [['Thu Feb 29 10:00:00 2024'], '2024-02-29T10:00:00.000Z'],
    [['Feb 29, 2024'], '2024-02-29T00:00:00.000Z'],
    [['February 29, 2024 5:05 PM'], '2024-02-29T17:05:00.000Z'],
    [['29-Feb-24'], '2024-02-29T00:00:00.000Z'],
    [['02/29/2024'], '2024-02-29T00:00:00.000Z'],
    [['29.02.2024 17:05'], '2024-02-29T17:05:00.000Z'],
    [['02/03/2024'], null],
    [['02.03.2024'], '2024-03-02T00:00:00.000Z'],
    [['02/03/2024', '03/13/2024'], '2024-02-03T00:00:00.000Z'],
    [['02/03/2024', '13/03/2024'], '2024-03-02T00:00:00.000Z'],
    [['13/03/2024', '03/13/2024'], null],
    [['2024-01-01 25:00:00'], null],
    [['12:30:00'], null],
    [['20240229T1000'], null],
  ])('the time of %j', (values, expected) => {
    const { type, values: seen } = column(values);
    expect([type, seen[0]]).toEqual(expected === null ? ['text', values[0]] : ['time', expected]);
  });

  it('a local time is of the zone that is said: also one that comes twice, and one that the clock skips', () => {
    expect(
      column(
        ['2026-07-01 12:00:00', '2026-10-25 02:30:00', '2026-03-29 02:30:00', '2026-07-01T12:00:00Z'],
        'Europe/Berlin',
      ).values,
    ).toEqual([
      '2026-07-01T10:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-07-01T12:00:00.000Z',
    ]);
  });

  it('typed values of several types meet without loss', () => {
    const json = (...values: string[]): ReadRows =>
      readRows('json', {}, values.map((value) => `{"c":${value}}`).join('\n'));
    const seen = (...values: string[]): unknown => {
      const { rows, types } = json(...values);
      return [types['c'], ...rows.map((row) => row['c'])];
    };
    expect(seen('1', '1.5')).toEqual(['float', 1, 1.5]);
    expect(seen('9007199254740993', '1.5')).toEqual(['text', '9007199254740993', '1.5']);
    expect(seen('1', '"x"', 'true', '1e21')).toEqual(['text', '1', 'x', 'true', '1e+21']);
    expect(seen('"2024-01-01"')).toEqual(['text', '2024-01-01']);
    expect(seen('[1]', '[2.5]')).toEqual(['list of float', [1], [2.5]]);
    expect(seen('[1]', '"x"')).toEqual(['text', '[1]', 'x']);
    expect(seen('-0', '0')).toEqual(['int', 0, 0]);
  });
});

describe('BatchBuilder', () => {
  it('takes back what was set of a row that is refused, its texts too', () => {
    const builder = new BatchBuilder('UTC');
    const [a, b] = [builder.column('a'), builder.column('b')];
    a.setText('kept');
    builder.endRow();
    a.setText('gone');
    b.setInt(1);
    builder.rejectRow('why', new Uint8Array(1), 7);
    builder.endRow();
    a.setText('later');
    a.setText('last');
    builder.endRow();
    const batch = builder.build();
    expect(batch.columns.map(({ name }) => name)).toEqual(['a']);
    expect(batch.columns[0]!.dictionary!.count).toBe(2);
    expect(rowsOfBuilder(builder).rows).toEqual([{ a: 'kept' }, {}, { a: 'last' }]);
    expect(builder.rejected).toEqual([{ reason: 'why', raw: new Uint8Array(1), offset: 7 }]);
  });

  it('numbers texts by their bytes, a hundred thousand of them', () => {
    const builder = new BatchBuilder('UTC');
    const setter = builder.column('a');
    const texts = Array.from({ length: 200_000 }, (_, row) => `text ${(row * 7919) % 100_000} é`);
    for (const text of texts) {
      setter.setText(text);
      builder.endRow();
    }
    const { rows } = rowsOfBuilder(builder);
    expect(builder.build().columns[0]!.dictionary!.count).toBe(100_000);
    expect(rows.map((row) => row['a'])).toEqual(texts);
  });
});
