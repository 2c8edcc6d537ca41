import { varintBytes, type ByteReader } from '../../base/bytes.ts';
import { allocateBigints, allocateBytes, allocateFloats, allocateUnsigned } from '../allocate.ts';
import { copyBytes, writeBytes } from '../bits.ts';
import { intWidth, readBase } from './int-output.ts';
import { check, corrupted, type DecodeTarget, type Encoding } from './encoding.ts';
import type { Vector } from '../vector.ts';

/*
 * One value for all rows. bool: u8. int: u8 0, f64; or u8 1, i64. float: 8 bytes. text: varint. null: nothing.
 */

export const constant: Encoding = {
  id: 1,
  name: 'constant',
  plan(vector, stats) {
    switch (vector.kind) {
      case 'null':
        return { bytes: 0, write: () => undefined };
      case 'list':
        return null;
    }
    if (stats.runs !== 1) return null;
    switch (vector.kind) {
      case 'bool':
        return { bytes: 1, write: (writer) => writer.uint8(vector.values[0]) };
      case 'text':
        return { bytes: varintBytes(stats.max), write: (writer) => writer.varint(vector.codes[0]) };
      case 'float':
        return { bytes: 8, write: (writer) => writeBytes(vector.values.subarray(0, 1), writer) };
      case 'int':
        return {
          bytes: 9,
          write(writer) {
            writer.uint8(vector.values instanceof BigInt64Array ? 1 : 0);
            writeBytes(vector.values.subarray(0, 1), writer);
          },
        };
    }
  },
  decode: decodeConstant,
};

function decodeConstant(reader: ByteReader, rows: number, { kind, allocate }: DecodeTarget): Vector {
  const length = rows;
  switch (kind) {
    case 'null':
      return { kind, length };
    case 'bool': {
      const value = reader.uint8();
      check(value <= 1, 'a bool is neither 0 nor 1');
      return { kind, length, values: allocateBytes(allocate, rows).fill(value), validity: null };
    }
    case 'text': {
      const code = reader.varint();
      check(code <= 0xffffffff, 'a text code is too large');
      const width = intWidth(code) as 1 | 2 | 4;
      return { kind, length, codes: allocateUnsigned(allocate, width, rows).fill(code), validity: null };
    }
    case 'float': {
      const one = new Float64Array(1);
      copyBytes(reader.view(8), one);
      return { kind, length, values: allocateFloats(allocate, rows).fill(one[0]), validity: null };
    }
    case 'int': {
      const form = reader.uint8();
      check(form <= 1, 'its ints are of no known form');
      if (form === 1) {
        const value = reader.bigint64();
        return { kind, length, base: 0, values: allocateBigints(allocate, rows).fill(value), validity: null };
      }
      const base = readBase(reader);
      return { kind, length, base, values: allocateBytes(allocate, rows).fill(0), validity: null };
    }
    case 'list':
      return corrupted('a list is not written as one value');
  }
}
