import { VarveError } from '../base/errors.ts';
import { checksum } from '../host/checksum.ts';

/*
 * A segment file. Everything is little-endian and begins at a multiple of 8.
 *
 *    0  header, 40 bytes
 *   40  pages, one after another: the dictionaries of all columns, then, as rows come, the actor directory and blocks
 *    …  footer: msgpack (see footer.ts), then zeros up to a multiple of 8
 *  end  trailer, 32 bytes
 *
 * Header:
 *    0  u32  magic "VSEG"              16  f64  seed of the actor hash
 *    4  u32  format version            24  u32  0
 *    8  u32  table                     28  u32  0
 *   12  u32  segment                   32  u32  0
 *                                      36  u32  checksum of bytes 0 … 35
 *
 * Page: a part of the file (a block of a column, some entries of a dictionary or of the actor directory) is one page, or
 * several, one after another, where its bytes are more than pageBytesMax.
 *    0  u32  checksum of bytes 4 … 39 and of the payload
 *    4  u8   kind: 1 block, 2 dictionary, 3 dictionary hashes, 4 actor directory
 *    5  u8   codec: 0 none, 1 LZ4 block
 *    6  u16  encoding (column/encodings) of a block, else 0
 *    8  u32  table                     24  u32  first row (block), first entry (others)
 *   12  u32  segment                   28  u32  rows or entries
 *   16  u32  column, 0 = directory     32  u32  bytes of the payload
 *   20  u16  number of this page       36  u32  bytes of the payload once inflated
 *   22  u16  pages of the part
 *   40  payload, then zeros up to a multiple of 8
 *
 * Trailer:
 *    0  f64  place of the footer       16  u32  format version
 *    8  u32  bytes of the footer       20  u32  checksum of bytes 0 … 19
 *   12  u32  checksum of the footer    24  8 bytes  magic "VARVESEG"
 *
 * Blocks end where a hash ends: the first at 1/1024 of the hash space, then at 1/512, 1/256 and so on; a block of
 * blockRowsMax rows ends at the next change of hash, and one of fewer than blockRowsMin rows goes on to the next of
 * those places. Only an actor with more rows than fit into a block is cut inside, so that memory stays bounded: such a
 * block begins with rows of the actor that the one before ends with.
 */
export const formatVersion = 1;

export const headerBytes = 40;
export const pageHeaderBytes = 40;
export const trailerBytes = 32;

/** Blocks of fewer rows than this cost more in headers than they save in reading. */
export const blockRowsMin = 256;

export const pageKinds = { block: 1, dictionary: 2, dictionaryHashes: 3, directory: 4 } as const;

export type PageKind = (typeof pageKinds)[keyof typeof pageKinds];

const headerMagic = 0x47455356;
const trailerMagic = [0x56524156, 0x47455345] as const;

/** Whose bytes they are: in the header of the file and of every page, so that a misdirected page is known. */
export interface SegmentIdentity {
  readonly table: number;
  readonly segment: number;
}

/** @returns the file's first bytes. */
export function encodeHeader(identity: SegmentIdentity, seed: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headerMagic, true);
  view.setUint32(4, formatVersion, true);
  view.setUint32(8, identity.table, true);
  view.setUint32(12, identity.segment, true);
  view.setFloat64(16, seed, true);
  view.setUint32(36, checksum(bytes.subarray(0, 36)), true);
  return bytes;
}

/**
 * Reads the file's first bytes.
 * @throws VarveError `data_corrupted`, or `unsupported_version` for a file of a newer format.
 */
export function decodeHeader(path: string, bytes: Uint8Array): SegmentIdentity & { readonly seed: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes || view.getUint32(0, true) !== headerMagic)
    throw new VarveError('data_corrupted', `"${path}" is no segment: it does not begin as one.`);
  if (view.getUint32(36, true) !== checksum(bytes.subarray(0, 36)))
    throw new VarveError('data_corrupted', `The header of segment "${path}" is damaged.`);
  checkVersion(path, view.getUint32(4, true));
  return { table: view.getUint32(8, true), segment: view.getUint32(12, true), seed: view.getFloat64(16, true) };
}

/** Where the footer lies. */
export interface FooterPlace {
  readonly offset: number;
  readonly bytes: number;
  readonly checksum: number;
}

/** @returns the file's last bytes. */
export function encodeTrailer(place: FooterPlace): Uint8Array {
  const bytes = new Uint8Array(trailerBytes);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, place.offset, true);
  view.setUint32(8, place.bytes, true);
  view.setUint32(12, place.checksum, true);
  view.setUint32(16, formatVersion, true);
  view.setUint32(20, checksum(bytes.subarray(0, 20)), true);
  trailerMagic.forEach((word, index) => view.setUint32(24 + 4 * index, word, true));
  return bytes;
}

/**
 * Reads the file's last bytes.
 * @throws VarveError `data_corrupted`, or `unsupported_version` for a file of a newer format.
 */
export function decodeTrailer(path: string, bytes: Uint8Array): FooterPlace {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = trailerMagic.every((word, index) => view.getUint32(24 + 4 * index, true) === word);
  if (!magic || view.getUint32(20, true) !== checksum(bytes.subarray(0, 20)))
    throw new VarveError('data_corrupted', `The end of segment "${path}" is damaged or missing.`);
  checkVersion(path, view.getUint32(16, true));
  return { offset: view.getFloat64(0, true), bytes: view.getUint32(8, true), checksum: view.getUint32(12, true) };
}

function checkVersion(path: string, version: number): void {
  if (version !== formatVersion)
    throw new VarveError('unsupported_version', `Segment "${path}" has format ${version}, this is ${formatVersion}.`, {
      hint: 'Open the store with the version of varve that wrote it, or a newer one.',
    });
}

/** What a page's header says. */
export interface PageHeader extends SegmentIdentity {
  readonly kind: PageKind;
  readonly codec: number;
  readonly encoding: number;
  readonly column: number;
  readonly page: number;
  readonly pages: number;
  readonly first: number;
  readonly count: number;
  readonly payloadBytes: number;
  readonly plainBytes: number;
}

/** Writes a page's header, its checksum included, before a payload that lies behind it in `bytes` already. */
export function writePageHeader(bytes: Uint8Array, header: PageHeader): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint8(4, header.kind);
  view.setUint8(5, header.codec);
  view.setUint16(6, header.encoding, true);
  view.setUint32(8, header.table, true);
  view.setUint32(12, header.segment, true);
  view.setUint32(16, header.column, true);
  view.setUint16(20, header.page, true);
  view.setUint16(22, header.pages, true);
  view.setUint32(24, header.first, true);
  view.setUint32(28, header.count, true);
  view.setUint32(32, header.payloadBytes, true);
  view.setUint32(36, header.plainBytes, true);
  view.setUint32(0, checksum(bytes.subarray(4, pageHeaderBytes + header.payloadBytes)), true);
}

/** @returns the header of the page that begins at `at`, or null when its bytes do not have their checksum. */
export function readPageHeader(bytes: Uint8Array, at: number): PageHeader | null {
  if (bytes.length - at < pageHeaderBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.byteLength - at);
  const payloadBytes = view.getUint32(32, true);
  if (payloadBytes > bytes.length - at - pageHeaderBytes) return null;
  if (view.getUint32(0, true) !== checksum(bytes.subarray(at + 4, at + pageHeaderBytes + payloadBytes))) return null;
  return {
    kind: view.getUint8(4) as PageKind,
    codec: view.getUint8(5),
    encoding: view.getUint16(6, true),
    table: view.getUint32(8, true),
    segment: view.getUint32(12, true),
    column: view.getUint32(16, true),
    page: view.getUint16(20, true),
    pages: view.getUint16(22, true),
    first: view.getUint32(24, true),
    count: view.getUint32(28, true),
    payloadBytes,
    plainBytes: view.getUint32(36, true),
  };
}

/** @returns `bytes` rounded up to a multiple of 8. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
