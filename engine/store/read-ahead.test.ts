import { describe, expect, it } from 'vitest';
import type { VfsReadFile } from '../host/vfs.ts';
import type { DirectoryPart, FooterColumn } from './footer.ts';
import { ReadAhead } from './read-ahead.ts';

function columnOf(id: number, places: readonly (number | null)[]): FooterColumn {
  const blocks = places.map((offset) => (offset === null ? null : { offset, bytes: 10 + id, zone: null! }));
  return { id, type: 'int', wide: false, blocks, dictionary: null, hashes: null };
}

/** A file that notes what is asked of it. */
function notingFile(asked: [number, number][]): VfsReadFile {
  return {
    path: '/a.seg',
    readSync: (into) => into.length,
    sizeSync: () => 1000,
    closeSync: () => undefined,
    ahead: (position, bytes) => asked.push([position, bytes]),
  };
}

describe('reading ahead', () => {
  const column = columnOf(1, [0, 100, null, 300, 400, 500, 600, 700]);

  it('asks once for each block that comes next, and for none beyond the last', () => {
    const asked: [number, number][] = [];
    const ahead = new ReadAhead();
    const file = notingFile(asked);
    ahead.reading(file, column, 0);
    expect(asked.map(([position]) => position)).toEqual([100, 300, 400]);
    ahead.reading(file, column, 1);
    expect(asked.map(([position]) => position)).toEqual([100, 300, 400, 500]);
    for (const block of [3, 4, 5, 6, 7]) ahead.reading(file, column, block);
    expect(asked).toEqual([100, 300, 400, 500, 600, 700].map((position) => [position, 11]));
  });

  it('begins anew where blocks are left out', () => {
    const asked: [number, number][] = [];
    const ahead = new ReadAhead();
    const file = notingFile(asked);
    ahead.reading(file, column, 6);
    ahead.reading(file, column, 0);
    expect(asked).toEqual([
      [700, 11],
      [100, 11],
      [300, 11],
      [400, 11],
    ]);
  });

  it('asks at once for columns that are read together and lie near, alone for those that do not', () => {
    const asked: [number, number][] = [];
    const ahead = new ReadAhead();
    const file = notingFile(asked);
    const mega = 1_000_000;
    const places = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((block) => block * mega);
    const one = columnOf(1, places);
    const near = columnOf(
      2,
      places.map((offset) => offset + 50_000),
    );
    const far = columnOf(
      3,
      places.map((offset) => offset + 200_000),
    );
    for (const own of [one, near, far]) ahead.reading(file, own, 0);
    expect(asked).toHaveLength(12);
    for (const block of [1, 2]) for (const own of [near, one, far]) ahead.reading(file, own, block);
    expect(asked.slice(12)).toEqual([
      [5 * mega, 50_012],
      [5 * mega + 200_000, 13],
      [6 * mega, 50_012],
      [6 * mega + 200_000, 13],
    ]);
    // A column that is no longer read is not followed.
    for (const block of [3, 4, 5, 6, 7]) ahead.reading(file, one, block);
    const last = asked.at(-1)!;
    ahead.reading(file, one, 8);
    expect([last, asked.at(-1)]).toEqual([
      [11 * mega, 11],
      [12 * mega, 11],
    ]);
  });

  it('asks for the parts of a directory some at a time, near ones at once, and for none that is not wanted', () => {
    const asked: [number, number][] = [];
    const ahead = new ReadAhead();
    const file = notingFile(asked);
    const parts = Array.from({ length: 60 }, (_, part) => {
      return { offset: 500_000 * (part >> 1) + 100 * (part & 1), bytes: 100 } as DirectoryPart;
    });
    ahead.readingPart(file, parts, 20, 21);
    expect(asked).toEqual([]);
    for (let part = 0; part < 50; part++) ahead.readingPart(file, parts, part, 50);
    const wanted = parts.slice(1, 50).map(({ offset }) => offset);
    const got = asked.flatMap(([position, bytes]) => (bytes === 200 ? [position, position + 100] : [position]));
    expect(got).toEqual(wanted);
    expect(asked.length).toBeLessThan(30);
  });

  it('asks nothing of a file that cannot, and of a column without blocks', () => {
    const asked: [number, number][] = [];
    const { ahead: unused, ...file } = notingFile(asked);
    expect(unused).toBeTypeOf('function');
    new ReadAhead().reading(file, column, 0);
    new ReadAhead().reading(notingFile(asked), { ...column, blocks: null }, 0);
    expect(asked).toEqual([]);
  });
});
