import { encode } from '@msgpack/msgpack';
import { readFooterTree } from './footer-tree.ts';
import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isListType, scalarTypes, type ColumnType } from '../column/types.ts';
import type { Zone } from '../column/zone-map.ts';
import { headerBytes, pageHeaderBytes } from './layout.ts';
import type { BlockRange } from './row-source.ts';
import type { Place } from './segment-pages.ts';

/*
 * The footer of a segment: msgpack, arrays only, so that it is small and its reader strict.
 *
 *   [rows, entries, time min, time max, blocks, directory, columns]
 *   blocks: for each [rows, time min, time max]
 *   directory: for each part [offset, bytes, entries, rows, upper word of its first hash, of its last]
 *   columns: for each [id, type, wide, dictionary or nil, hashes or nil, blocks or nil]
 *     dictionary, hashes: for each part [offset, bytes, entries]
 *     blocks: for each [offset, bytes, nulls, min or nil, max or nil]; [] = no row of the block has a value;
 *       nil in place of them all = the column is the actor as text, read from the directory
 */

/** Some entries of a dictionary, of its hashes or of the actor directory. */
export interface EntryPart extends Place {
  readonly first: number;
  readonly count: number;
}

export interface DirectoryPart extends EntryPart {
  readonly firstRow: number;
  readonly rows: number;
  /** Upper words of its first and last hash. */
  readonly hashMin: number;
  readonly hashMax: number;
}

/** One block of a column; null = no row of it has a value. */
export type FooterBlock = (Place & { readonly zone: Zone }) | null;

export interface FooterColumn {
  readonly id: number;
  readonly type: ColumnType;
  /** Some int lies beyond ±2^53. */
  readonly wide: boolean;
  /** Text and lists of text only. */
  readonly dictionary: readonly EntryPart[] | null;
  readonly hashes: readonly EntryPart[] | null;
  /**
   * null = the actor as text: the directory has it. They are read when first asked for: a query asks for few of a table's
   * columns. @throws VarveError `data_corrupted`.
   */
  readonly blocks: readonly FooterBlock[] | null;
}

/** What a segment holds and where. */
export interface SegmentFooter {
  readonly rows: number;
  readonly entries: number;
  readonly timeMin: number;
  readonly timeMax: number;
  readonly blocks: readonly BlockRange[];
  readonly directory: readonly DirectoryPart[];
  readonly columns: readonly FooterColumn[];
}

/** The footer of a segment with 2^32 rows in 10,000 columns is smaller. */
export const footerBytesMax = 1024 * 1024 * 1024;

/** @returns the bytes of a footer. */
export function encodeFooter(footer: SegmentFooter): Uint8Array {
  const places = (parts: readonly EntryPart[] | null) =>
    parts?.map(({ offset, bytes, count }) => [offset, bytes, count]) ?? null;
  return encode([
    footer.rows,
    footer.entries,
    footer.timeMin,
    footer.timeMax,
    footer.blocks.map(({ rowCount, timeMin, timeMax }) => [rowCount, timeMin, timeMax]),
    footer.directory.map((part) => [part.offset, part.bytes, part.count, part.rows, part.hashMin, part.hashMax]),
    footer.columns.map(({ id, type, wide, dictionary, hashes, blocks }) => [
      id,
      type,
      wide,
      places(dictionary),
      places(hashes),
      blocks?.map((block) =>
        block === null ? [] : [block.offset, block.bytes, block.zone.nulls, block.zone.min, block.zone.max],
      ) ?? null,
    ]),
  ]);
}

/**
 * Reads a footer whose checksum is right, and still believes none of it: every place lies within the file, counts add
 * up, and memory is bounded by the bytes there are. Blocks of columns are believed as little, when they are asked for.
 * @param end where the footer begins: pages lie before it.
 * @throws VarveError `data_corrupted`.
 */
export function decodeFooter(path: string, bytes: Uint8Array, end: number): SegmentFooter {
  const fail = (what: string, cause?: unknown): never => {
    throw new VarveError('data_corrupted', `The footer of segment "${path}" is damaged: ${what}.`, { cause });
  };
  let tree: unknown;
  try {
    tree = readFooterTree(bytes);
  } catch (cause) {
    return fail('it is no msgpack', cause);
  }
  return new FooterReader(end, fail).footer(tree);
}

/** Checks values of a footer as they are taken out of it. */
class FooterReader {
  readonly #end: number;
  readonly #fail: (what: string) => never;

  constructor(end: number, fail: (what: string) => never) {
    this.#end = end;
    this.#fail = fail;
  }

  footer(tree: unknown): SegmentFooter {
    const [rowsValue, entriesValue, min, max, blockTree, directoryTree, columnTree] = this.#list(tree, 7);
    const rows = this.#whole(rowsValue, 0xffffffff);
    const entries = this.#whole(entriesValue, rows);
    const blocks = this.#blocks(blockTree, rows);
    const directory = this.#directory(directoryTree, rows, entries);
    const columns = this.#list(columnTree).map((column) => this.#column(column, blocks));
    if (columns.length > limits.columnsMax + 1 || new Set(columns.map(({ id }) => id)).size !== columns.length)
      this.#fail('its columns are not distinct');
    return { rows, entries, timeMin: this.#time(min), timeMax: this.#time(max), blocks, directory, columns };
  }

  #blocks(tree: unknown, rows: number): BlockRange[] {
    let firstRow = 0;
    const blocks = this.#list(tree).map((block): BlockRange => {
      const [count, min, max] = this.#list(block, 3);
      const rowCount = this.#whole(count, limits.blockRowsMax);
      const range = { firstRow, rowCount, timeMin: this.#time(min), timeMax: this.#time(max) };
      firstRow += rowCount;
      return range;
    });
    if (firstRow !== rows || blocks.some(({ rowCount }) => rowCount === 0)) this.#fail('its blocks do not add up');
    return blocks;
  }

  #directory(tree: unknown, rows: number, entries: number): DirectoryPart[] {
    let first = 0;
    let firstRow = 0;
    let hash = 0;
    const parts = this.#list(tree).map((part): DirectoryPart => {
      const [offset, bytes, entryCount, rowCount, low, high] = this.#list(part, 6);
      const count = this.#whole(entryCount, entries);
      const own = this.#whole(rowCount, rows);
      const hashMin = this.#whole(low, 0xffffffff);
      const hashMax = this.#whole(high, 0xffffffff);
      if (hashMin < hash || hashMax < hashMin || count === 0) this.#fail('its directory is out of order');
      const place = { ...this.#place(offset, bytes), first, count, firstRow, rows: own, hashMin, hashMax };
      first += count;
      firstRow += own;
      hash = hashMax;
      return place;
    });
    if (first !== entries || firstRow !== rows) this.#fail('its directory does not add up');
    return parts;
  }

  #column(tree: unknown, ranges: readonly BlockRange[]): FooterColumn {
    const [id, typeValue, wide, dictionary, hashes, blocks] = this.#list(tree, 6);
    const type = this.#type(typeValue);
    if (typeof wide !== 'boolean') return this.#fail('it says neither yes nor no');
    let made: readonly FooterBlock[] | null = null;
    const column: FooterColumn = {
      id: this.#whole(id, 0xffffffff),
      type,
      wide,
      dictionary: dictionary === null ? null : this.#entries(dictionary),
      hashes: hashes === null ? null : this.#entries(hashes),
      get blocks() {
        return blocks === null ? null : (made ??= readBlocks());
      },
    };
    const readBlocks = (): FooterBlock[] => this.#columnBlocks(blocks, ranges);
    const hasTexts = blocks !== null && (type === 'text' || type === 'list of text');
    if ((column.dictionary !== null) !== hasTexts || (column.hashes !== null) !== hasTexts)
      this.#fail('a column lacks its dictionary');
    if (blocks === null && type !== 'text') this.#fail('a column lacks its blocks');
    if (entryCount(column.dictionary) !== entryCount(column.hashes)) this.#fail('a dictionary lacks hashes');
    return column;
  }

  #columnBlocks(tree: unknown, ranges: readonly BlockRange[]): FooterBlock[] {
    const blocks = this.#list(tree, ranges.length);
    return blocks.map((block, index): FooterBlock => {
      const values = this.#list(block);
      if (values.length === 0) return null;
      const [offset, bytes, nulls, min, max] = this.#list(values, 5);
      const zone = {
        nulls: this.#whole(nulls, ranges[index].rowCount),
        min: this.#zoneBound(min),
        max: this.#zoneBound(max),
      };
      if ((zone.min === null) !== (zone.max === null)) this.#fail('a zone is half there');
      return { ...this.#place(offset, bytes), zone };
    });
  }

  #entries(tree: unknown): EntryPart[] {
    let first = 0;
    return this.#list(tree).map((part): EntryPart => {
      const [offset, bytes, entries] = this.#list(part, 3);
      const place = this.#place(offset, bytes);
      const count = this.#whole(entries, 0xffffffff - first);
      if (count === 0) this.#fail('a part is empty');
      first += count;
      return { ...place, first: first - count, count };
    });
  }

  #place(offset: unknown, bytes: unknown): Place {
    const place = { offset: this.#whole(offset, this.#end), bytes: this.#whole(bytes, this.#end) };
    const fits =
      place.offset >= headerBytes && place.bytes >= pageHeaderBytes && place.offset + place.bytes <= this.#end;
    if (!fits || place.offset % 8 !== 0 || place.bytes % 8 !== 0) this.#fail('a part lies outside of the file');
    return place;
  }

  #type(value: unknown): ColumnType {
    const type = value as ColumnType;
    const known =
      typeof value === 'string' &&
      scalarTypes.some((scalar) => type === scalar || (isListType(type) && type === `list of ${scalar}`));
    return known ? type : this.#fail('a column has no known type');
  }

  #list(value: unknown, length?: number): readonly unknown[] {
    if (!Array.isArray(value) || (length !== undefined && value.length !== length))
      return this.#fail('a list is missing');
    return value;
  }

  #whole(value: unknown, most: number): number {
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
    return fits ? value : this.#fail('a number is out of its range');
  }

  #time(value: unknown): number {
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : this.#fail('a time is none');
  }

  #zoneBound(value: unknown): number | null {
    if (value === null || (typeof value === 'number' && !Number.isNaN(value))) return value;
    return this.#fail('a zone is no number');
  }
}

/** @returns the entries of all parts; 0 where there are none. */
export function entryCount(parts: readonly EntryPart[] | null): number {
  return parts === null ? 0 : parts.reduce((sum, part) => sum + part.count, 0);
}
