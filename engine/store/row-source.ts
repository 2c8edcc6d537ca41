import type { PresentFloats } from '../column/block-runs.ts';
import type { ColumnType } from '../column/types.ts';
import type { Dictionary } from '../column/dictionary.ts';
import type { Vector } from '../column/vector.ts';
import type { Zone } from '../column/zone-map.ts';
import type { CacheRecord } from './cache-record.ts';
import type { EntriesOfPart } from './joined-entries.ts';
import type { BlockRows } from './read-cells.ts';
import type { CodeRuns } from './code-runs.ts';

/** A half-open range of the hash space by the upper 32 bits of the hash: 0 ≤ from < to ≤ 2^32. A slice is one. */
export interface HashRange {
  readonly from: number;
  readonly to: number;
}

export const wholeHashSpace: HashRange = { from: 0, to: 2 ** 32 };

/** Consecutive rows of a source that are encoded, cached and skipped together; ends where a hash ends. */
export interface BlockRange {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly timeMin: number;
  readonly timeMax: number;
}

/** Directory entries of one hash range: one an actor (or one a row for rows of nobody), in (hash, actor) order. */
export interface ActorEntries {
  /** Number of the first of these entries within the source. */
  readonly firstEntry: number;
  readonly count: number;
  /** Where their rows begin and end within the source. */
  readonly firstRow: number;
  readonly endRow: number;
  /** First row of each entry within the source; count + 1 long, the last is where the range's rows end. */
  readonly firstRows: Uint32Array;
  /** hash64 of each actor, low word at 2i, high at 2i + 1. */
  readonly hashes: Uint32Array;
  /** 1 = this entry's rows have no actor. */
  readonly nobody: Uint8Array;
  /** Canonical text of each actor (empty for nobody), `count` entries. */
  readonly texts: Dictionary;
  /** The same entries as they lie in the parts of a segment's directory, while these are pinned. */
  readonly parts?: readonly EntriesOfPart[];
}

/**
 * A sorted run of rows: a segment on disk or a chunk of the memtable, alike. Rows lie in the order (hash of the actor,
 * actor, time, arrival). Everything read is pinned in the block cache until `release`.
 *
 * @throws VarveError `data_corrupted` from every read that meets a bad checksum; nothing of such a page is returned.
 */
export interface RowSource {
  readonly descriptor: RowSourceDescriptor;
  readonly rowCount: number;
  readonly timeMin: number;
  readonly timeMax: number;
  readonly blocks: readonly BlockRange[];
  /** The column's type in this source (it may be narrower than the table's), or null when the source lacks it. */
  columnType(name: string): ColumnType | null;
  zone(name: string, block: number): Zone | null;
  /** Directory entries whose hash lies in the range. */
  readActors(range: HashRange): ActorEntries;
  /** Only the entries that hold one of these rows, ascending within the source: `firstRows` leaves gaps between them. */
  readActorsOf?(rows: Uint32Array): ActorEntries;
  /**
   * One column of one block. The actor column is among them: its codes are directory entries, its dictionary theirs.
   * `columnType(name)` must not be null.
   */
  readBlock(name: string, block: number): Vector;
  /** What `readCells` says of some rows of a column that is not the actor's; null where it, or the cache, says nothing. */
  readCells?(name: string, parts: readonly BlockRows[]): Vector | null;
  /** The dictionary of a text column or list of text. */
  readDictionary(name: string): Dictionary;
  /** hash64 of each dictionary entry, two words an entry. */
  readDictionaryHashes(name: string): Uint32Array;
  /** Of a source that never changes. */
  readonly lasting?: LastingSource;
  /** Of a column of numbers, what `stretchesOf` says of a block; null where it says nothing. Kept beside the block. */
  readStretches?(name: string, block: number): Float64Array | null;
  /**
   * Of a column of floats, what `presentOf` says of a block; null where it says nothing. Kept beside the block, which it
   * need not be made of.
   */
  readPresent?(name: string, block: number): PresentFloats | null;
  /**
   * The same of a text column and `codeRunsOf`.
   * @param onlyFresh null too where the cache has them, or the block: they were read before.
   */
  readRuns?(name: string, block: number, onlyFresh?: boolean): CodeRuns | null;
  /** Bytes read from disk by this source so far (not from the cache). */
  readonly bytesRead: number;
  /** Unpins all that was read; the source may be read again afterwards. */
  release(): void;
}

/** A source for which what is derived of it can be kept beside its decoded blocks. */
export interface LastingSource {
  /** The table and the source's number in it. */
  readonly identity: readonly [table: number, segment: number];
  /**
   * Looks for the slots of the actors of a slice.
   * @param set stands for the sources that they are given for, and for how the hash space is cut; another set may have
   * the same, so the record has to tell. @param slice its number, below 2^24.
   * @returns the record that was kept, if one was.
   */
  findSlots(set: number, slice: number): CacheRecord | null;
  /** Keeps them. @returns the record that was kept, or the one made now. */
  keepSlots(set: number, slice: number, make: () => CacheRecord): CacheRecord;
}

/** What another thread needs to open the same source: plain data. */
export type RowSourceDescriptor = SegmentDescriptor | ChunkDescriptor;

export interface SegmentDescriptor {
  readonly kind: 'segment';
  readonly path: string;
  readonly meta: SegmentMeta;
  /** Name and stored id of the table's columns when the snapshot was taken. */
  readonly columns: readonly SourceColumn[];
  readonly actor: string | null;
}

export interface ChunkDescriptor {
  readonly kind: 'chunk';
  /** Commit sequence of the batch. */
  readonly sequence: number;
  readonly rowCount: number;
  readonly timeMin: number;
  readonly timeMax: number;
  /** The encoded batch, in a SharedArrayBuffer. */
  readonly bytes: Uint8Array;
  /** Rows in actor order and the directory, made once by the first that needs it (`sortChunk`), shared. */
  readonly order: ChunkOrder | null;
  readonly actor: string | null;
}

export interface ChunkOrder {
  /** `rows[i]` = row of the batch that stands at place i. */
  readonly rows: Uint32Array;
  readonly firstRows: Uint32Array;
  readonly hashes: Uint32Array;
  readonly nobody: Uint8Array;
  readonly textOffsets: Uint32Array;
  readonly textBytes: Uint8Array;
}

export interface SourceColumn {
  readonly id: number;
  readonly name: string;
}

/** An aligned range of time: `start` is UTC ms; written 2024-03-01.d in folder names. */
export interface Partition {
  readonly start: number;
  readonly width: 'hour' | 'day' | 'month' | 'year';
}

/** What the manifest says of a segment. */
export interface SegmentMeta {
  readonly id: number;
  readonly table: number;
  /** Path below the store's folder. */
  readonly file: string;
  /** null = level 0: all the time ranges of one flush or import. */
  readonly partition: Partition | null;
  readonly rows: number;
  readonly entries: number;
  readonly bytes: number;
  readonly timeMin: number;
  readonly timeMax: number;
  readonly hashRange: HashRange;
  /** Commit sequences that its rows came by, both inclusive. Runs of one partition never overlap in these. */
  readonly commitMin: number;
  readonly commitMax: number;
  /** Types of the columns it holds, by column id. */
  readonly columns: readonly { readonly id: number; readonly type: ColumnType; readonly wide: boolean }[];
}
