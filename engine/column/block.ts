import { ByteReader } from '../base/bytes.ts';
import { allocateOnHeap } from './allocate.ts';
import { check, type DecodeRoom } from './encodings/encoding.ts';
import { decodeFrame, encodeFrame, type EncodedVector } from './encodings/frame.ts';
import { encodingList } from './encodings/index.ts';
import { inMemory, pointerOf, type DecodeWith } from './in-memory.ts';
import type { Vector } from './vector.ts';

/** Everything on the heap, without kernels. */
const onHeap: DecodeRoom = { allocate: allocateOnHeap, scratch: allocateOnHeap, kernels: null };

/** Encodes one column of one block, with the encoding that takes the fewest bytes by its own measure. */
export function encodeBlock(vector: Vector): EncodedVector {
  return encodeFrame(vector, encodingList);
}

/**
 * Reads what `encodeBlock` wrote. The vector's arrays are as narrow as its values allow and copied out of `bytes`,
 * into room that `room.allocate` gives (the heap unless said otherwise). Whether text codes lie within their dictionary
 * is not known here: see `checkCodes`.
 *
 * @param room with kernels, `bytes` lie in their memory.
 * @throws VarveError `data_corrupted` for an unknown encoding and for bytes that `encodeBlock` did not make. Memory is
 * bounded by `rowCount`, and for items of lists by the bytes there are, or 2^20.
 */
export function decodeBlock(
  encodingId: number,
  bytes: Uint8Array,
  rowCount: number,
  room: DecodeRoom = onHeap,
): Vector {
  check(Number.isInteger(rowCount) && rowCount >= 0 && rowCount <= 0xffffffff, `it cannot have ${rowCount} rows`);
  const reader = new ByteReader(bytes);
  const vector = decodeFrame(encodingId, reader, rowCount, room, encodingList);
  check(reader.remaining === 0, `${reader.remaining} bytes are left over`);
  return vector;
}

/**
 * Checks that every code of a text vector, or of a list's texts, is an entry of a dictionary of `count` entries.
 * @throws VarveError `data_corrupted` when one is not.
 */
export function checkCodes(vector: Vector, count: number, kernels: DecodeWith = null): void {
  if (vector.kind === 'list') return checkCodes(vector.items, count);
  if (vector.kind !== 'text') return;
  const { codes } = vector;
  const most = greatestCode(codes, kernels);
  // Rows without a value hold 0, whether or not there is an entry.
  const empty = most === 0 && (vector.length === 0 || vector.validity !== null);
  check(most < count || empty, `a text has the code ${most}, its dictionary ${count} entries`);
}

function greatestCode(codes: Uint8Array | Uint16Array | Uint32Array, kernels: DecodeWith): number {
  if (kernels !== null && inMemory(codes)) {
    const at = pointerOf(codes);
    if (codes instanceof Uint8Array) return kernels.maxU8(at, codes.length);
    return codes instanceof Uint16Array ? kernels.maxU16(at, codes.length) : kernels.maxU32(at, codes.length);
  }
  let most = 0;
  for (let row = 0; row < codes.length; row++) if (codes[row] > most) most = codes[row];
  return most;
}
