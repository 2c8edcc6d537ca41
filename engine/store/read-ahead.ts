import type { VfsReadFile } from '../host/vfs.ts';
import type { FooterColumn } from './footer.ts';

/** Blocks of a column that are asked for while one is decoded: about what a disk answers meanwhile. */
const blocksAhead = 4;

/**
 * Asks the machine for the blocks that come after those that are read. Blocks of one column lie a megabyte apart, so the
 * machine does not see that they are read one after another.
 */
export class ReadAhead {
  readonly #columns = new Map<FooterColumn, number>();

  /** Notes that a column's block is about to be read from this file. */
  reading(file: VfsReadFile, column: FooterColumn, block: number): void {
    const { blocks } = column;
    if (file.ahead === undefined || blocks === null) return;
    const asked = this.#columns.get(column) ?? -1;
    const end = Math.min(block + blocksAhead, blocks.length - 1);
    for (let next = asked >= block && asked <= end ? asked + 1 : block + 1; next <= end; next++) {
      const place = blocks[next];
      if (place !== null) file.ahead(place.offset, place.bytes);
    }
    this.#columns.set(column, end);
  }
}
