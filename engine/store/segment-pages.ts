import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { inMemory } from '../column/in-memory.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { codecById, codecs } from './codecs/index.ts';
import type { Codec } from './codecs/codec.ts';
import {
  aligned,
  pageHeaderBytes,
  pageKinds,
  readPageHeader,
  writePageHeader,
  type PageHeader,
  type PageKind,
  type SegmentIdentity,
} from './layout.ts';

/** Where a part of a segment lies in its file. */
export interface Place {
  readonly offset: number;
  readonly bytes: number;
}

/** What the headers of a part's pages must say. */
export interface Part {
  readonly kind: PageKind;
  /** 0 = the actor directory. */
  readonly column: number;
  /** First row (block) or entry. */
  readonly first: number;
  readonly count: number;
}

/** Bytes on their way to the end of a file. */
export interface PageSink {
  /** Where the next byte goes. */
  readonly position: number;
  /** @returns `bytes` zeros at the end, to be written in place before the next call. */
  room(bytes: number): Uint8Array;
}

const lz4 = codecs.get('lz4')!;

/** Fewer bytes than this are not worth the look. */
const compressBytesMin = 64;

/** A page is compressed only where that saves at least an eighth: inflating it costs time on every read. */
const savedShare = 8;

/** Writes a part as one page, or as several of at most `pageBytesMax`. */
export function writePart(
  identity: SegmentIdentity,
  part: Part,
  encoding: number,
  payload: Uint8Array,
  sink: PageSink,
): Place {
  const offset = sink.position;
  const pages = Math.max(1, Math.ceil(payload.length / limits.pageBytesMax));
  for (let page = 0; page < pages; page++) {
    const plain = payload.subarray(page * limits.pageBytesMax, (page + 1) * limits.pageBytesMax);
    const compressed = plain.length < compressBytesMin ? null : lz4.compress(plain);
    const saves = compressed !== null && compressed.length <= plain.length - plain.length / savedShare;
    const bytes = saves ? compressed : plain;
    const room = sink.room(aligned(pageHeaderBytes + bytes.length));
    room.set(bytes, pageHeaderBytes);
    writePageHeader(room, {
      ...identity,
      ...part,
      codec: saves ? lz4.id : 0,
      encoding,
      page,
      pages,
      payloadBytes: bytes.length,
      plainBytes: plain.length,
    });
  }
  return { offset, bytes: sink.position - offset };
}

/** Bytes of a part as its encoding reads them. */
export interface PlainPart {
  readonly encoding: number;
  /** May be a view of what was read. */
  readonly bytes: Uint8Array;
}

/**
 * Checks and inflates a part.
 * @param bytes all of its pages, as they lie in the file.
 * @param room gives bytes to inflate into.
 * @param kernels over the memory in which `bytes` lie; null = they may lie anywhere. What `room` gives may lie on the heap.
 * @throws VarveError `data_corrupted` naming the file and the part when its bytes are not what was written there.
 */
export function readPart(
  path: string,
  identity: SegmentIdentity,
  part: Part,
  bytes: Uint8Array,
  room: (bytes: number) => Uint8Array = (length) => new Uint8Array(length),
  kernels: Kernels | null = null,
): PlainPart {
  const pages: { readonly header: PageHeader; readonly at: number; readonly codec: Codec }[] = [];
  let plainBytes = 0;
  for (let at = 0; at < bytes.length;) {
    const header = readPageHeader(bytes, at);
    if (header === null) throw damaged(path, part, 'does not have its checksum');
    const codec = codecById(header.codec);
    if (!isPageOf(header, identity, part, pages.length) || codec === undefined)
      throw damaged(path, part, 'belongs somewhere else');
    if (
      header.encoding !== (pages[0]?.header ?? header).encoding ||
      header.pages !== (pages[0]?.header ?? header).pages
    )
      throw damaged(path, part, 'belongs somewhere else');
    // An LZ4 block of n bytes holds fewer than 255 · n.
    if (header.plainBytes > limits.pageBytesMax || header.plainBytes > header.payloadBytes * 255)
      throw damaged(path, part, 'is larger than a page may be');
    pages.push({ header, at: at + pageHeaderBytes, codec });
    plainBytes += header.plainBytes;
    at += aligned(pageHeaderBytes + header.payloadBytes);
  }
  const first = pages[0];
  if (first === undefined || pages.length !== first.header.pages) throw damaged(path, part, 'lacks pages');
  const { encoding } = first.header;
  if (pages.length === 1 && first.header.codec === 0) {
    if (first.header.payloadBytes !== plainBytes) throw damaged(path, part, 'has the wrong length');
    return { encoding, bytes: bytes.subarray(first.at, first.at + plainBytes) };
  }
  const plain = room(plainBytes);
  const inflate = inMemory(plain) ? kernels : null;
  let done = 0;
  for (const { header, at, codec } of pages) {
    const out = plain.subarray(done, done + header.plainBytes);
    if (!codec.decompress(bytes.subarray(at, at + header.payloadBytes), out, inflate))
      throw damaged(path, part, 'cannot be inflated');
    done += out.length;
  }
  return { encoding, bytes: plain };
}

function isPageOf(header: PageHeader, identity: SegmentIdentity, part: Part, page: number): boolean {
  return (
    header.table === identity.table &&
    header.segment === identity.segment &&
    header.kind === part.kind &&
    header.column === part.column &&
    header.first === part.first &&
    header.count === part.count &&
    header.page === page
  );
}

/** @returns the error for a part whose bytes are not what was written. */
export function damaged(path: string, part: Part, what: string, cause?: unknown): VarveError {
  return new VarveError('data_corrupted', `Segment "${path}": ${describePart(part)} ${what}.`, {
    hint: 'Run `varve check` to see what else is damaged, and restore the file from a backup.',
    cause,
  });
}

function describePart({ kind, column, first, count }: Part): string {
  const range = `${first} to ${first + count - 1}`;
  switch (kind) {
    case pageKinds.block:
      return `the block of column ${column} with rows ${range}`;
    case pageKinds.dictionary:
      return `the dictionary of column ${column}, entries ${range},`;
    case pageKinds.dictionaryHashes:
      return `the dictionary hashes of column ${column}, entries ${range},`;
    case pageKinds.directory:
      return `the actor directory, entries ${range},`;
  }
}
