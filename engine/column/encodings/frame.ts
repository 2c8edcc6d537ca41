import { ByteWriter, type ByteReader } from '../../base/bytes.ts';
import { assert } from '../../base/assert.ts';
import { allocateBytes, type Allocate } from '../allocate.ts';
import { statsOfVector } from '../block-stats.ts';
import { densify } from '../dense.ts';
import { clearBigintNulls, clearNulls, clearPastEnd } from '../validity.ts';
import type { Vector } from '../vector.ts';
import { chooseEncoding } from './choose.ts';
import { check, corrupted, type Encoding } from './encoding.ts';

/*
 * A vector as bytes; the id of its encoding stands elsewhere:
 *
 *    0  u8  kind: 0 null, 1 bool, 2 int, 3 float, 4 text, 5 list; + 128 when some row has no value
 *    1  bitmap of the rows that have one, (rows + 7) >> 3 bytes; only with + 128
 *    …  what the encoding wrote
 */

const kinds = ['null', 'bool', 'int', 'float', 'text', 'list'] as const;

const validityMark = 128;

/** A vector as bytes and the id of the encoding that wrote them. */
export interface EncodedVector {
  readonly encoding: number;
  readonly bytes: Uint8Array;
}

/** Encodes a vector with that of `members` whose estimate is the smallest. */
export function encodeFrame(vector: Vector, members: readonly Encoding[]): EncodedVector {
  const { vector: dense, validity } = densify(vector);
  const stats = statsOfVector(dense);
  const choice = chooseEncoding(dense, stats, members);
  assert(choice !== null, `no encoding takes a ${dense.kind} vector of ${dense.length} rows`);
  const writer = new ByteWriter(choice.bytes + 16 + (validity?.length ?? 0));
  writer.uint8(kinds.indexOf(dense.kind) + (validity === null ? 0 : validityMark));
  if (validity !== null) writer.set(validity);
  choice.encoding.encode(dense, stats, writer);
  return { encoding: choice.encoding.id, bytes: writer.finish() };
}

/**
 * Reads a vector of `rows` rows that `encodeFrame` wrote.
 * @throws VarveError `data_corrupted` for bytes that it did not write.
 */
export function decodeFrame(
  id: number,
  reader: ByteReader,
  rows: number,
  allocate: Allocate,
  members: readonly Encoding[],
): Vector {
  const encoding = members.find((member) => member.id === id) ?? corrupted(`there is no encoding ${id} here`);
  const mark = reader.uint8();
  const kind = kinds[mark % validityMark] ?? corrupted(`there is no kind ${mark % validityMark}`);
  if (mark < validityMark) return encoding.decode(reader, rows, { kind, allocate });
  check(kind !== 'null', 'a null vector has a bitmap');
  const bitmap = reader.view(Math.ceil(rows / 8));
  const validity = allocateBytes(allocate, bitmap.length);
  validity.set(bitmap);
  clearPastEnd(validity, rows);
  return withValidity(encoding.decode(reader, rows, { kind, allocate }), validity);
}

function withValidity(vector: Vector, validity: Uint8Array): Vector {
  switch (vector.kind) {
    case 'null':
      return vector;
    case 'list':
      break;
    case 'text':
      clearNulls(vector.codes, validity);
      break;
    case 'int':
      if (vector.values instanceof BigInt64Array) clearBigintNulls(vector.values, validity);
      else clearNulls(vector.values, validity);
      break;
    case 'bool':
    case 'float':
      clearNulls(vector.values, validity);
  }
  return { ...vector, validity };
}
