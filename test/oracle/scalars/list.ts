import { compareCells, type Cell, type Type } from '../cells.ts';
import { below } from '../random.ts';
import { called, constant, grown, type ScalarRule } from './rule.ts';

const elements: readonly (readonly [Type, Type])[] = [
  ['list of text', 'text'],
  ['list of int', 'int'],
];

const items = (cell: Cell | undefined): readonly Cell[] => cell as readonly Cell[];

export const listRules: readonly ScalarRule[] = elements.flatMap(([list, element]): ScalarRule[] => [
  {
    name: `has ${element}`,
    result: 'bool',
    weight: 1.5,
    make: grown(list, element),
    varve: called('has'),
    duck: ([a, b]) => `(case when ${a} is null or ${b} is null then null else list_contains(${a}, ${b}) end)`,
    at: ([a, b]) => items(a).some((item) => item !== null && compareCells(item, b!) === 0),
  },
  {
    name: `length of ${list}`,
    result: 'int',
    weight: 0.7,
    make: grown(list),
    varve: called('length'),
    duck: called('len'),
    at: ([a]) => BigInt(items(a).length),
  },
  {
    name: `element of ${list}`,
    result: element,
    weight: 0.8,
    make: (random, grow) => [grow(list), constant(BigInt(1 + below(random, 4)), 'int')],
    varve: ([a, place]) => `${a}[${place}]`,
    duck: ([a, place]) => `(${a})[${place}]`,
    at: ([a, place]) => items(a)[Number(place) - 1] ?? null,
  },
]);
