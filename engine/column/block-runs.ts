import { ByteReader } from '../base/bytes.ts';
import type { Allocate } from './allocate.ts';
import { check, type DecodeRoom } from './encodings/encoding.ts';
import { readFrameHead } from './encodings/frame.ts';
import { runLength } from './encodings/run-length.ts';
import { inMemory, pointerOf } from './in-memory.ts';
import { clearPastEnd } from './validity.ts';

/** Runs of a block of texts, each of which has one. */
export interface TextRuns {
  /** The row that each run ends before, ascending; the last is how many rows there are. */
  readonly ends: Uint32Array;
  /** What the rows of each run hold, as wide as in the vector. */
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
}

/** The values of a block of floats of which most rows have none. */
export interface PresentFloats {
  /** Those of the rows that have one, one after another. */
  readonly values: Float64Array;
  /** Bit `row & 7` of byte `row >> 3`: whether the row has one. */
  readonly validity: Uint8Array;
}

type Runs = Pick<DecodeRoom, 'kernels' | 'scratch'>;

/**
 * Lists the runs of what `encodeBlock` wrote, where it wrote runs, without a row being filled.
 * @param count entries of the dictionary. @param room what is listed lies in its scratch.
 * @returns null where the block is of another form, or no kernel can read it.
 * @throws VarveError `data_corrupted` for bytes that `encodeBlock` did not make, and for a code beyond the dictionary.
 */
export function listTextRuns(
  encodingId: number,
  bytes: Uint8Array,
  rows: number,
  count: number,
  { kernels, scratch }: Runs,
): TextRuns | null {
  if (encodingId !== runLength.id || kernels === null || !inMemory(bytes)) return null;
  const reader = new ByteReader(bytes);
  const { kind, bitmap } = readFrameHead(reader, rows);
  if (kind !== 'text' || bitmap !== null) return null;
  const width = reader.uint8();
  check(width === 1 || width === 2 || width === 4, `its codes are ${width} bytes wide`);
  const { remaining, position } = reader;
  const most = Math.min(remaining >> 1, rows);
  const room = inScratch(scratch, most * (4 + width));
  if (room === null) return null;
  const { buffer, byteOffset } = room;
  const codesAt = byteOffset + 4 * most;
  const limit = Math.min(2 ** (8 * width), count) - 1;
  const runs = kernels.listRuns(pointerOf(bytes) + position, remaining, rows, limit, width, byteOffset, codesAt);
  check(runs > 0, 'its runs do not fill the block, or a code is beyond its dictionary');
  const ends = new Uint32Array(buffer, byteOffset, runs);
  if (width === 1) return { ends, codes: new Uint8Array(buffer, codesAt, runs) };
  return { ends, codes: width === 2 ? new Uint16Array(buffer, codesAt, runs) : new Uint32Array(buffer, codesAt, runs) };
}

/**
 * Reads the values that there are of floats that `encodeBlock` wrote, where it wrote runs, without the gaps between them
 * being filled.
 * @param room the values lie in its scratch, the bitmap on the heap.
 * @returns null where the block is of another form, most of its rows have a value, or no kernel can read it.
 * @throws VarveError `data_corrupted` for bytes that `encodeBlock` did not make.
 */
export function pickPresentFloats(
  encodingId: number,
  bytes: Uint8Array,
  rows: number,
  { kernels, scratch }: Runs,
): PresentFloats | null {
  if (encodingId !== runLength.id || kernels === null || !inMemory(bytes)) return null;
  const reader = new ByteReader(bytes);
  const { kind, bitmap } = readFrameHead(reader, rows);
  if (kind !== 'float' || bitmap === null) return null;
  const present = kernels.countBitmap(pointerOf(bitmap), rows);
  if (2 * present > rows) return null;
  const room = inScratch(scratch, 8 * present);
  if (room === null) return null;
  const { remaining, position } = reader;
  const from = pointerOf(bytes) + position;
  const picked = kernels.pickRunsF64(from, remaining, rows, pointerOf(bitmap), room.byteOffset);
  check(picked === present, 'its runs do not fill the block');
  const validity = bitmap.slice();
  clearPastEnd(validity, rows);
  return { values: new Float64Array(room.buffer, room.byteOffset, present), validity };
}

/** @returns null where the room is not where kernels write. */
function inScratch(scratch: Allocate, bytes: number): ReturnType<Allocate> | null {
  const room = scratch(bytes);
  return room.buffer instanceof SharedArrayBuffer ? room : null;
}
