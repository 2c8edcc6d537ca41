import { varintBytes, type ByteReader } from '../../base/bytes.ts';
import { allocateOnHeap, allocateUnsigned, type Allocate } from '../allocate.ts';
import { statsOfVector } from '../block-stats.ts';
import type { DenseVector } from '../dense.ts';
import { countNulls } from '../validity.ts';
import { validityOf, type ListVector } from '../vector.ts';
import { bitPacked } from './bit-packed.ts';
import { bitmap } from './bitmap.ts';
import { chooseEncoding } from './choose.ts';
import { constant } from './constant.ts';
import { delta } from './delta.ts';
import { dictionaryCode } from './dictionary-code.ts';
import { check, corrupted, type Encoding } from './encoding.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { frameOfReference } from './frame-of-reference.ts';
import { raw } from './raw.ts';
import { runLength } from './run-length.ts';
import { scaledFloat } from './scaled-float.ts';

/*
 * Lists: u8 encoding of the lengths, the lengths (ints, one a row), varint items, u8 encoding of the items, the items
 * as a frame of their own (kind, bitmap, values). Encoding 0 of the items: none has a value, nothing follows.
 */

/** Encodings that need at least a bit an item, so that a block's items are bounded by its bytes. */
const spacious: readonly Encoding[] = [frameOfReference, raw, dictionaryCode, bitmap, bitPacked];

/** All: some write any number of items in a few bytes, so they are taken for blocks of up to this many only. */
const any: readonly Encoding[] = [...spacious, constant, runLength, scaledFloat, delta].sort((a, b) => a.id - b.id);
const anyItemsMax = 2 ** 20;

const noValues = 0;

const lengthMembers: readonly Encoding[] = [constant, frameOfReference, bitPacked, runLength];

export const list: Encoding = {
  id: 10,
  name: 'list',
  plan(vector) {
    if (vector.kind !== 'list') return null;
    const { offsets, items } = vector;
    const lengths = lengthsOf(offsets);
    const { encoding, plan } = chooseEncoding(lengths, statsOfVector(lengths), lengthMembers)!;
    const hasValues = countNulls(validityOf(items), items.length) < items.length;
    const encoded = hasValues
      ? encodeFrame(items, itemMembers(items.length))
      : { encoding: noValues, bytes: new Uint8Array(0) };
    return {
      bytes: 2 + plan.bytes + varintBytes(items.length) + encoded.bytes.length,
      write(writer) {
        writer.uint8(encoding.id);
        plan.write(writer);
        writer.varint(items.length);
        writer.uint8(encoded.encoding);
        writer.set(encoded.bytes);
      },
    };
  },
  decode(reader, rows, { kind, ...room }): ListVector {
    check(kind === 'list', 'only lists have lengths');
    const offsets = readOffsets(reader, rows, room.allocate);
    const count = reader.varint();
    check(count === offsets[rows], 'its lists do not add up to its items');
    const id = reader.uint8();
    if (id === noValues) return { kind, length: rows, offsets, items: { kind: 'null', length: count }, validity: null };
    check(count <= anyItemsMax || count <= reader.remaining * 8, 'it has fewer items than it says');
    const items = decodeFrame(id, reader, count, room, itemMembers(count));
    check(items.kind !== 'list', 'a list has lists in it');
    return { kind, length: rows, offsets, items, validity: null };
  },
};

function itemMembers(count: number): readonly Encoding[] {
  return count <= anyItemsMax ? any : spacious;
}

function lengthsOf(offsets: Uint32Array): DenseVector {
  const values = new Float64Array(offsets.length - 1);
  for (let row = 0; row < values.length; row++) values[row] = offsets[row + 1] - offsets[row];
  return { kind: 'int', length: values.length, values };
}

function readOffsets(reader: ByteReader, rows: number, allocate: Allocate): Uint32Array {
  const id = reader.uint8();
  const encoding = lengthMembers.find((member) => member.id === id) ?? corrupted(`its lengths have the encoding ${id}`);
  const lengths = encoding.decode(reader, rows, {
    kind: 'int',
    allocate: allocateOnHeap,
    scratch: allocateOnHeap,
    kernels: null,
  });
  check(lengths.kind === 'int' && !(lengths.values instanceof BigInt64Array), 'its lengths are too wide');
  const { base, values } = lengths;
  const offsets = allocateUnsigned(allocate, 4, rows + 1) as Uint32Array;
  let end = 0;
  offsets[0] = 0;
  for (let row = 0; row < rows; row++) {
    const length = base + values[row];
    check(length >= 0 && length <= 0xffffffff - end, 'a list is too long');
    end += length;
    offsets[row + 1] = end;
  }
  return offsets;
}
