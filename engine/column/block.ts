import { ByteReader } from '../base/bytes.ts';
import { allocateOnHeap, type Allocate } from './allocate.ts';
import { check } from './encodings/encoding.ts';
import { decodeFrame, encodeFrame, type EncodedVector } from './encodings/frame.ts';
import { encodingList } from './encodings/index.ts';
import type { Vector } from './vector.ts';

/** Encodes one column of one block, with the encoding that takes the fewest bytes by its own measure. */
export function encodeBlock(vector: Vector): EncodedVector {
  return encodeFrame(vector, encodingList);
}

/**
 * Reads what `encodeBlock` wrote. The vector's arrays are as narrow as its values allow and copied out of `bytes`,
 * into room that `allocate` gives (the heap unless said otherwise). Whether text codes lie within their dictionary is
 * not known here: see `checkCodes`.
 *
 * @throws VarveError `data_corrupted` for an unknown encoding and for bytes that `encodeBlock` did not make. Memory is
 * bounded by `rowCount`, and for items of lists by the bytes there are, or 2^20.
 */
export function decodeBlock(
  encodingId: number,
  bytes: Uint8Array,
  rowCount: number,
  allocate: Allocate = allocateOnHeap,
): Vector {
  check(Number.isInteger(rowCount) && rowCount >= 0 && rowCount <= 0xffffffff, `it cannot have ${rowCount} rows`);
  const reader = new ByteReader(bytes);
  const vector = decodeFrame(encodingId, reader, rowCount, allocate, encodingList);
  check(reader.remaining === 0, `${reader.remaining} bytes are left over`);
  return vector;
}

/**
 * Checks that every code of a text vector, or of a list's texts, is an entry of a dictionary of `count` entries.
 * @throws VarveError `data_corrupted` when one is not.
 */
export function checkCodes(vector: Vector, count: number): void {
  if (vector.kind === 'list') return checkCodes(vector.items, count);
  if (vector.kind !== 'text') return;
  const { codes } = vector;
  let most = 0;
  for (let row = 0; row < codes.length; row++) if (codes[row] > most) most = codes[row];
  // Rows without a value hold 0, whether or not there is an entry.
  const empty = most === 0 && (vector.length === 0 || vector.validity !== null);
  check(most < count || empty, `a text has the code ${most}, its dictionary ${count} entries`);
}
