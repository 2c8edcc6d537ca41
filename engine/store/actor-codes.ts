import type { Vector } from '../column/vector.ts';
import type { DirectoryEntries } from './actor-directory.ts';
import type { DirectoryPart } from './footer.ts';

/**
 * @param read reads a part of the directory.
 * @returns the actor's column of a block, where it is text: entries of the directory, row by row.
 */
export function actorCodesOf(
  directory: readonly DirectoryPart[],
  { firstRow, rowCount }: { readonly firstRow: number; readonly rowCount: number },
  read: (index: number) => DirectoryEntries,
): Vector {
  const codes = new Uint32Array(rowCount);
  const validity = new Uint8Array((rowCount + 7) >> 3);
  let nulls = 0;
  directory.forEach((part, index) => {
    if (part.firstRow >= firstRow + rowCount || part.firstRow + part.rows <= firstRow) return;
    const { firstRows, nobody } = read(index);
    for (let entry = 0; entry < part.count; entry++) {
      const from = Math.max(firstRows[entry] - firstRow, 0);
      const to = Math.min(firstRows[entry + 1] - firstRow, rowCount);
      if (nobody[entry] === 1) nulls += Math.max(0, to - from);
      else
        for (let row = from; row < to; row++) {
          codes[row] = part.first + entry;
          validity[row >> 3] |= 1 << (row & 7);
        }
    }
  });
  return { kind: 'text', length: rowCount, codes, validity: nulls === 0 ? null : validity };
}
