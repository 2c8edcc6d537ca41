import type { ByteReader } from '../../base/bytes.ts';
import { varintBytes } from '../block-stats.ts';
import type { IntVector } from '../vector.ts';
import { createIntOutput, hasExactSpread, intWidth, readBase, type IntOutput } from './int-output.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Ints as differences from the row before: f64 base (the least), u8 width of the decoded offsets (1, 2, 4 or 8 bytes),
 * varint first offset, then a zigzag varint a row: 0, -1, 1, -2, … are 0, 1, 2, 3, …
 */

export const delta: Encoding = {
  id: 9,
  name: 'delta',
  accepts: (vector) => vector.kind === 'int' && vector.values instanceof Float64Array,
  estimate(vector, stats) {
    if (vector.length === 0 || vector.kind !== 'int' || !hasExactSpread(vector, stats)) return null;
    if (!Number.isFinite(stats.deltaBytes)) return null;
    return 9 + varintBytes(Number(vector.values[0]) - stats.min) + stats.deltaBytes;
  },
  encode(vector, stats, writer) {
    if (vector.kind !== 'int' || vector.values instanceof BigInt64Array) return;
    const { values } = vector;
    writer.float64(stats.min);
    writer.uint8(intWidth(stats.max - stats.min));
    writer.varint(values[0] - stats.min);
    for (let row = 1; row < values.length; row++) {
      const difference = values[row] - values[row - 1];
      writer.varint(difference < 0 ? -2 * difference - 1 : 2 * difference);
    }
  },
  decode(reader, rows, { kind, allocate }): IntVector {
    check(kind === 'int', 'only ints are differences');
    const base = readBase(reader);
    const width = reader.uint8();
    // Each row takes a byte at least; so room is made only for what is there.
    check(rows >= 1 && reader.remaining >= rows, 'its differences end early');
    const output = createIntOutput(rows, base, width, allocate);
    readDifferences(reader, output);
    return output.finish();
  },
};

function readDifferences(reader: ByteReader, { values, add, offsetMax }: IntOutput): void {
  const { bytes } = reader;
  let offset = reader.varint();
  check(offset <= offsetMax, 'an int is too large');
  values[0] = add + offset;
  let at = reader.position;
  for (let row = 1; row < values.length; row++) {
    // One to three bytes are the common case; whatever is longer, or near the end, the reader takes with its checks.
    let coded = bytes[at];
    if (coded < 0x80) at++;
    else if (at + 3 <= bytes.length && bytes[at + 1] < 0x80) {
      coded = (coded & 0x7f) | (bytes[at + 1] << 7);
      at += 2;
    } else if (at + 3 <= bytes.length && bytes[at + 2] < 0x80) {
      coded = (coded & 0x7f) | ((bytes[at + 1] & 0x7f) << 7) | (bytes[at + 2] << 14);
      at += 3;
    } else {
      reader.position = at;
      coded = reader.varint();
      at = reader.position;
    }
    offset += coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
    check(offset >= 0 && offset <= offsetMax, 'an int is out of its range');
    values[row] = add + offset;
  }
  reader.position = at;
}
