import { isVarveError, VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { checksum } from '../host/checksum.ts';
import { directBytes, type Vfs, type VfsFile } from '../host/vfs.ts';
import { createSharedMemory } from '../kernels/memory.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import {
  aligned,
  decodeHeader,
  decodeTrailer,
  headerBytes,
  pageHeaderBytes,
  pageKinds,
  readPageHeader,
  trailerBytes,
  type SegmentIdentity,
} from './layout.ts';

/** What the file must turn out to hold. */
export interface ExpectedSegment extends SegmentIdentity {
  readonly bytes: number;
  readonly rows: number;
  /** The column whose blocks are counted: every row has a time. */
  readonly timeColumn: number;
}

const readBytes = 4 * 1024 * 1024;
/** What is left over of one read stands before the next: less than a page. */
const carryBytes = Math.ceil((2 * limits.pageBytesMax) / directBytes) * directBytes;

// A WebAssembly memory begins where uncached reads may write to. Mostly one a thread; more while builds interleave.
const workbenches: SharedMemory[] = [];

/**
 * Reads a segment back from the device and checks that every page, the footer and the number of rows are what was
 * written: a sync that failed unseen shows here, before anything names the file.
 * @throws VarveError `storage_failed` when they are not.
 */
export async function verifySegment(vfs: Vfs, path: string, expected: ExpectedSegment): Promise<void> {
  const file = await vfs.openUncached(path);
  try {
    await scan(file, path, expected);
  } catch (cause) {
    if (isVarveError(cause) && cause.code === 'data_corrupted')
      throw new VarveError('storage_failed', `"${path}" does not read back as it was written: ${cause.message}`, {
        hint: 'The device lost bytes that it had acknowledged; look at its health before writing on.',
        cause,
      });
    throw cause;
  } finally {
    await file.close();
  }
}

async function scan(file: VfsFile, path: string, expected: ExpectedSegment): Promise<void> {
  const bytes = carryBytes + readBytes;
  const workbench = workbenches.pop() ?? createSharedMemory({ initialBytes: bytes, maximumBytes: bytes });
  try {
    await scanInto(new Uint8Array(workbench.buffer, 0, bytes), file, path, expected);
  } finally {
    workbenches.push(workbench);
  }
}

async function scanInto(memory: Uint8Array, file: VfsFile, path: string, expected: ExpectedSegment): Promise<void> {
  const reader = new SegmentScan(path, expected);
  let carry = 0;
  for (let position = 0; position < expected.bytes; position += readBytes) {
    const read = await file.read(memory.subarray(carryBytes, carryBytes + readBytes), position);
    const wanted = Math.min(readBytes, expected.bytes - position);
    if (read < wanted || (read > wanted && wanted < readBytes))
      throw corrupted(path, `has not ${expected.bytes} bytes`);
    const bytes = memory.subarray(carryBytes - carry, carryBytes + wanted);
    const used = reader.take(bytes, position + wanted === expected.bytes);
    carry = bytes.length - used;
    if (carry > carryBytes) throw corrupted(path, 'has a page that is too large');
    memory.copyWithin(carryBytes - carry, carryBytes + wanted - carry, carryBytes + wanted);
  }
  reader.finish();
}

function corrupted(path: string, what: string): VarveError {
  return new VarveError('data_corrupted', `Segment "${path}" ${what}.`);
}

/** Walks over the pages of a file whose bytes come piece by piece. */
class SegmentScan {
  readonly #path: string;
  readonly #expected: ExpectedSegment;
  #position = 0;
  #rows = 0;
  #footerAt = 0;
  #footerChecksum = 0;
  #trailer: Uint8Array | null = null;

  constructor(path: string, expected: ExpectedSegment) {
    this.#path = path;
    this.#expected = expected;
  }

  /** @param bytes from where the call before ended. @returns how many were used up. */
  take(bytes: Uint8Array, isLast: boolean): number {
    let at = 0;
    if (this.#position === 0) at = this.#takeHeader(bytes);
    // The footer is known by not being a page; it is checked by the trailer.
    while (this.#footerAt === 0) {
      const left = bytes.length - at;
      if (left < pageHeaderBytes && !isLast) return this.#used(at);
      const header = left < pageHeaderBytes ? null : readPageHeader(bytes, at);
      if (header === null) {
        if (!isLast && left < pageHeaderBytes + limits.pageBytesMax) return this.#used(at);
        this.#footerAt = this.#position + at;
        break;
      }
      if (header.table !== this.#expected.table || header.segment !== this.#expected.segment)
        throw corrupted(this.#path, `holds a page of another at byte ${this.#position + at}`);
      if (header.kind === pageKinds.block && header.column === this.#expected.timeColumn && header.page === 0)
        this.#rows += header.count;
      const used = pageHeaderBytes + header.payloadBytes;
      if (bytes.subarray(at + used, at + aligned(used)).some((byte) => byte !== 0))
        throw corrupted(this.#path, `has a damaged page at byte ${this.#position + at}`);
      at += Math.min(aligned(used), left);
    }
    // All but the trailer, which says how long the footer is.
    const end = Math.max(at, isLast ? bytes.length - trailerBytes : bytes.length - trailerBytes - 8);
    this.#footer.push(bytes.slice(at, end));
    if (isLast) this.#trailer = bytes.slice(end);
    return this.#used(end);
  }

  readonly #footer: Uint8Array[] = [];

  #used(bytes: number): number {
    this.#position += bytes;
    return bytes;
  }

  #takeHeader(bytes: Uint8Array): number {
    const { table, segment } = decodeHeader(this.#path, bytes.subarray(0, headerBytes));
    if (table !== this.#expected.table || segment !== this.#expected.segment)
      throw corrupted(this.#path, 'has the header of another');
    return headerBytes;
  }

  finish(): void {
    const trailer = this.#trailer ?? new Uint8Array(trailerBytes);
    const place = decodeTrailer(this.#path, trailer);
    if (place.offset !== this.#footerAt) throw corrupted(this.#path, `has a damaged page at byte ${this.#footerAt}`);
    let left = place.bytes;
    for (const piece of this.#footer) {
      const own = piece.subarray(0, Math.min(left, piece.length));
      this.#footerChecksum = checksum(own, this.#footerChecksum);
      left -= own.length;
      if (piece.subarray(own.length).some((byte) => byte !== 0)) throw corrupted(this.#path, 'has a damaged footer');
    }
    if (left !== 0 || this.#footerChecksum !== place.checksum) throw corrupted(this.#path, 'has a damaged footer');
    if (this.#rows !== this.#expected.rows)
      throw corrupted(this.#path, `holds ${this.#rows} rows, not ${this.#expected.rows}`);
  }
}
