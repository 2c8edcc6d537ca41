import { ByteWriter, type ByteReader } from '../../base/bytes.ts';
import { assert } from '../../base/assert.ts';
import { allocateBytes } from '../allocate.ts';
import { statsOfVector } from '../block-stats.ts';
import { densify } from '../dense.ts';
import { clearNullsOf, clearPastEnd } from '../validity.ts';
import type { Vector } from '../vector.ts';
import { zoneOfDense, type Zone } from '../zone-map.ts';
import { chooseEncoding } from './choose.ts';
import { check, corrupted, type DecodeRoom, type Encoding } from './encoding.ts';

/*
 * A vector as bytes; the id of its encoding stands elsewhere:
 *
 *    0  u8  kind: 0 null, 1 bool, 2 int, 3 float, 4 text, 5 list; + 128 when some row has no value
 *    1  bitmap of the rows that have one, (rows + 7) >> 3 bytes; only with + 128
 *    …  what the encoding wrote
 */

const kinds = ['null', 'bool', 'int', 'float', 'text', 'list'] as const;

const validityMark = 128;

/** A vector as bytes, the id of the encoding that wrote them, and the vector's zone, which was measured by the way. */
export interface EncodedVector {
  readonly encoding: number;
  readonly bytes: Uint8Array;
  readonly zone: Zone;
}

/** Encodes a vector with one of `members`, which come by ascending id; see `chooseEncoding`. */
export function encodeFrame(vector: Vector, members: readonly Encoding[]): EncodedVector {
  const { vector: dense, validity, nulls } = densify(vector);
  const stats = statsOfVector(dense);
  const choice = chooseEncoding(dense, stats, members);
  assert(choice !== null, `no encoding takes a ${dense.kind} vector of ${dense.length} rows`);
  const writer = new ByteWriter(choice.plan.bytes + 16 + (validity?.length ?? 0));
  writer.uint8(kinds.indexOf(dense.kind) + (validity === null ? 0 : validityMark));
  if (validity !== null) writer.set(validity);
  choice.plan.write(writer);
  return { encoding: choice.encoding.id, bytes: writer.finish(), zone: zoneOfDense(dense, stats, nulls) };
}

/** What stands before a vector's values. */
export interface FrameHead {
  readonly kind: Vector['kind'];
  /** A view of the bits of the rows that have a value; null = all have one. Bits past the last row may be anything. */
  readonly bitmap: Uint8Array | null;
}

/** Reads what stands before the values. @throws VarveError `data_corrupted`. */
export function readFrameHead(reader: ByteReader, rows: number): FrameHead {
  const mark = reader.uint8();
  const kind = kinds[mark % validityMark] ?? corrupted(`there is no kind ${mark % validityMark}`);
  if (mark < validityMark) return { kind, bitmap: null };
  check(kind !== 'null', 'a null vector has a bitmap');
  return { kind, bitmap: reader.view(Math.ceil(rows / 8)) };
}

/**
 * Reads a vector of `rows` rows that `encodeFrame` wrote.
 * @throws VarveError `data_corrupted` for bytes that it did not write.
 */
export function decodeFrame(
  id: number,
  reader: ByteReader,
  rows: number,
  room: DecodeRoom,
  members: readonly Encoding[],
): Vector {
  const encoding = members.find((member) => member.id === id) ?? corrupted(`there is no encoding ${id} here`);
  const { kind, bitmap } = readFrameHead(reader, rows);
  if (bitmap === null) return encoding.decode(reader, rows, { kind, ...room });
  const validity = allocateBytes(room.allocate, bitmap.length);
  validity.set(bitmap);
  clearPastEnd(validity, rows);
  const vector = encoding.decode(reader, rows, { kind, ...room });
  clearNullsOf(vector, bitmap, room.kernels);
  return { ...vector, validity } as Vector;
}
