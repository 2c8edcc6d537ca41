import { allocateBigints, allocateOnHeap, allocateUnsigned } from '../allocate.ts';
import { copyBytes, writeBytes } from '../bits.ts';
import type { IntVector } from '../vector.ts';
import { exactSpread, intWidth, readBase } from './int-output.ts';
import { check, type Encoding } from './encoding.ts';

/*
 * Ints as offsets of 1, 2 or 4 bytes from their least (8 bytes a value are `raw`):
 *   u8 width, f64 base, offsets; or for ints beyond ±2^53: u8 width + 16, i64 base, offsets.
 */

const wideMark = 16;

export const frameOfReference: Encoding = {
  id: 2,
  name: 'frame-of-reference',
  plan(vector, stats) {
    if (vector.kind !== 'int') return null;
    const { values } = vector;
    const { wideMin, wideMax } = stats;
    const wide = wideMin !== null && wideMax !== null;
    const spread = wide ? Number(wideMax - wideMin) : exactSpread(vector, stats);
    if (spread === null || spread > 0xffffffff) return null;
    const width = intWidth(spread) as 1 | 2 | 4;
    return {
      bytes: 9 + values.length * width,
      write(writer) {
        const offsets = allocateUnsigned(allocateOnHeap, width, values.length);
        if (wide) {
          writer.uint8(width + wideMark);
          writer.bigint64(wideMin);
          subtractBigint(values as BigInt64Array, wideMin, offsets);
        } else {
          writer.uint8(width);
          writer.float64(stats.min);
          subtract(values as Float64Array, stats.min, offsets);
        }
        writeBytes(offsets, writer);
      },
    };
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

function subtract(values: Float64Array, base: number, out: Uint8Array | Uint16Array | Uint32Array): void {
  for (let row = 0; row < values.length; row++) out[row] = values[row] - base;
}

function subtractBigint(values: BigInt64Array, base: bigint, out: Uint8Array | Uint16Array | Uint32Array): void {
  for (let row = 0; row < values.length; row++) out[row] = Number(values[row] - base);
}
