import { limits } from '../base/limits.ts';
import { encodeBlock } from '../column/block.ts';
import type { Dictionary } from '../column/dictionary.ts';
import type { ColumnType } from '../column/types.ts';
import type { Vector } from '../column/vector.ts';
import { checksum } from '../host/checksum.ts';
import type { VfsFile } from '../host/vfs.ts';
import { DirectoryWriter } from './actor-directory.ts';
import { appendRows, createColumnRows, dropRows, itemsOf, vectorOfRows, type ColumnRows } from './column-rows.ts';
import { writeDictionary, writeHashes } from './dictionary-parts.ts';
import { encodeFooter, type EntryPart, type FooterBlock, type FooterColumn, type SegmentFooter } from './footer.ts';
import { hashTexts } from './hash-texts.ts';
import {
  aligned,
  blockRowsMin,
  encodeHeader,
  encodeTrailer,
  pageKinds,
  trailerBytes,
  type SegmentIdentity,
} from './layout.ts';
import type { BlockRange } from './row-source.ts';
import { writePart, type PageSink } from './segment-pages.ts';

/** A column of a segment to be written. */
export interface WrittenColumn {
  readonly id: number;
  readonly type: ColumnType;
  readonly wide: boolean;
  /** It is the actor as text: the directory holds it, no rows of it come. */
  readonly isActor: boolean;
  /** Sorted by bytes; for text and lists of text. */
  readonly dictionary: Dictionary | null;
  /** Makes codes of the rows that come those of `dictionary`, in place; null = they are. */
  readonly mapCodes: ((codes: Uint32Array, count: number) => void) | null;
}

/** Rows in actor order, of which a segment takes some. */
export interface RowsWindow {
  /** One a column that rows come of, in the order of the writer's; `time` among them. */
  readonly columns: readonly ColumnRows[];
  /** Times of the rows. */
  readonly times: Float64Array;
  /** A number a row, the same for rows of one entry, another for those of the next. */
  readonly entryOfRow: Uint32Array;
  /** Added to `entryOfRow`, so that numbers differ between windows as well. */
  readonly entryBase: number;
  /** hash64 by number in `entryOfRow`. */
  readonly hashes: Uint32Array;
  /** @returns the actor's text, or null for nobody; valid until the next call. */
  text(entry: number): Uint8Array | null;
}

/** Bytes are gathered to writes of at least this. */
const writeBytesMin = 1024 * 1024;

/** The first block ends at 1/1024 of the hash space: 2^32 / 1024. */
const firstBoundary = 2 ** 22;

/** A block of lists ends before this many items, so that its memory is bounded like that of any other. */
const blockItemsMax = 2 ** 20;

/**
 * Writes one segment, block by block, as its rows come. Memory: one block of each column, and what was encoded since
 * the last `flush`.
 */
export class SegmentWriter implements PageSink {
  readonly #identity: SegmentIdentity;
  readonly #file: VfsFile;
  readonly #columns: readonly WrittenColumn[];
  readonly #stored: readonly { readonly column: WrittenColumn; readonly rows: ColumnRows; blocks: FooterBlock[] }[];
  readonly #directory: DirectoryWriter;
  readonly #dictionaries = new Map<number, { readonly dictionary: EntryPart[]; readonly hashes: EntryPart[] }>();
  readonly #blocks: BlockRange[] = [];
  #times = new Float64Array(1024);
  /** Rows in the block at hand, where its last entry began, and the hash at which it should end. */
  #rows = 0;
  #entryStart = 0;
  #boundary = firstBoundary;
  #rowsWritten = 0;
  #lastEntry = -1;
  #timeMin = Infinity;
  #timeMax = -Infinity;
  #pending = new Uint8Array(64 * 1024);
  #pendingBytes = 0;
  #written = 0;

  constructor(file: VfsFile, identity: SegmentIdentity, seed: number, columns: readonly WrittenColumn[]) {
    this.#file = file;
    this.#identity = identity;
    this.#columns = columns;
    this.#stored = columns
      .filter((column) => !column.isActor)
      .map((column) => ({ column, rows: createColumnRows(column.type, column.wide), blocks: [] }));
    this.#directory = new DirectoryWriter(identity, this);
    const header = encodeHeader(identity, seed);
    this.room(header.length).set(header);
    for (const { id, dictionary } of columns) {
      if (dictionary === null) continue;
      this.#dictionaries.set(id, {
        dictionary: writeDictionary(identity, id, dictionary, this),
        hashes: writeHashes(identity, id, hashTexts(dictionary.bytes, dictionary.offsets, dictionary.count, 0), this),
      });
    }
  }

  get position(): number {
    return this.#written + this.#pendingBytes;
  }

  room(bytes: number): Uint8Array {
    const at = this.#pendingBytes;
    if (at + bytes > this.#pending.length) {
      const grown = new Uint8Array(Math.max(2 * this.#pending.length, at + bytes));
      grown.set(this.#pending.subarray(0, at));
      this.#pending = grown;
    }
    this.#pendingBytes = at + bytes;
    return this.#pending.subarray(at, at + bytes).fill(0);
  }

  /** Whether enough has been encoded to be worth a write. */
  get isFull(): boolean {
    return this.#pendingBytes >= writeBytesMin;
  }

  /** Writes out what has been encoded. */
  async flush(): Promise<void> {
    await this.#file.write(this.#pending.subarray(0, this.#pendingBytes), this.#written);
    this.#written += this.#pendingBytes;
    this.#pendingBytes = 0;
    if (this.#pending.length > 4 * writeBytesMin) this.#pending = new Uint8Array(2 * writeBytesMin);
  }

  /** Takes the rows `from … to` of a window, which follow those that came before. */
  append(window: RowsWindow, from: number, to: number): void {
    const { entryOfRow, entryBase, hashes } = window;
    const items = this.#stored.map((_, index) => itemsOf(window.columns[index], 0, from));
    let copied = from;
    const copy = (end: number): void => {
      this.#copy(window, copied, end, items);
      copied = end;
    };
    for (let row = from; row < to;) {
      const entry = entryOfRow[row];
      let end = row + 1;
      while (end < to && entryOfRow[end] === entry) end++;
      if (entryBase + entry !== this.#lastEntry) {
        this.#lastEntry = entryBase + entry;
        const high = hashes[2 * entry + 1];
        if (high >= this.#boundary && this.#rows + row - copied >= blockRowsMin) {
          copy(row);
          this.#writeBlock(this.#rows);
        }
        while (high >= this.#boundary) this.#boundary *= 2;
        this.#entryStart = this.#rows + row - copied;
        this.#directory.add(hashes[2 * entry], high, window.text(entry));
      }
      this.#directory.addRows(end - row);
      while (this.#rows + end - copied > limits.blockRowsMax) {
        copy(copied + limits.blockRowsMax - this.#rows);
        this.#endFullBlock();
      }
      row = end;
    }
    copy(to);
  }

  #copy(window: RowsWindow, from: number, to: number, items: number[]): void {
    if (from === to) return;
    for (let index = 0; index < this.#stored.length; index++) {
      const source = window.columns[index];
      const target = this.#stored[index].rows;
      appendRows(target, source, from, to, items[index]);
      items[index] += itemsOf(source, from, to);
    }
    if (this.#rows + to - from > this.#times.length) {
      const grown = new Float64Array(Math.max(2 * this.#times.length, this.#rows + to - from));
      grown.set(this.#times.subarray(0, this.#rows));
      this.#times = grown;
    }
    this.#times.set(window.times.subarray(from, to), this.#rows);
    this.#rows += to - from;
    while (this.#tooManyItems()) this.#endFullBlock();
  }

  #tooManyItems(): boolean {
    return this.#rows > 1 && this.#stored.some(({ rows }) => rows.items !== null && rows.items.length > blockItemsMax);
  }

  /** Ends a block that has no room: where its last entry began, or inside of that where it began with the block. */
  #endFullBlock(): void {
    const end = this.#entryStart > 0 && this.#entryStart < this.#rows ? this.#entryStart : this.#rows;
    this.#entryStart = Math.max(0, this.#entryStart - end);
    this.#writeBlock(end);
  }

  #writeBlock(count: number): void {
    if (count === 0) return;
    let timeMin = Infinity;
    let timeMax = -Infinity;
    for (let row = 0; row < count; row++) {
      const time = this.#times[row];
      if (time < timeMin) timeMin = time;
      if (time > timeMax) timeMax = time;
    }
    for (const { column, rows, blocks } of this.#stored) {
      if (column.mapCodes !== null)
        column.mapCodes((rows.items ?? rows.rows).values as Uint32Array, rows.items ? itemsOf(rows, 0, count) : count);
      blocks.push(this.#writeColumn(column.id, vectorOfRows(rows, count)));
      dropRows(rows, count);
    }
    this.#times.copyWithin(0, count, this.#rows);
    this.#blocks.push({ firstRow: this.#rowsWritten, rowCount: count, timeMin, timeMax });
    this.#timeMin = Math.min(this.#timeMin, timeMin);
    this.#timeMax = Math.max(this.#timeMax, timeMax);
    this.#rowsWritten += count;
    this.#rows -= count;
  }

  #writeColumn(column: number, vector: Vector): FooterBlock {
    const { encoding, bytes, zone } = encodeBlock(vector);
    if (zone.nulls === vector.length) return null;
    const part = { kind: pageKinds.block, column, first: this.#rowsWritten, count: vector.length };
    return { ...writePart(this.#identity, part, encoding, bytes, this), zone };
  }

  /** Writes what is left, the footer and the trailer; the file is then complete, but neither synced nor closed. */
  async finish(): Promise<{ readonly footer: SegmentFooter; readonly bytes: number }> {
    if (this.#rows > 0) this.#writeBlock(this.#rows);
    this.#directory.finish();
    const footer: SegmentFooter = {
      rows: this.#rowsWritten,
      entries: this.#directory.entries,
      timeMin: this.#timeMin,
      timeMax: this.#timeMax,
      blocks: this.#blocks,
      directory: this.#directory.parts,
      columns: this.#footerColumns(),
    };
    const bytes = encodeFooter(footer);
    const offset = this.position;
    this.room(aligned(bytes.length)).set(bytes);
    this.room(trailerBytes).set(encodeTrailer({ offset, bytes: bytes.length, checksum: checksum(bytes) }));
    await this.flush();
    return { footer, bytes: this.#written };
  }

  #footerColumns(): FooterColumn[] {
    const blocks = new Map(this.#stored.map((stored) => [stored.column.id, stored.blocks]));
    const columns = this.#columns.map(({ id, type, wide, isActor }): FooterColumn => {
      const parts = this.#dictionaries.get(id);
      return {
        id,
        type,
        wide,
        dictionary: parts?.dictionary ?? null,
        hashes: parts?.hashes ?? null,
        blocks: isActor ? null : blocks.get(id)!,
      };
    });
    // A column without any value is none of this segment's, unless bytes of it lie in the file.
    return columns.filter(
      (column) => column.blocks?.every((block) => block === null) !== true || column.dictionary?.[0],
    );
  }
}
