import type { VfsReadFile } from '../host/vfs.ts';
import type { DirectoryPart, FooterColumn } from './footer.ts';
import type { Place } from './segment-pages.ts';

/** Blocks of a column that are asked for while one is decoded: about what a disk answers meanwhile. */
const blocksAhead = 4;
/** Parts of the directory that are; they are small, and a few at a time lie together. */
const partsAhead = 16;
/** What lies between two places is read with them where it is less: to ask twice takes longer. */
const gapBytesMax = 64 * 1024;
/** No more is asked for at once. */
const askedBytesMax = 1024 * 1024;

interface Followed {
  /** The last block that was read, and the last that was asked for. */
  read: number;
  asked: number;
}

/**
 * Asks the machine for the blocks that come after those that are read. Blocks of one column lie a megabyte apart, so the
 * machine does not see that they are read one after another. Those of columns that are read together lie near to each
 * other: they are asked for at once.
 */
export class ReadAhead {
  readonly #columns = new Map<FooterColumn, Followed>();
  #partsAsked = -1;

  /** Notes that a column's block is about to be read from this file. */
  reading(file: VfsReadFile, column: FooterColumn, block: number): void {
    const { blocks } = column;
    if (file.ahead === undefined || blocks === null) return;
    let own = this.#columns.get(column);
    if (own === undefined) this.#columns.set(column, (own = { read: -1, asked: -1 }));
    own.read = block;
    const end = Math.min(block + blocksAhead, blocks.length - 1);
    const from = own.asked >= block && own.asked <= end ? own.asked + 1 : block + 1;
    own.asked = end;
    for (let next = from; next <= end; next++) {
      const places = blocks[next] === null ? [] : [blocks[next]!];
      for (const [other, followed] of this.#columns) {
        // Others that were read lately come along; a column that is read now and then asks for itself.
        if (other === column || followed.asked !== next - 1 || followed.read < block - blocksAhead) continue;
        followed.asked = next;
        const place = other.blocks![next];
        if (place !== null) places.push(place);
      }
      ask(file, places);
    }
  }

  /** Notes that a part of the directory is about to be read, and those behind it before part `partsEnd`. */
  readingPart(file: VfsReadFile, parts: readonly DirectoryPart[], index: number, partsEnd: number): void {
    if (file.ahead === undefined) return;
    const end = Math.min(index + partsAhead, partsEnd - 1);
    const from = this.#partsAsked > index && this.#partsAsked <= end ? this.#partsAsked + 1 : index + 1;
    // Half of them at a time: those that lie together are not asked for one by one.
    if (from > end || from > index + partsAhead / 2) return;
    this.#partsAsked = end;
    ask(file, parts.slice(from, end + 1));
  }
}

/** @param places are put in order. */
function ask(file: VfsReadFile, places: Place[]): void {
  if (places.length > 1) places.sort((a, b) => a.offset - b.offset);
  for (let at = 0; at < places.length;) {
    const { offset, bytes } = places[at++];
    let end = offset + bytes;
    for (; at < places.length && places[at].offset - end <= gapBytesMax; at++) {
      const next = places[at].offset + places[at].bytes;
      if (next - offset > askedBytesMax) break;
      end = next;
    }
    file.ahead!(offset, end - offset);
  }
}
