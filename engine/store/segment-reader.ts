import { isVarveError, VarveError } from '../base/errors.ts';
import { checkCodes, decodeBlock } from '../column/block.ts';
import type { PresentFloats } from '../column/block-runs.ts';
import type { Dictionary } from '../column/dictionary.ts';
import { isListType, type ColumnType } from '../column/types.ts';
import type { Vector } from '../column/vector.ts';
import type { Pointer } from '../kernels/kernels.ts';
import type { Zone } from '../column/zone-map.ts';
import { actorCodesOf } from './actor-codes.ts';
import { entriesFromRecord, readDirectoryPart, recordFromEntries, type DirectoryEntries } from './actor-directory.ts';
import { cacheKinds, type BlockCache, type CacheKey } from './block-cache.ts';
import { firstEntryAt } from './chunk-source.ts';
import { firstPartAt, partsEndAt } from './directory-place.ts';
import {
  dictionaryFromRecord,
  recordFromDictionary,
  recordFromVector,
  recordOnHeap,
  vectorFromRecord,
  type CacheRecord,
} from './cache-record.ts';
import { codeRuns, type CodeRuns } from './code-runs.ts';
import type { Derived } from './derived-record.ts';
import { entriesHolding } from './entries-holding.ts';
import { readDictionaryPart } from './dictionary-parts.ts';
import { readCells, type BlockRows } from './read-cells.ts';
import { ReadAhead } from './read-ahead.ts';
import { readRoom, type ReadRoom } from './read-room.ts';
import { createRecordRoom } from './record-room.ts';
import { entryCount, type EntryPart, type FooterColumn } from './footer.ts';
import { hashTexts } from './hash-texts.ts';
import { joinBytes } from './join-bytes.ts';
import { joinEntries, type EntriesOfPart } from './joined-entries.ts';
import { pageKinds } from './layout.ts';
import { readExactly, segmentsOf, type OpenSegments, type SegmentHead } from './open-segments.ts';
import type { SourceEnvironment } from './source-environment.ts';
import {
  wholeHashSpace,
  type ActorEntries,
  type HashRange,
  type LastingSource,
  type RowSource,
  type SegmentDescriptor,
} from './row-source.ts';
import { stretches } from './stretches.ts';
import { presentValues } from './present-values.ts';
import { isOfType } from './vector-type.ts';
import { damaged, readPart, type Part, type Place, type PlainPart } from './segment-pages.ts';

/** A segment, open. */
export interface SegmentRowSource extends RowSource {
  /** Seed of the actor hash that its rows are in the order of. */
  readonly seed: number;
}

/**
 * Opens a segment.
 * @throws VarveError `not_found`, `data_corrupted` (also when it is not the segment that `descriptor.meta` describes),
 * `unsupported_version`.
 */
export function openSegment(environment: SourceEnvironment, descriptor: SegmentDescriptor): SegmentRowSource {
  const segments = segmentsOf(environment);
  const { head, bytesRead } = segments.head(descriptor.path);
  const { meta } = descriptor;
  const { footer, identity } = head;
  if (identity.table !== meta.table || identity.segment !== meta.id)
    throw new VarveError('data_corrupted', `Segment "${head.path}" is not the one of that name.`);
  if (footer.rows !== meta.rows || footer.entries !== meta.entries || head.bytes !== meta.bytes)
    throw new VarveError('data_corrupted', `Segment "${head.path}" does not hold what the manifest says.`);
  return new SegmentSource(environment, descriptor, head, segments, bytesRead);
}

/** A block as it is stored: its bytes stay until the next part is read. */
interface BlockPage extends PlainPart {
  readonly part: Part;
  readonly room: ReadRoom;
}

class SegmentSource implements SegmentRowSource {
  readonly descriptor: SegmentDescriptor;
  readonly seed: number;
  readonly rowCount: number;
  readonly timeMin: number;
  readonly timeMax: number;
  readonly blocks: RowSource['blocks'];
  readonly lasting: LastingSource;
  bytesRead: number;
  readonly #head: SegmentHead;
  readonly #segments: OpenSegments;
  readonly #ahead = new ReadAhead();
  readonly #cache: BlockCache;
  readonly #session;
  readonly #columns = new Map<string, FooterColumn>();
  // The same object for the same dictionary while it is pinned: maps are kept by it.
  readonly #dictionaries = new Map<string, Dictionary>();

  constructor(
    environment: SourceEnvironment,
    descriptor: SegmentDescriptor,
    head: SegmentHead,
    segments: OpenSegments,
    bytesRead: number,
  ) {
    const { footer } = head;
    this.descriptor = descriptor;
    this.seed = head.seed;
    this.rowCount = footer.rows;
    this.timeMin = footer.timeMin;
    this.timeMax = footer.timeMax;
    this.blocks = footer.blocks;
    this.bytesRead = bytesRead;
    this.#head = head;
    this.#segments = segments;
    this.#cache = environment.cache;
    this.#session = environment.cache.session();
    this.lasting = {
      identity: [head.identity.table, head.identity.segment],
      findSlots: (set, slice) => this.#session.find(this.#key(cacheKinds.slots, set, slice)),
      keepSlots: (set, slice, make) => this.#cached(cacheKinds.slots, set, slice, make),
    };
    const byId = new Map(footer.columns.map((column) => [column.id, column]));
    for (const { id, name } of descriptor.columns) {
      const column = byId.get(id);
      if (column !== undefined) this.#columns.set(name, column);
    }
  }

  columnType(name: string): ColumnType | null {
    return this.#columns.get(name)?.type ?? null;
  }

  zone(name: string, block: number): Zone | null {
    const column = this.#columns.get(name);
    if (column === undefined || column.blocks === null) return null;
    const place = column.blocks[block];
    return place === null ? { nulls: this.blocks[block].rowCount, min: null, max: null } : place.zone;
  }

  readActors(range: HashRange): ActorEntries {
    const { directory, entries, rows } = this.#head.footer;
    const from = firstPartAt(directory, range.from);
    const parts: EntriesOfPart[] = [];
    let firstEntry = from === directory.length ? entries : directory[from].first;
    let firstRow = from === directory.length ? rows : directory[from].firstRow;
    let endRow = firstRow;
    const partsEnd = partsEndAt(directory, from, range.to);
    for (let index = from; index < partsEnd; index++) {
      const part = directory[index];
      const own = this.#readDirectory(index, partsEnd);
      const start = firstEntryAt(own.hashes, part.count, range.from);
      const end = range.to > part.hashMax ? part.count : firstEntryAt(own.hashes, part.count, range.to);
      if (parts.length === 0) [firstEntry, firstRow] = [part.first + start, own.firstRows[start]];
      endRow = own.firstRows[end];
      if (end > start) parts.push({ entries: own, from: start, to: end });
    }
    return joinEntries(parts, firstEntry, firstRow, endRow);
  }

  readActorsOf(rows: Uint32Array): ActorEntries {
    return entriesHolding(this.#head.footer.directory, rows, (index) => this.#readDirectory(index));
  }

  readStretches(name: string, block: number): Float64Array | null {
    const column = this.#columns.get(name);
    return !column?.blocks?.[block] ? null : this.#derived(stretches, column, block);
  }

  readPresent(name: string, block: number): PresentFloats | null {
    const column = this.#columns.get(name);
    const place = column?.blocks?.[block];
    const few = column?.type === 'float' && place && 2 * place.zone.nulls >= this.blocks[block].rowCount;
    return few ? this.#derived(presentValues, column, block) : null;
  }

  readRuns(name: string, block: number, onlyFresh = false): CodeRuns | null {
    const column = this.#columns.get(name);
    if (column?.type !== 'text' || !column.blocks?.[block]) return null;
    const kept = (kind: CacheKey['kind']): boolean => this.#session.place(this.#key(kind, column.id, block)) !== null;
    if (onlyFresh && (kept(codeRuns.kind) || kept(cacheKinds.block))) return null;
    return this.#derived(codeRuns, column, block);
  }

  readBlock(name: string, block: number): Vector {
    const column = this.#column(name);
    const { rowCount } = this.blocks[block];
    if (column.blocks === null) return this.#actorCodes(column, block);
    const place = column.blocks[block];
    if (place === null) return { kind: 'null', length: rowCount };
    return vectorFromRecord(
      this.#session.find(this.#key(cacheKinds.block, column.id, block)) ??
        this.#decodeInPlace(column, block, this.#readPage(column, block, place)),
    );
  }

  readCells(name: string, parts: readonly BlockRows[]): Vector | null {
    const column = this.#column(name);
    if (column.blocks === null || isListType(column.type)) return null;
    const places: Pointer[] = [];
    for (const { block } of parts) {
      const key = this.#key(cacheKinds.block, column.id, block);
      let place = this.#session.place(key);
      if (place === null && this.readBlock(name, block).kind !== 'null') place = this.#session.place(key);
      if (place === null) return null;
      places.push(place);
    }
    return readCells(parts, places, this.#cache.memory);
  }

  readDictionary(name: string): Dictionary {
    let dictionary = this.#dictionaries.get(name);
    if (dictionary === undefined) {
      const column = this.#column(name);
      dictionary = dictionaryFromRecord(
        this.#cached(cacheKinds.dictionary, column.id, 0, () =>
          recordFromDictionary(
            column.dictionary === null ? this.readActors(wholeHashSpace).texts : this.#readTexts(column),
          ),
        ),
      );
      this.#dictionaries.set(name, dictionary);
    }
    return dictionary;
  }

  readDictionaryHashes(name: string): Uint32Array {
    const column = this.#column(name);
    const record = this.#cached(cacheKinds.dictionaryHashes, column.id, 0, () => ({
      numbers: [],
      arrays: [
        column.hashes === null ? hashesOf(this.readDictionary(name)) : this.#readHashes(column.id, column.hashes),
      ],
    }));
    return record.arrays[0] as Uint32Array;
  }

  release(): void {
    this.#dictionaries.clear();
    this.#session.release();
  }

  #column(name: string): FooterColumn {
    const column = this.#columns.get(name);
    if (column === undefined)
      throw new VarveError('internal', `BUG: a segment without column "${name}" is asked for it`);
    return column;
  }

  #key(kind: CacheKey['kind'], column: number, block: number): CacheKey {
    const { table, segment } = this.#head.identity;
    return { table, segment, column, kind, block };
  }

  #cached(kind: CacheKey['kind'], column: number, block: number, make: () => CacheRecord): CacheRecord {
    const key = this.#key(kind, column, block);
    const found = this.#session.find(key);
    if (found !== null) return found;
    const made = make();
    const kept = this.#session.put(key, made);
    // What the cache has no room for may lie where the next part is read.
    return kept === made ? recordOnHeap(made) : kept;
  }

  /** @returns what is made of a block that some row has a value in. */
  #derived<T>(derived: Derived<T>, column: FooterColumn, block: number): T {
    const known = this.#session.find(this.#key(derived.kind, column.id, block));
    return derived.fromRecord(known ?? this.#derive(derived, column, block));
  }

  #derive<T>(derived: Derived<T>, column: FooterColumn, block: number): CacheRecord {
    return this.#cached(derived.kind, column.id, block, () => {
      const known = this.#session.find(this.#key(cacheKinds.block, column.id, block));
      if (known !== null) return derived.ofVector(vectorFromRecord(known));
      const page = this.#readPage(column, block, column.blocks![block]!);
      const { encoding, bytes, part, room } = page;
      const entries = entryCount(column.dictionary);
      return (
        this.#decoded(part, () => derived.ofBytes(encoding, bytes, part.count, entries, room)) ??
        derived.ofVector(vectorFromRecord(this.#decodeInPlace(column, block, page)))
      );
    });
  }

  #readPage(column: FooterColumn, block: number, place: Place): BlockPage {
    const { firstRow, rowCount } = this.blocks[block];
    const part = { kind: pageKinds.block, column: column.id, first: firstRow, count: rowCount };
    this.#ahead.reading(this.#segments.file(this.#head.path), column, block);
    return { part, ...this.#read(place, part) };
  }

  /** Decodes a block where it will stay. */
  #decodeInPlace(column: FooterColumn, block: number, { part, encoding, bytes, room }: BlockPage): CacheRecord {
    const record = createRecordRoom(this.#session, this.#cache.memory, part.count, !isListType(column.type));
    const { kernels, scratch } = room;
    try {
      const vector = this.#decoded(part, () => {
        const decoded = decodeBlock(encoding, bytes, part.count, { allocate: record.allocate, scratch, kernels });
        checkCodes(decoded, entryCount(column.dictionary), kernels);
        if (!isOfType(decoded, column.type)) throw damaged(this.#head.path, part, 'is of another type');
        return decoded;
      });
      return record.keep(this.#key(cacheKinds.block, column.id, block), vector);
    } finally {
      record.giveUp();
    }
  }

  /** @returns the part's bytes, which the next call writes over. */
  #read(place: Place, part: Part): PlainPart & { readonly room: ReadRoom } {
    const { path, identity } = this.#head;
    const room = readRoom(this.#cache, place.bytes);
    const bytes = readExactly(this.#segments.file(path), place.offset, place.bytes, room.disk(place.bytes));
    this.bytesRead += place.bytes;
    const plain = this.#decoded(part, () => readPart(path, identity, part, bytes, room.plain, room.kernels));
    return { ...plain, room };
  }

  /** Says of bytes that have their checksum and still cannot be read where they lie. */
  #decoded<T>(part: Part, action: () => T): T {
    try {
      return action();
    } catch (error) {
      const named = isVarveError(error) && error.message.includes(this.#head.path);
      if (named || !isVarveError(error) || error.code !== 'data_corrupted') throw error;
      throw damaged(this.#head.path, part, 'cannot be decoded', error);
    }
  }

  /** @param end where those parts end that are going to be read with this one. */
  #readDirectory(index: number, end = index + 1): DirectoryEntries {
    const { directory } = this.#head.footer;
    const part = directory[index];
    const record = this.#cached(cacheKinds.directory, 0, index, () => {
      this.#ahead.readingPart(this.#segments.file(this.#head.path), directory, index, end);
      const whole = { kind: pageKinds.directory, column: 0, first: part.first, count: part.count };
      const { bytes, room } = this.#read(part, whole);
      const entries = this.#decoded(whole, () => readDirectoryPart(bytes, part, this.#head.seed, room));
      if (entries === null) throw damaged(this.#head.path, whole, 'does not hold its entries');
      return recordFromEntries(entries);
    });
    return entriesFromRecord(record);
  }

  #readTexts({ id, dictionary }: FooterColumn): Dictionary {
    const parts = dictionary!;
    const count = entryCount(parts);
    // The entries of each part are known to fit into its bytes only once those are read.
    let offsets = new Uint32Array(1);
    const texts: Uint8Array[] = [];
    let length = 0;
    for (const part of parts) {
      const whole = { kind: pageKinds.dictionary, column: id, first: part.first, count: part.count };
      const { bytes } = this.#read(part, whole);
      const end = part.first + part.count;
      if (bytes.length >= part.count && end >= offsets.length) {
        const grown = new Uint32Array(Math.min(count, Math.max(end, 2 * offsets.length)) + 1);
        grown.set(offsets);
        offsets = grown;
      }
      const own = this.#decoded(whole, () => readDictionaryPart(bytes, part, length, offsets));
      if (own === null) throw damaged(this.#head.path, whole, 'does not hold its entries');
      texts.push(own.slice());
      length += own.length;
    }
    return { count, offsets: offsets.subarray(0, count + 1), bytes: joinBytes(texts, length), hashes: null };
  }

  #readHashes(column: number, parts: readonly EntryPart[]): Uint32Array {
    const pieces = parts.map((part) => {
      const whole = { kind: pageKinds.dictionaryHashes, column, first: part.first, count: part.count };
      const { bytes } = this.#read(part, whole);
      if (bytes.length !== 8 * part.count) throw damaged(this.#head.path, whole, 'does not hold its entries');
      return bytes.slice();
    });
    const bytes = joinBytes(
      pieces,
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    );
    return new Uint32Array(bytes.buffer, 0, bytes.length / 4);
  }

  #actorCodes(column: FooterColumn, block: number): Vector {
    const { directory } = this.#head.footer;
    const make = (): CacheRecord =>
      recordFromVector(actorCodesOf(directory, this.blocks[block], (index) => this.#readDirectory(index)));
    return vectorFromRecord(this.#cached(cacheKinds.block, column.id, block, make));
  }
}

function hashesOf({ bytes, offsets, count }: Dictionary): Uint32Array {
  return hashTexts(bytes, offsets, count, 0);
}
