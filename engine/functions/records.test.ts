import { expect, it } from 'vitest';
import type { RecordsValues } from '../column/values.ts';
import { callScalar } from '../../test/call-scalar.ts';
import { scalarAt } from './access.ts';
import { compareScalars } from './compare.ts';
import { scalarFunctions } from './scalars/index.ts';
import { valuesFromScalars } from './values-from-scalars.ts';

const top: RecordsValues = {
  kind: 'records',
  length: 3,
  offsets: Uint32Array.of(0, 2, 2, 3),
  nulls: Uint8Array.of(0, 1, 0),
  fields: [
    {
      name: 'value',
      type: 'time',
      values: { kind: 'number', length: 3, values: Float64Array.of(0, 1, 2), nulls: null },
    },
    {
      name: 'count',
      type: 'int',
      values: { kind: 'number', length: 3, values: Float64Array.of(9, 8, 7), nulls: null },
    },
  ],
};
const first = [
  { value: 0, count: 9 },
  { value: 1, count: 8 },
];

it('lists of records are read row by row, and made of such rows again', () => {
  expect([0, 1, 2].map((row) => scalarAt(top, row))).toEqual([first, null, [{ value: 2, count: 7 }]]);
  const turned = valuesFromScalars([null, first, []], top) as RecordsValues;
  expect([0, 1, 2].map((row) => scalarAt(turned, row))).toEqual([null, first, []]);
  expect(turned.fields.map(({ name, type }) => `${name} ${type}`)).toEqual(['value time', 'count int']);
  const none = valuesFromScalars([null], top);
  expect([none.kind, scalarAt(none, 0)]).toEqual(['records', null]);
});

it('records are ordered field by field, and are no operands', () => {
  expect(compareScalars(first, [{ value: 0, count: 10 }])).toBeLessThan(0);
  expect(compareScalars(first, first)).toBe(0);
  const type = 'list of {value: time, count: int}';
  for (const name of ['=', 'least'])
    expect(scalarFunctions.get(name)!.signature([{ type }, { type }])).toHaveProperty('error');
  expect(() => callScalar('cast_int', [null], { types: [type] })).toThrow('cannot be cast');
});

it('as text they are JSON, times as ISO', () => {
  const context = { timezone: 'UTC', now: 0, noteNoValue: () => undefined };
  const type = 'list of {value: time, count: int}';
  const texts = scalarFunctions.get('cast_text')!.evaluate([top], context, [undefined, type], 'text');
  expect(scalarAt(texts, 2)).toBe('[{"value":"1970-01-01T00:00:00.002Z","count":7}]');
  expect(scalarAt(texts, 1)).toBeNull();
});
