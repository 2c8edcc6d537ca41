import { VarveError } from '../base/errors.ts';
import { checksum } from '../host/checksum.ts';
import type { Vfs, VfsReadFile } from '../host/vfs.ts';
import { decodeFooter, footerBytesMax, type SegmentFooter } from './footer.ts';
import { decodeHeader, decodeTrailer, headerBytes, trailerBytes, type SegmentIdentity } from './layout.ts';
import { leaveReadRoom } from './read-room.ts';
import type { BlockCache } from './block-cache.ts';
import type { SourceEnvironment } from './source-environment.ts';

/** Header and footer of a segment. */
export interface SegmentHead {
  readonly path: string;
  readonly bytes: number;
  readonly identity: SegmentIdentity;
  readonly seed: number;
  readonly footer: SegmentFooter;
  readonly footerOffset: number;
  readonly footerBytes: number;
  /** Bytes that were read for it. */
  readonly headBytes: number;
}

/**
 * Heads and open files of the segments that one thread has read lately. Files are closed when others are wanted or
 * `closeFiles` is called: one that was unlinked takes room on the disk as long as it is open.
 */
export class OpenSegments {
  readonly #vfs: Vfs;
  readonly #headsMax: number;
  readonly #filesMax: number;
  // Both in order of last use: a Map keeps the order of insertion.
  readonly #heads = new Map<string, SegmentHead>();
  readonly #files = new Map<string, VfsReadFile>();

  constructor(vfs: Vfs, { headsMax = 256, filesMax = 64 } = {}) {
    this.#vfs = vfs;
    this.#headsMax = headsMax;
    this.#filesMax = filesMax;
  }

  /**
   * @returns the head, from memory where it was read lately.
   * @throws VarveError `not_found`, `data_corrupted`, `unsupported_version`.
   */
  head(path: string): { readonly head: SegmentHead; readonly bytesRead: number } {
    const known = this.#heads.get(path);
    const head = known ?? readSegmentHead(path, this.file(path));
    touch(this.#heads, path, head);
    for (const old of oldest(this.#heads, this.#headsMax)) this.#heads.delete(old);
    return { head, bytesRead: known === undefined ? head.headBytes : 0 };
  }

  /** @returns the open file; not to be kept. @throws VarveError `not_found`. */
  file(path: string): VfsReadFile {
    const file = this.#files.get(path) ?? this.#vfs.openReadSync(path);
    touch(this.#files, path, file);
    for (const old of oldest(this.#files, this.#filesMax)) this.#close(old);
    return file;
  }

  /** Closes the files; the heads stay, and a file is opened again when it is read. */
  closeFiles(): void {
    for (const path of [...this.#files.keys()]) this.#close(path);
  }

  #close(path: string): void {
    this.#files.get(path)?.closeSync();
    this.#files.delete(path);
  }
}

function touch<T>(map: Map<string, T>, path: string, value: T): void {
  map.delete(path);
  map.set(path, value);
}

function oldest(map: ReadonlyMap<string, unknown>, most: number): string[] {
  return map.size <= most ? [] : [...map.keys()].slice(0, map.size - most);
}

/**
 * Reads header, trailer and footer of a segment.
 * @throws VarveError `data_corrupted`, `unsupported_version`.
 */
export function readSegmentHead(path: string, file: VfsReadFile): SegmentHead {
  const bytes = file.sizeSync();
  if (bytes < headerBytes + trailerBytes)
    throw new VarveError('data_corrupted', `Segment "${path}" has only ${bytes} bytes: its end is missing.`);
  const { seed, ...identity } = decodeHeader(path, readExactly(file, 0, headerBytes));
  const place = decodeTrailer(path, readExactly(file, bytes - trailerBytes, trailerBytes));
  const ends = place.offset + Math.ceil(place.bytes / 8) * 8;
  if (place.bytes > footerBytesMax || !(place.offset >= headerBytes) || ends !== bytes - trailerBytes)
    throw new VarveError('data_corrupted', `The footer of segment "${path}" does not lie before its end.`);
  const footerBytes = readExactly(file, place.offset, place.bytes);
  if (checksum(footerBytes) !== place.checksum)
    throw new VarveError('data_corrupted', `The footer of segment "${path}" does not have its checksum.`);
  const footer = decodeFooter(path, footerBytes, place.offset);
  return {
    path,
    bytes,
    identity,
    seed,
    footer,
    footerOffset: place.offset,
    footerBytes: place.bytes,
    headBytes: headerBytes + trailerBytes + place.bytes,
  };
}

/** Reads bytes that must be there. @throws VarveError `data_corrupted` when the file ends before. */
export function readExactly(file: VfsReadFile, offset: number, bytes: number, into?: Uint8Array): Uint8Array {
  const buffer = into === undefined ? new Uint8Array(bytes) : into.subarray(0, bytes);
  const read = file.readSync(buffer, offset);
  if (read < bytes)
    throw new VarveError('data_corrupted', `Segment "${file.path}" ends at byte ${offset + read}: it is cut off.`);
  return buffer;
}

// One a store and thread: the cache stands for both.
const openSegments = new WeakMap<BlockCache, OpenSegments>();

/** @returns the heads and files that this thread holds of a store. */
export function segmentsOf(environment: SourceEnvironment): OpenSegments {
  let segments = openSegments.get(environment.cache);
  if (segments === undefined) {
    segments = new OpenSegments(environment.vfs);
    openSegments.set(environment.cache, segments);
  }
  return segments;
}

/** Lets go of files, and of room in the cache, that this thread holds for a store; what is read later takes them again. */
export function closeSegments(environment: SourceEnvironment): void {
  leaveReadRoom(environment.cache);
  openSegments.get(environment.cache)?.closeFiles();
}
