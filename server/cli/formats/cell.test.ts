import { expect, it } from 'vitest';
import { jsonCell, textCell } from './cell.ts';

const type = 'list of {value: time, count: int}';
const value = [
  { value: 0, count: 2n ** 60n },
  { value: null, count: 1 },
];

it('a list of records is an array of objects in JSON, and JSON elsewhere', () => {
  const cells = [
    { value: '1970-01-01T00:00:00.000Z', count: '1152921504606846976' },
    { value: null, count: 1 },
  ];
  expect(jsonCell(value, type)).toEqual(cells);
  expect(textCell(value, type)).toBe(JSON.stringify(cells));
  expect(jsonCell(null, type)).toBeNull();
  expect(jsonCell([{ from: -Infinity, to: 1, count: 0 }], 'list of {from: float, to: float, count: int}')).toEqual([
    { from: '-Infinity', to: 1, count: 0 },
  ]);
});
