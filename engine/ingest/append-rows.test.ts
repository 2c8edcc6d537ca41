import { describe, expect, it } from 'vitest';
import { textsOfDictionary } from '../column/dictionary.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import { scalarAt } from '../functions/access.ts';
import { batchFromRows } from './append-rows.ts';

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
