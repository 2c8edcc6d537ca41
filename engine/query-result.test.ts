import { describe, expect, it } from 'vitest';
import { createQueryResult } from './query-result.ts';

const meta = {
  rows_scanned: 2,
  rows_matched: 2,
  bytes_scanned: 0,
  segments_pruned: 0,
  elapsed_ms: 1,
  sample: 1,
  exact: true,
  approximate: [],
  snapshot: '1.1',
  warnings: [],
};

describe('a result', () => {
  it('gives its rows as objects, as columns and as one Arrow table', () => {
    const result = createQueryResult(
      [
        { name: 'time', type: 'time' },
        { name: '__proto__', type: 'text' },
        { name: 'n', type: 'int' },
      ],
      [
        { kind: 'number', length: 2, values: Float64Array.of(0, 1000), nulls: null },
        { kind: 'coded', length: 2, codes: Uint8Array.of(1, 0), texts: ['a', 'b'], nulls: Uint8Array.of(0, 1) },
        { kind: 'bigint', length: 2, values: BigInt64Array.of(1n, 2n ** 60n), nulls: null },
      ],
      2,
      meta,
    );
    const [first] = result.rows();
    expect(Object.entries(first!)).toEqual([
      ['time', new Date(0)],
      ['__proto__', 'b'],
      ['n', 1],
    ]);
    expect(result.values(2)).toEqual([1, 2n ** 60n]);
    const { table } = result;
    expect([table.numRows, table.numCols, result.table === table]).toEqual([2, 3, true]);
    expect(table.schema.fields.map(({ type }) => String(type))).toEqual([
      'Timestamp<MILLISECOND, UTC>',
      'Dictionary<Int32, Utf8>',
      'Int64',
    ]);
    expect([...table.getChildAt(2)!]).toEqual([1n, 2n ** 60n]);
    expect([...table.getChildAt(1)!]).toEqual(['b', null]);
  });

  it('gives lists of records as arrays of objects, times in them as dates', () => {
    const times = { kind: 'number', length: 1, values: Float64Array.of(5), nulls: null } as const;
    const result = createQueryResult(
      [{ name: 'top', type: 'list of {value: time, count: int}' }],
      [
        {
          kind: 'records',
          length: 2,
          offsets: Uint32Array.of(0, 1, 1),
          nulls: Uint8Array.of(0, 1),
          fields: [
            { name: 'value', type: 'time', values: times },
            { name: 'count', type: 'int', values: times },
          ],
        },
      ],
      2,
      meta,
    );
    expect(result.rows()).toEqual([{ top: [{ value: new Date(5), count: 5 }] }, { top: null }]);
    expect(result.values(0)).toEqual([[{ value: 5, count: 5 }], null]);
    expect(String(result.table.schema.fields[0]!.type)).toContain('List');
  });
});
