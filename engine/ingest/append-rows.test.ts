import { describe, expect, it } from 'vitest';
import { textsOfDictionary } from '../column/dictionary.ts';
import type { IntVector } from '../column/vector.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import { scalarAt } from '../functions/access.ts';
import { batchFromRows, digestOfRows } from './append-rows.ts';
import { checkTableName } from './table-name.ts';

const rowsOf = (...rows: readonly unknown[]) =>
  batchFromRows(rows as readonly Readonly<Record<string, unknown>>[], {}, undefined, 1000);
const typeOf = (values: readonly unknown[]) =>
  rowsOf(...values.map((v) => ({ v }))).batch.columns.find(({ name }) => name === 'v')?.type;

describe('rows of a program', () => {
  it.each([
    ['whole numbers beyond 2^53', [1e17, 2 ** 60, -(2 ** 63)], 'int'],
    ['whole numbers beyond 64 bits', [2 ** 63, 1e300], 'float'],
    ['lists of whole numbers beyond 2^53', [[1e17, 1]], 'list of int'],
    ['a large whole number and a fraction', [1e17, 0.5], 'float'],
    ['an int that no float is, and a fraction', [2n ** 53n + 1n, 0.5], 'text'],
  ] as const)('%s', (_, values, type) => {
    expect(typeOf(values)).toBe(type);
  });

  it('gives back the exact int that a large number is', () => {
    const { batch } = rowsOf({ v: 2 ** 60 + 2 ** 20 });
    const column = batch.columns.find(({ name }) => name === 'v')!;
    expect(column.vector).toMatchObject({ kind: 'int', values: BigInt64Array.of(2n ** 60n + 2n ** 20n) });
  });

  it.each([
    [[{ time: 0 }, { time: 5 }, { time: -1 }, { time: 86_400_000 * 10 }], {}, [0, 5, -1, 864_000_000]],
    [[{ time: 1_709_290_000 }, { time: 1_709_290_000_000n }], {}, [1_709_290_000, 1_709_290_000_000]],
    [[{ ts: 7.9 }, { ts: 2n ** 40n }], {}, [7, 2 ** 40]],
    [[{ at: 5 }], { time: 'at' }, [5]],
    [[{ time: { at: 5 } }, { time: { at: 8n } }], { time: 'time.at' }, [5, 8]],
    [[{ time: new Date(9) }, { time: 5 }, { time: '1970-01-01' }, { time: 7n }], {}, [9, 5, 0, 7]],
    [[{ time: 5 }, { time: 7 }, { time: new Date(9) }], {}, [5, 7, 9]],
    [[{ time: 5 }, { time: '1970-01-01' }, { time: 86_400_000.9 }], { time: 'time' }, [5, 0, 86_400_000]],
    [[{ time: 35, ts: new Date(9) }], {}, [9]],
  ] as const)('reads numbers of a time column as epoch ms: %s', (rows, request, expected) => {
    const { batch, rejected, options } = batchFromRows(rows, request, undefined, 1000);
    const [{ name, vector }] = batch.columns;
    expect(rejected).toEqual([]);
    expect(name).toBe('time');
    expect(options.timeName).toBe('time' in request ? request.time : 'ts' in rows[0] ? 'ts' : 'time');
    expect([...(vector as IntVector).values]).toEqual(expected);
  });

  it('rejects numbers beyond what a time can be', () => {
    const times = [1e20, 1, NaN, 8.64e15, new Date(-8.64e15), Date.UTC(10_000, 0, 1), '9999-12-31', '0001-01-01'];
    const { batch, rejected } = rowsOf(...times.map((time) => ({ time })));
    expect(batch.rowCount).toBe(3);
    expect(rejected.map(({ row }) => row)).toEqual([0, 2, 3, 4, 5]);
    expect(rejected[2]!.reason).toBe('Its time lies outside the years 1 to 9999.');
    const dates = rowsOf({ time: new Date(8.64e15) }, { time: new Date(5) });
    expect(dates.rejected.map(({ row }) => row)).toEqual([0]);
  });

  it('rejects rows that are no data, each with its reason, and takes the others', () => {
    const circular: Record<string, unknown> = { a: 1 };
    circular['self'] = [circular];
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 100_000; level++) deep = { deep };
    const { batch, rejected } = rowsOf(
      circular,
      { a: 1 },
      deep,
      { a: () => 1 },
      { a: [Symbol('a')] },
      { a: new Date(NaN) },
      null,
      [1],
      2n ** 70n,
      { a: 2n ** 70n },
      { a: [1, , 3] },
    );
    expect(batch.rowCount).toBe(2);
    expect(
      rejected.map(({ row, reason }) => [row, /nested|function|symbol|invalid Date|object|64 bits/.exec(reason)?.[0]]),
    ).toEqual([
      [0, 'nested'],
      [2, 'nested'],
      [3, 'function'],
      [4, 'symbol'],
      [5, 'invalid Date'],
      [6, 'object'],
      [7, 'object'],
      [8, 'object'],
      [9, '64 bits'],
    ]);
  });

  it('tells other rows by their digest, such as hold themselves too', () => {
    const circular: Record<string, unknown> = { a: 1 };
    circular['self'] = circular;
    const digests = [[], [{ a: 1 }], [{ a: 1n }], [{ a: '1' }], [circular]].map(digestOfRows);
    expect(new Set(digests).size).toBe(digests.length);
    expect(digestOfRows([circular])).toBe(digests.at(-1));
  });

  it.each(['', '_rejected', '../x', 'a/b', '__proto__', `a${'b'.repeat(128)}`, '1a', 'a b', 'a\n'])(
    'has no table "%s"',
    (name) => expect(() => checkTableName(name)).toThrow('is no name for a table'),
  );

  it('has tables of any name that begins with a letter', () => {
    for (const name of ['a', 'Events-2024_x.y', `a${'b'.repeat(127)}`, 'constructor']) checkTableName(name);
    expect(() => checkTableName(undefined as unknown as string)).toThrow('is no name');
  });
});

const time = new Date('2026-01-01T00:00:00Z');

function append(rows: readonly unknown[]) {
  return batchFromRows(rows as readonly Record<string, unknown>[], {}, undefined, 0);
}

describe('batchFromRows', () => {
  const loop: Record<string, unknown> = { time };
  loop['self'] = loop;
  it.each([
    [{ time, f: () => 1 }, /"f" is a function/],
    [{ time, deep: { s: Symbol('x') } }, /"deep\.s" is a symbol/],
    [{ time, m: new Map([[1, 2]]) }, /"m" is a Map, no plain object/],
    [{ time, b: Buffer.from('x') }, /"b" is a Buffer, no plain object/],
    [{ time, l: [new Set([1])] }, /"l\.0" is a Set/],
    [{ time, r: /x/ }, /"r" is a RegExp, no plain object/],
    [{ time: new Date(NaN) }, /"time" is an invalid Date/],
    [{ time, j: { toJSON: () => 7 } }, /"j\.toJSON" is a function/],
    [loop, /nested more than/],
    [{ time, v: 2n ** 64n }, /more than 64 bits/],
    [null, /it is no object/],
    [undefined, /it is no object/],
  ])('rejects %o', (row, reason) => {
    const { batch, rejected } = append([{ time, ok: 1 }, row]);
    expect(batch.rowCount).toBe(1);
    expect(rejected).toEqual([
      { row: 1, reason: expect.stringMatching(reason) as string, raw: expect.any(String) as string },
    ]);
  });

  it('a Date is a time, a bigint an int, undefined null', () => {
    const { batch } = append([{ time, at: new Date(5), n: 2n ** 63n - 1n, u: undefined, list: [1, new Date(5)] }]);
    const found = Object.fromEntries(
      batch.columns.map(({ name, type, vector, dictionary }) => {
        const texts = dictionary === null ? null : textsOfDictionary(dictionary);
        return [name, [type, scalarAt(valuesFromVector(vector, type, texts, null), 0)]];
      }),
    );
    expect(found).toEqual({
      time: ['time', time.getTime()],
      at: ['time', 5],
      n: ['int', 2n ** 63n - 1n],
      list: ['list of text', ['1', '1970-01-01T00:00:00.005Z']],
    });
  });

  it('a list without elements goes with lists of any type', () => {
    const { batch } = append([
      { time, l: [] },
      { time, l: [1, 2] },
      { time, l: [null] },
    ]);
    expect(batch.columns.find((column) => column.name === 'l')!.type).toBe('list of int');
    const alone = append([{ time, l: [] }, { time }]).batch;
    expect(alone.columns.find((column) => column.name === 'l')!.type).toBe('list of text');
  });
});
