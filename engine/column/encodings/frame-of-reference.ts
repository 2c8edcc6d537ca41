import { allocateBigints, allocateOnHeap, allocateUnsigned } from '../allocate.ts';
import { copyBytes, writeBytes } from '../bits.ts';
import type { IntVector } from '../vector.ts';
import { hasExactSpread, intWidth, readBase } from './int-output.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Ints as offsets of 1, 2 or 4 bytes from their least (8 bytes a value are `raw`):
 *   u8 width, f64 base, offsets; or for ints beyond ±2^53: u8 width + 16, i64 base, offsets.
 */

const wideMark = 16;

export const frameOfReference: Encoding = {
  id: 2,
  name: 'frame-of-reference',
  accepts: (vector) => vector.kind === 'int',
  estimate(vector, stats) {
    const spread =
      stats.wideMin !== null && stats.wideMax !== null ? Number(stats.wideMax - stats.wideMin) : stats.max - stats.min;
    if (stats.wideMin === null && !hasExactSpread(vector, stats)) return null;
    return spread > 0xffffffff ? null : 9 + vector.length * intWidth(spread);
  },
  encode(vector, stats, writer) {
    if (vector.kind !== 'int') return;
    const { values } = vector;
    const wide = values instanceof BigInt64Array;
    const width = intWidth(wide ? Number(stats.wideMax! - stats.wideMin!) : stats.max - stats.min) as 1 | 2 | 4;
    const offsets =
      width === 1
        ? new Uint8Array(vector.length)
        : width === 2
          ? new Uint16Array(vector.length)
          : new Uint32Array(vector.length);
    if (wide) {
      writer.uint8(width + wideMark);
      writer.bigint64(stats.wideMin!);
      for (let row = 0; row < offsets.length; row++) offsets[row] = Number(values[row] - stats.wideMin!);
    } else {
      writer.uint8(width);
      writer.float64(stats.min);
      for (let row = 0; row < offsets.length; row++) offsets[row] = values[row] - stats.min;
    }
    writeBytes(offsets, writer);
  },
  decode(reader, rows, { kind, allocate }): IntVector {
    check(kind === 'int', 'only ints are offsets from a base');
    const mark = reader.uint8();
    const wide = mark >= wideMark;
    const width = wide ? mark - wideMark : mark;
    check(width === 1 || width === 2 || width === 4, `its ints are ${width} bytes wide`);
    if (!wide) {
      const base = readBase(reader);
      const bytes = reader.view(rows * width);
      const values = allocateUnsigned(allocate, width, rows);
      copyBytes(bytes, values);
      return { kind, length: rows, base, values, validity: null };
    }
    const base = reader.bigint64();
    const bytes = reader.view(rows * width);
    const offsets = allocateUnsigned(allocateOnHeap, width, rows);
    copyBytes(bytes, offsets);
    const values = allocateBigints(allocate, rows);
    for (let row = 0; row < rows; row++) values[row] = base + BigInt(offsets[row]);
    return { kind, length: rows, base: 0, values, validity: null };
  },
};
