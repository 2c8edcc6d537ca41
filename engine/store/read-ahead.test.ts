import { describe, expect, it } from 'vitest';
import type { VfsReadFile } from '../host/vfs.ts';
import type { FooterColumn } from './footer.ts';
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

  it('begins anew where blocks are left out, and tells columns apart', () => {
    const asked: [number, number][] = [];
    const ahead = new ReadAhead();
    const file = notingFile(asked);
    const other = columnOf(2, [5, 105, 205]);
    ahead.reading(file, column, 6);
    ahead.reading(file, other, 0);
    ahead.reading(file, column, 0);
    expect(asked).toEqual([
      [700, 11],
      [105, 12],
      [205, 12],
      [100, 11],
      [300, 11],
      [400, 11],
    ]);
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
