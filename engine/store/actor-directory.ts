import { ByteReader, ByteWriter } from '../base/bytes.ts';
import { inMemory, pointerOf } from '../column/in-memory.ts';
import type { DecodeRoom } from '../column/encodings/encoding.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { CacheRecord } from './cache-record.ts';
import type { DirectoryPart } from './footer.ts';
import { hashTexts } from './hash-texts.ts';
import { pageKinds, type SegmentIdentity } from './layout.ts';
import { writePart, type PageSink } from './segment-pages.ts';

/*
 * A part of the actor directory, in four sections one after another:
 *   for each entry a varint, its rows
 *   for each entry a varint: 0 = rows of nobody, else 1 + the bytes of the actor's text
 *   for each entry of nobody u32 low word, u32 high word of its hash
 *   the texts
 * Hashes of actors are not stored: they are computed from the texts with the seed in the file's header.
 */

/**
 * Entries of a part: a 64th of those before it, within these. So a prefix of the hash space reads a few more entries
 * than it holds, and a large directory is not cut into a part for each of its actors.
 */
const partEntriesMin = 512;
const partEntriesMax = 8192;
const partTextBytesMax = 512 * 1024;

/** Takes entries in order and writes them part by part. */
export class DirectoryWriter {
  readonly #identity: SegmentIdentity;
  readonly #sink: PageSink;
  readonly parts: DirectoryPart[] = [];
  /** Entries and rows in parts already written. */
  #entries = 0;
  #rows = 0;
  /** The part at hand. */
  #count = 0;
  #counts = new Uint32Array(partEntriesMax);
  #lengths = new Uint32Array(partEntriesMax);
  #hashes = new Uint32Array(2 * partEntriesMax);
  #texts = new ByteWriter(partTextBytesMax / 8);
  #limit = partEntriesMin;

  constructor(identity: SegmentIdentity, sink: PageSink) {
    this.#identity = identity;
    this.#sink = sink;
  }

  get entries(): number {
    return this.#entries + this.#count;
  }

  /** Begins an entry without rows. @param text null = nobody. */
  add(low: number, high: number, text: Uint8Array | null): void {
    if (this.#count === this.#limit || this.#texts.length > partTextBytesMax) this.#write();
    const at = this.#count++;
    this.#counts[at] = 0;
    this.#hashes[2 * at] = low;
    this.#hashes[2 * at + 1] = high;
    this.#lengths[at] = text === null ? 0 : text.length + 1;
    if (text !== null) this.#texts.set(text);
  }

  /** Gives the last entry further rows. */
  addRows(count: number): void {
    this.#counts[this.#count - 1] += count;
  }

  finish(): void {
    if (this.#count > 0) this.#write();
  }

  #write(): void {
    const count = this.#count;
    const texts = this.#texts.finish();
    const writer = new ByteWriter(10 * count + texts.length);
    let rows = 0;
    for (let at = 0; at < count; at++) {
      writer.varint(this.#counts[at]);
      rows += this.#counts[at];
    }
    for (let at = 0; at < count; at++) writer.varint(this.#lengths[at]);
    for (let at = 0; at < count; at++) {
      if (this.#lengths[at] !== 0) continue;
      writer.uint32(this.#hashes[2 * at]);
      writer.uint32(this.#hashes[2 * at + 1]);
    }
    writer.set(texts);
    const part = { kind: pageKinds.directory, column: 0, first: this.#entries, count };
    this.parts.push({
      ...writePart(this.#identity, part, 0, writer.finish(), this.#sink),
      first: this.#entries,
      count,
      firstRow: this.#rows,
      rows,
      hashMin: this.#hashes[1],
      hashMax: this.#hashes[2 * count - 1],
    });
    this.#entries += count;
    this.#rows += rows;
    this.#count = 0;
    this.#texts.length = 0;
    this.#limit = Math.min(partEntriesMax, Math.max(partEntriesMin, this.#entries >> 6));
  }
}

/** Entries of one part, as they are read. */
export interface DirectoryEntries {
  /** First row of each within the segment, and where the last one's end. */
  readonly firstRows: Uint32Array;
  readonly hashes: Uint32Array;
  readonly nobody: Uint8Array;
  readonly textOffsets: Uint32Array;
  readonly textBytes: Uint8Array;
}

/**
 * Reads a part of the directory.
 * @param room where `plain` lies; the entries lie there too, where they fit, until the next part is read.
 * @returns the entries, or null when the bytes do not hold them: then the part is damaged.
 */
export function readDirectoryPart(
  plain: Uint8Array,
  part: DirectoryPart,
  seed: number,
  room: Pick<DecodeRoom, 'kernels' | 'scratch'> | null = null,
): DirectoryEntries | null {
  const { count } = part;
  if (plain.length < 2 * count) return null;
  if (room !== null && room.kernels !== null && inMemory(plain)) {
    // Rows and ends of texts, hashes, and a byte for each that is nobody's.
    const scratch = room.scratch(8 * (count + 1) + 9 * count);
    if (scratch.buffer instanceof SharedArrayBuffer) return readInMemory(plain, part, seed, scratch, room.kernels);
  }
  const reader = new ByteReader(plain);
  const firstRows = new Uint32Array(count + 1);
  let row = part.firstRow;
  for (let entry = 0; entry < count; entry++) {
    firstRows[entry] = row;
    const rows = reader.varint();
    row += rows;
    if (rows === 0 || row > part.firstRow + part.rows) return null;
  }
  firstRows[count] = row;
  const nobody = new Uint8Array(count);
  const textOffsets = new Uint32Array(count + 1);
  let texts = 0;
  let nobodies = 0;
  for (let entry = 0; entry < count; entry++) {
    const length = reader.varint();
    if (length === 0) {
      nobody[entry] = 1;
      nobodies++;
    } else texts += length - 1;
    if (texts > plain.length) return null;
    textOffsets[entry + 1] = texts;
  }
  if (row !== part.firstRow + part.rows || reader.remaining !== 8 * nobodies + texts) return null;
  const stored = reader.position;
  reader.position += 8 * nobodies;
  const textBytes = reader.view(texts).slice();
  const hashes = hashTexts(textBytes, textOffsets, count, seed);
  putHashes(plain.subarray(stored, stored + 8 * nobodies), nobody, hashes);
  // The footer's bounds are those of the writer: another seed, or another part, has others.
  if (hashes[1] !== part.hashMin || hashes[2 * count - 1] !== part.hashMax) return null;
  return { firstRows, hashes, nobody, textOffsets, textBytes };
}

/** `readDirectoryPart` where kernels reach the bytes and the room for the entries. */
function readInMemory(
  plain: Uint8Array,
  part: DirectoryPart,
  seed: number,
  { buffer, byteOffset }: { readonly buffer: ArrayBufferLike; readonly byteOffset: number },
  kernels: Kernels,
): DirectoryEntries | null {
  const { count, firstRow, rows } = part;
  const hashes = new Uint32Array(buffer, byteOffset, 2 * count);
  const firstRows = new Uint32Array(buffer, byteOffset + 8 * count, count + 1);
  const textOffsets = new Uint32Array(buffer, firstRows.byteOffset + 4 * (count + 1), count + 1);
  const nobody = new Uint8Array(buffer, textOffsets.byteOffset + 4 * (count + 1), count);
  const from = pointerOf(plain);
  const rowsEnd = firstRow + rows;
  if (rowsEnd > 0xffffffff) return null;
  const counts = kernels.sumVarints(from, plain.length, count, 1, firstRow, rowsEnd, pointerOf(firstRows));
  if (counts < 0 || firstRows[count] !== rowsEnd) return null;
  const left = plain.length - counts;
  const lengths = kernels.sumTextLengths(
    from + counts,
    left,
    count,
    plain.length,
    pointerOf(textOffsets),
    pointerOf(nobody),
  );
  if (lengths < 0) return null;
  const texts = textOffsets[count];
  const stored = counts + lengths;
  const nobodies = plain.length - stored - texts;
  if (nobodies < 0 || nobodies !== 8 * sumOf(nobody)) return null;
  const textBytes = plain.subarray(stored + nobodies);
  kernels.hashTexts(pointerOf(textBytes), pointerOf(textOffsets), count, seed, pointerOf(hashes));
  if (nobodies > 0) putHashes(plain.subarray(stored, stored + nobodies), nobody, hashes);
  if (hashes[1] !== part.hashMin || hashes[2 * count - 1] !== part.hashMax) return null;
  return { firstRows, hashes, nobody, textOffsets, textBytes };
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) sum += bytes[at];
  return sum;
}

/** Hashes of nobody's entries are stored, in their order. */
function putHashes(stored: Uint8Array, nobody: Uint8Array, hashes: Uint32Array): void {
  const reader = new ByteReader(stored);
  for (let entry = 0; entry < nobody.length; entry++) {
    if (nobody[entry] === 0) continue;
    hashes[2 * entry] = reader.uint32();
    hashes[2 * entry + 1] = reader.uint32();
  }
}

/** @returns a part's entries as a record. */
export function recordFromEntries({
  firstRows,
  hashes,
  nobody,
  textOffsets,
  textBytes,
}: DirectoryEntries): CacheRecord {
  return { numbers: [], arrays: [firstRows, hashes, nobody, textOffsets, textBytes] };
}

/** @returns the entries that `recordFromEntries` made a record of. */
export function entriesFromRecord({ arrays }: CacheRecord): DirectoryEntries {
  const [firstRows, hashes, nobody, textOffsets, textBytes] = arrays;
  return { firstRows, hashes, nobody, textOffsets, textBytes } as DirectoryEntries;
}
