import { decode, encode } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import { isVarveError } from '../base/errors.ts';
import { decodeFooter, encodeFooter, type SegmentFooter } from './footer.ts';

const end = 4000;

const footer: SegmentFooter = {
  rows: 300,
  entries: 20,
  timeMin: 1000,
  timeMax: 2000,
  blocks: [
    { firstRow: 0, rowCount: 260, timeMin: 1000, timeMax: 1500 },
    { firstRow: 260, rowCount: 40, timeMin: 1400, timeMax: 2000 },
  ],
  directory: [
    { offset: 40, bytes: 80, first: 0, count: 15, firstRow: 0, rows: 200, hashMin: 5, hashMax: 2 ** 31 },
    { offset: 120, bytes: 80, first: 15, count: 5, firstRow: 200, rows: 100, hashMin: 2 ** 31, hashMax: 2 ** 32 - 1 },
  ],
  columns: [
    {
      id: 1,
      type: 'time',
      wide: false,
      dictionary: null,
      hashes: null,
      blocks: [
        { offset: 200, bytes: 48, zone: { nulls: 0, min: 1000, max: 1500 } },
        { offset: 248, bytes: 48, zone: { nulls: 0, min: 1400, max: 2000 } },
      ],
    },
    { id: 2, type: 'text', wide: false, dictionary: null, hashes: null, blocks: null },
    {
      id: 3,
      type: 'list of text',
      wide: false,
      dictionary: [{ offset: 296, bytes: 64, first: 0, count: 3 }],
      hashes: [{ offset: 360, bytes: 64, first: 0, count: 3 }],
      blocks: [{ offset: 424, bytes: 48, zone: { nulls: 7, min: null, max: null } }, null],
    },
  ],
};

test('a footer reads as it was written', () => {
  expect(decodeFooter('s', encodeFooter(footer), end)).toEqual(footer);
});

/** Every way to reach a leaf or list of a tree. */
function pathsOf(tree: unknown, path: readonly number[] = []): (readonly number[])[] {
  return Array.isArray(tree) ? [path, ...tree.flatMap((item, index) => pathsOf(item, [...path, index]))] : [path];
}

function replaced(tree: unknown, path: readonly number[], value: unknown): unknown {
  const [index, ...rest] = path;
  if (index === undefined) return value;
  return (tree as unknown[]).map((item, at) => (at === index ? replaced(item, rest, value) : item));
}

test('a footer with anything else in any place is refused, or within the bounds of the file', () => {
  const tree = decode(encodeFooter(footer));
  const values = [
    null,
    true,
    'x',
    -1,
    0,
    1,
    7.5,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    NaN,
    Infinity,
    [],
    [1, 2, 3],
    new Uint8Array(3),
  ];
  let refused = 0;
  for (const path of pathsOf(tree)) {
    for (const value of values) {
      let found: SegmentFooter;
      try {
        found = decodeFooter('s', encode(replaced(tree, path, value)), end);
        for (const column of found.columns) expect(column.blocks).toBe(column.blocks);
      } catch (error) {
        expect(isVarveError(error) && error.code, `${path.join('.')} = ${String(value)}: ${String(error)}`).toBe(
          'data_corrupted',
        );
        refused++;
        continue;
      }
      const places = [
        ...found.directory,
        ...found.columns.flatMap(({ dictionary, hashes, blocks }) => [
          ...(dictionary ?? []),
          ...(hashes ?? []),
          ...(blocks ?? []).filter((block) => block !== null),
        ]),
      ];
      for (const place of places) expect(place.offset + place.bytes).toBeLessThanOrEqual(end);
      expect(found.blocks.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(found.rows);
    }
  }
  expect(refused).toBeGreaterThan(500);
});

test('bytes that are no msgpack, or claim more than there are, are refused', () => {
  const hostile = [[], [0xc1], [0xdd, 0xff, 0xff, 0xff, 0xff], [0xdb, 0xff, 0xff, 0xff, 0xff], [0x81, 0xa1, 0x61, 1]];
  for (const bytes of hostile)
    expect(() => decodeFooter('s', Uint8Array.from(bytes), end), String(bytes)).toThrow(
      /footer of segment "s" is damaged/,
    );
});
