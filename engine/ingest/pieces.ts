import { limits } from '../base/limits.ts';
import { createScanner, lastObjectLine, type BoundaryScanner, type Cutting } from './boundaries.ts';

/** What is read and parsed at once: enough to be quick, little enough to be held several times. */
const pieceBytes = 4 * 1024 * 1024;

/** Bytes that are kept of a record which is too long to be read. */
const oversizedKept = 1000;

/**
 * A piece of a source, in shared memory. `records`: whole ones. `tail`: what follows the last boundary at the end of the
 * source. `oversized`: the beginning of one record of `length` bytes that is too long to be read.
 */
export interface Piece {
  readonly kind: 'records' | 'tail' | 'oversized';
  readonly bytes: Uint8Array;
  /** Where it begins in the source. */
  readonly offset: number;
  /** Bytes of the source that it stands for. */
  readonly length: number;
  /** Memory to give back to the pool once this piece, and those before it, were read. */
  readonly buffer: Uint8Array | null;
}

/** Memory for pieces, used again and again: what is held is bounded by the pieces under way. */
export interface PieceBuffers {
  readonly bytes: number;
  take(): Uint8Array;
  giveBack(buffer: Uint8Array): void;
}

/** @returns a pool that makes buffers of `bytes` bytes as they are wanted. */
export function createPieceBuffers(bytes = pieceBytes): PieceBuffers {
  const free: Uint8Array[] = [];
  return {
    bytes,
    take: () => free.pop() ?? shared(bytes),
    giveBack(buffer) {
      if (buffer.length === bytes) free.push(buffer);
    },
  };
}

function shared(bytes: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(bytes));
}

interface Cutter {
  readonly cutting: Cutting;
  readonly scanner: BoundaryScanner;
  readonly buffers: PieceBuffers;
  buffer: Uint8Array;
  filled: number;
  /** How far the scanner has come. */
  scanned: number;
  /** Where the buffer begins in the source. */
  offset: number;
  readonly watch: (bytes: Uint8Array) => void;
}

/**
 * Cuts a stream into pieces of whole records, in bounded memory. A record longer than `recordBytesMax` becomes one
 * `oversized` piece that ends at the next line end. Where the stream fails, the whole records before that come first.
 * @param offset where the stream begins in the source; a record begins there.
 * @param watch sees every byte once, in order: before a piece is given out, all bytes up to its end.
 */
export async function* piecesOf(
  stream: AsyncIterable<Uint8Array>,
  cutting: Cutting,
  buffers: PieceBuffers,
  offset = 0,
  watch: (bytes: Uint8Array) => void = () => undefined,
): AsyncGenerator<Piece> {
  const scanner = createScanner(cutting);
  const cutter: Cutter = { cutting, scanner, buffers, buffer: buffers.take(), filled: 0, scanned: 0, offset, watch };
  const chunks = stream[Symbol.asyncIterator]();
  let failed: unknown = null;
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        failed = error;
        return null;
      });
      if (next === null || next.done === true) break;
      let chunk = next.value;
      while (chunk.length > 0) {
        const room = Math.min(chunk.length, cutter.buffer.length - cutter.filled);
        cutter.buffer.set(chunk.subarray(0, room), cutter.filled);
        cutter.filled += room;
        chunk = chunk.subarray(room);
        if (cutter.filled < cutter.buffer.length) continue;
        const piece = cutFull(cutter);
        if (piece !== null) yield piece;
        else if (cutter.filled <= limits.recordBytesMax) grow(cutter);
        else {
          const skipped = await skipRecord(cutter, chunk, chunks);
          chunk = skipped.rest;
          yield skipped.piece;
        }
      }
    }
    yield* cutLast(cutter, failed === null);
    if (failed !== null) throw failed;
  } finally {
    await chunks.return?.();
  }
}

/** Cuts a full buffer at its last boundary; what follows begins the next one. @returns null when there is no boundary. */
function cutFull(cutter: Cutter): Piece | null {
  const { buffer, filled, scanner } = cutter;
  let cut = scanner.scan(buffer, cutter.scanned, filled);
  cutter.scanned = filled;
  if (cut === 0 && filled > limits.recordBytesMax) cut = lineBoundary(cutter);
  if (cut === 0) return null;
  const piece: Piece = { kind: 'records', bytes: buffer.subarray(0, cut), offset: cutter.offset, length: cut, buffer };
  cutter.watch(piece.bytes);
  const next = 2 * (filled - cut) < cutter.buffers.bytes ? cutter.buffers.take() : shared(filled - cut + pieceBytes);
  next.set(buffer.subarray(cut, filled));
  scanner.restart();
  Object.assign(cutter, { buffer: next, filled: filled - cut, scanned: 0, offset: cutter.offset + cut });
  return piece;
}

/** Where quotes or braces never close, a line end has to do: the reader says what is wrong with the record before it. */
function lineBoundary({ cutting, buffer, filled }: Cutter): number {
  return cutting.kind === 'json' ? lastObjectLine(buffer, filled) : buffer.lastIndexOf(10, filled - 1) + 1;
}

function grow(cutter: Cutter): void {
  const grown = shared(Math.min(2 * cutter.buffer.length, limits.recordBytesMax + pieceBytes));
  grown.set(cutter.buffer);
  cutter.buffers.giveBack(cutter.buffer);
  cutter.buffer = grown;
}

/** Leaves out the rest of the record that fills the buffer, up to the next line end (of JSON: that an object follows). */
async function skipRecord(
  cutter: Cutter,
  chunk: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
): Promise<{ piece: Piece; rest: Uint8Array }> {
  const head = shared(oversizedKept);
  head.set(cutter.buffer.subarray(0, oversizedKept));
  const { offset } = cutter;
  cutter.watch(cutter.buffer.subarray(0, cutter.filled));
  const json = cutter.cutting.kind === 'json' || cutter.cutting.kind === 'json-lines';
  let length = cutter.filled;
  let lineEnded = cutter.buffer[cutter.filled - 1] === 10;
  let rest = chunk;
  for (;;) {
    const end = json ? objectAfterLineEnd(rest, lineEnded) : rest.indexOf(10) + 1 || -1;
    cutter.watch(end >= 0 ? rest.subarray(0, end) : rest);
    if (end >= 0) {
      length += end;
      rest = rest.subarray(end);
      break;
    }
    length += rest.length;
    if (rest.length > 0) lineEnded = rest.at(-1) === 10;
    const next = await chunks.next();
    rest = next.done === true ? new Uint8Array(0) : next.value;
    if (next.done === true) break;
  }
  cutter.scanner.restart();
  Object.assign(cutter, { buffer: cutter.buffers.take(), filled: 0, scanned: 0, offset: offset + length });
  return { piece: { kind: 'oversized', bytes: head, offset, length, buffer: null }, rest };
}

/** @returns where a line begins with an opening brace, -1 when none does. */
function objectAfterLineEnd(bytes: Uint8Array, lineEnded: boolean): number {
  if (lineEnded && bytes[0] === 0x7b) return 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) if (bytes[at + 1] === 0x7b) return at + 1;
  return -1;
}

/** The end of the source: whole records, then what is no whole record (not where the stream failed: it may yet be). */
function* cutLast(cutter: Cutter, withTail: boolean): Generator<Piece> {
  const { buffer, filled, offset } = cutter;
  let cut = cutter.scanner.scan(buffer, cutter.scanned, filled);
  // The end of the source ends the last line as well as a next object would.
  if (cutter.cutting.kind === 'json-lines') cut = buffer.subarray(0, filled).lastIndexOf(10) + 1;
  const tail = withTail && cut < filled;
  if (cut > 0) {
    const bytes = buffer.subarray(0, cut);
    cutter.watch(bytes);
    yield { kind: 'records', bytes, offset, length: cut, buffer: tail ? null : buffer };
  }
  if (tail) {
    const bytes = buffer.subarray(cut, filled);
    cutter.watch(bytes);
    yield { kind: 'tail', bytes, offset: offset + cut, length: filled - cut, buffer };
  }
  if (cut === 0 && !tail) cutter.buffers.giveBack(buffer);
}
