import { tableFromIPC, tableToIPC, type Table } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { arrowTable, arrowVector, createArrowStream } from './arrow.ts';
import type { ColumnType } from './types.ts';
import type { Values } from './values.ts';

interface ArrowColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: Values;
}

function tableOf(columns: readonly ArrowColumn[], rows: number): Table {
  return arrowTable(
    columns,
    columns.map(({ values }) => values),
    rows,
  );
}

/** A column after it was written and read as a stream, as whoever receives a result reads it. */
function readBack(columns: readonly ArrowColumn[], rows: number): Table {
  return tableFromIPC(tableToIPC(tableOf(columns, rows), 'stream'));
}

function column(type: ArrowColumn['type'], values: ArrowColumn['values']): { type: string; values: unknown[] } {
  const table = readBack([{ name: 'c', type, values }], values.length);
  expect(table.numRows).toBe(values.length);
  const plain = (value: unknown): unknown =>
    value !== null && typeof value === 'object' ? [...(value as Iterable<unknown>)] : value;
  return { type: String(table.schema.fields[0]!.type), values: Array.from(table.getChild('c')!, plain) };
}

const nulls = Uint8Array.of(0, 1, 0);

describe('Arrow columns, read back', () => {
  it('ints, of every width', () => {
    const values = Float64Array.of(2 ** 53 - 1, NaN, -(2 ** 53 - 1));
    expect(column('int', { kind: 'number', length: 3, values, nulls })).toEqual({
      type: 'Int64',
      values: [9_007_199_254_740_991n, null, -9_007_199_254_740_991n],
    });
    const wide = BigInt64Array.of(2n ** 63n - 1n, 5n, -(2n ** 63n));
    expect(column('int', { kind: 'bigint', length: 3, values: wide, nulls: null }).values).toEqual([...wide]);
  });

  it('floats, NaN, infinity and -0 among them', () => {
    const values = Float64Array.of(NaN, -Infinity, -0);
    const read = column('float', { kind: 'number', length: 3, values, nulls: null });
    expect(read).toEqual({ type: 'Float64', values: [NaN, -Infinity, -0] });
    expect(column('float', { kind: 'bigint', length: 1, values: BigInt64Array.of(7n), nulls: null }).values).toEqual([
      7,
    ]);
  });

  it('bools and their nulls, over more than one byte of bits', () => {
    const values = Uint8Array.from({ length: 19 }, (_, row) => Number(row % 3 === 0));
    const some = Uint8Array.from({ length: 19 }, (_, row) => Number(row % 5 === 0));
    expect(column('bool', { kind: 'bool', length: 19, values, nulls: some }).values).toEqual(
      Array.from(values, (value, row) => (some[row] === 1 ? null : value === 1)),
    );
  });

  it('times, as milliseconds of UTC, before 1970 too', () => {
    const values = Float64Array.of(1_700_000_000_123, 0, -1);
    const table = readBack([{ name: 't', type: 'time', values: { kind: 'number', length: 3, values, nulls } }], 3);
    expect(String(table.schema.fields[0]!.type)).toBe('Timestamp<MILLISECOND, UTC>');
    expect([0, 2].map((row) => Number(table.getChild('t')!.get(row)))).toEqual([1_700_000_000_123, -1]);
    expect(table.getChild('t')!.get(1)).toBe(null);
  });

  it('text, as a dictionary of the texts that occur', () => {
    const texts = ['never', 'a', '', 'ü中'];
    const coded = column('text', { kind: 'coded', length: 3, codes: Uint8Array.of(3, 0, 2), texts, nulls });
    expect(coded).toEqual({ type: 'Dictionary<Int32, Utf8>', values: ['ü中', null, ''] });
    const plain = column('text', { kind: 'text', length: 3, values: ['b', 'x', 'b'], nulls: null });
    expect(plain.values).toEqual(['b', 'x', 'b']);
    const table = tableOf(
      [{ name: 'c', type: 'text', values: { kind: 'coded', length: 3, codes: Uint8Array.of(3, 0, 2), texts, nulls } }],
      3,
    );
    expect(table.getChild('c')!.data[0]!.dictionary!.length).toBe(2);
  });

  it('lists, empty, null, and with items that are null', () => {
    const values = {
      kind: 'list',
      length: 4,
      offsets: Uint32Array.of(0, 2, 2, 2, 5),
      itemType: 'int',
      items: { kind: 'number', length: 5, values: Float64Array.of(1, 2, 3, 0, 5), nulls: Uint8Array.of(0, 0, 0, 1, 0) },
      nulls: Uint8Array.of(0, 1, 0, 0),
    } as const;
    expect(column('list of int', values).values).toEqual([[1n, 2n], null, [], [3n, null, 5n]]);
    const texts = {
      ...values,
      itemType: 'text',
      items: { kind: 'text', length: 5, values: ['a', 'b', 'a', 'x', ''], nulls: values.items.nulls },
    } as const;
    expect(column('list of text', texts).values).toEqual([['a', 'b'], null, [], ['a', null, '']]);
  });

  it('columns without any value, of every type', () => {
    for (const type of ['null', 'bool', 'int', 'float', 'text', 'time', 'list of int', 'list of text'] as const) {
      expect(column(type, { kind: 'null', length: 2 }).values).toEqual([null, null]);
      expect(column(type, { kind: 'null', length: 0 }).values).toEqual([]);
    }
  });

  it('several columns, a table without rows, and one vector alone', () => {
    const values = { kind: 'number', length: 2, values: Float64Array.of(1, 2), nulls: null } as const;
    const table = readBack(
      [
        { name: '__proto__', type: 'int', values },
        { name: 'b', type: 'float', values },
      ],
      2,
    );
    expect(table.schema.names).toEqual(['__proto__', 'b']);
    expect(Array.from(table.getChildAt(0)!)).toEqual([1n, 2n]);
    expect(readBack([], 0).numRows).toBe(0);
    expect([...arrowVector(values, 'float')]).toEqual([1, 2]);
  });

  it('several tables are one stream: one schema, each with the texts of its own', () => {
    const columns = [
      { name: 'a', type: 'text' },
      { name: 'l', type: 'list of text' },
      { name: 'n', type: 'int' },
    ] as const;
    const stream = createArrowStream();
    const parts: Uint8Array[] = [];
    for (let part = 0; part < 3; part++) {
      const texts = [`x${part}`, 'same', `y${part}`];
      const rows = part === 1 ? 0 : 3;
      const text = { kind: 'text', length: rows, values: texts.slice(0, rows), nulls: null } as const;
      const offsets = Uint32Array.from({ length: rows + 1 }, (_, row) => row);
      const list = { kind: 'list', length: rows, offsets, itemType: 'text', items: text, nulls: null } as const;
      const n = { kind: 'number', length: rows, values: new Float64Array(rows).fill(part), nulls: null } as const;
      parts.push(stream.add(arrowTable(columns, [text, list, n], rows, { of: 'all' })));
    }
    const read = tableFromIPC(Buffer.concat([...parts, stream.end]));
    expect(read.batches.map(({ numRows }) => numRows).filter((rows) => rows > 0)).toEqual([3, 3]);
    expect([...read.getChild('a')!]).toEqual(['x0', 'same', 'y0', 'x2', 'same', 'y2']);
    expect(Array.from(read.getChild('l')!, (items) => [...(items as Iterable<string>)])).toEqual(
      ['x0', 'same', 'y0', 'x2', 'same', 'y2'].map((text) => [text]),
    );
    expect([...read.getChild('n')!]).toEqual([0n, 0n, 0n, 2n, 2n, 2n]);
    expect(read.schema.metadata.get('meta')).toBe('{"of":"all"}');
  });

  it('values of another kind than the type says are a bug, and said to be', () => {
    const values = { kind: 'bool', length: 1, values: Uint8Array.of(1), nulls: null } as const;
    for (const type of ['int', 'float', 'text', 'list of int'] as const) {
      expect(() => arrowVector(values, type)).toThrow(expect.objectContaining({ code: 'internal' }));
    }
  });

  it.each(['int', 'float', 'bool', 'text'] as const)(
    'lists of %s that are all empty, of whatever kind they are',
    (of) => {
      const none = { kind: 'text', length: 0, values: [], nulls: null } as const;
      const values = {
        kind: 'list',
        length: 2,
        offsets: new Uint32Array(3),
        items: none,
        itemType: 'text',
        nulls: null,
      } as const;
      const table = readBack([{ name: 'c', type: `list of ${of}`, values }], 2);
      expect([...table.getChild('c')!].map((list) => [...(list as Iterable<unknown>)])).toEqual([[], []]);
    },
  );

  it('lists of records, whose fields have types of their own', () => {
    const table = readBack(
      [
        {
          name: 'c',
          type: 'list of {value: text, count: int}',
          values: {
            kind: 'records',
            length: 3,
            offsets: Uint32Array.of(0, 2, 2, 2),
            nulls: Uint8Array.of(0, 1, 0),
            fields: [
              {
                name: 'value',
                type: 'text',
                values: { kind: 'text', length: 2, values: ['a', ''], nulls: Uint8Array.of(0, 1) },
              },
              {
                name: 'count',
                type: 'int',
                values: { kind: 'number', length: 2, values: Float64Array.of(2, 1), nulls: null },
              },
            ],
          },
        },
      ],
      3,
    );
    const [first, second, third] = table.getChild('c')!.toArray() as unknown[];
    expect(JSON.stringify(first, (_name, item: unknown) => (typeof item === 'bigint' ? Number(item) : item))).toBe(
      '[{"value":"a","count":2},{"value":null,"count":1}]',
    );
    expect(second).toBeNull();
    expect(JSON.stringify(third)).toBe('[]');
  });
});
