import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { ByteWriter } from '../../engine/base/bytes.ts';
import { packBits } from '../../engine/column/bits.ts';
import type { Kernels } from '../../engine/kernels/kernels.ts';
import { loadKernels } from '../../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../engine/kernels/memory.ts';
import { createScalarKernels } from '../../engine/kernels/scalar/scalar-kernels.ts';

const seed = 20_240_307;
const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 20 });
const compiled = loadKernels(memory);
const scalar = createScalarKernels(memory);
const bytes = new Uint8Array(memory.buffer);
// The source ends where the memory does: a kernel that reads beyond it is stopped by the machine.
const end = memory.buffer.byteLength;
const output = reservedBytes + 4096;
const empty = output + 65_536;
const guard = 64;
const rowsMax = 300;

const widths = [
  { name: 'U8', width: 1, most: 0xff },
  { name: 'U16', width: 2, most: 0xffff },
  { name: 'U32', width: 4, most: 0xffffffff },
] as const;

/** Puts bytes at the end of the memory. @returns where. */
function place(source: Uint8Array): number {
  bytes.set(source, end - source.length);
  return end - source.length;
}

/**
 * Runs a kernel both ways: each gives the same back, writes the same where it does not refuse, and nothing beyond
 * `outBytes` in any case.
 */
function expectTwins(outBytes: number, run: (kernels: Kernels) => unknown): unknown {
  const outcome = (kernels: Kernels): { readonly answer: unknown; readonly out: string } => {
    bytes.fill(0xa5, output - guard, output + outBytes + guard);
    const answer = run(kernels);
    for (const at of [output - guard, output + outBytes])
      expect(bytes.subarray(at, at + guard).every((byte) => byte === 0xa5)).toBe(true);
    return { answer, out: answer === -1 ? '' : Buffer.from(bytes.subarray(output, output + outBytes)).toString('hex') };
  };
  const first = outcome(compiled);
  expect(outcome(scalar)).toEqual(first);
  return first.answer;
}

/** Bytes that are mostly small, as varints and their lengths are, and some that are anything. */
const hostile = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.nat(3) },
    { weight: 2, arbitrary: fc.nat(255) },
    { weight: 1, arbitrary: fc.constantFrom(0x80, 0xff, 0x7f, 0x20) },
  ),
  { maxLength: 400 },
);

function run(property: fc.IProperty<unknown>): void {
  fc.assert(property, { seed, numRuns: 3000 });
}

describe(`kernels that read segments equal their scalar twins (seed ${seed})`, () => {
  it('read running sums of varints', () => {
    run(
      fc.property(fc.array(fc.nat(300), { maxLength: 50 }), fc.nat(9), (numbers, start) => {
        const writer = new ByteWriter();
        for (const number of numbers) writer.varint(number);
        const source = writer.finish();
        const at = place(source);
        const sum = numbers.reduce((total, number) => total + number, start);
        const outBytes = 4 * (numbers.length + 1);
        const read = (most: number, least = 0): unknown =>
          expectTwins(outBytes, (k) => k.sumVarints(at, source.length, numbers.length, least, start, most, output));
        expect(read(sum)).toBe(source.length);
        expect(new Uint32Array(memory.buffer, output, numbers.length + 1)[numbers.length]).toBe(sum);
        if (numbers.length > 0) expect(read(sum - 1)).toBe(-1);
        expect(read(sum, 1)).toBe(numbers.includes(0) ? -1 : source.length);
      }),
    );
  });

  it('meet any bytes as varints alike', () => {
    run(
      fc.property(hostile, fc.nat(60), (source, count) => {
        const at = place(Uint8Array.from(source));
        expectTwins(4 * (count + 1), (k) => k.sumVarints(at, source.length, count, 0, 3, 0xffffffff, output));
        expectTwins(4 * (count + 1), (k) => {
          bytes.fill(0xa5, empty, empty + count + 8);
          const answer = k.sumTextLengths(at, source.length, count, 5000, output, empty);
          expect(bytes[empty + count]).toBe(0xa5);
          return answer === -1 ? -1 : `${answer} ${bytes.slice(empty, empty + count).join()}`;
        });
      }),
    );
  });

  it.each(widths)('read runs of varints into $name', ({ name, width, most }) => {
    const runs = fc.array(fc.tuple(fc.integer({ min: 1, max: 140 }), fc.nat(most)), { maxLength: 12 });
    run(
      fc.property(runs, (list) => {
        const writer = new ByteWriter();
        for (const [count, value] of list) {
          writer.varint(count);
          writer.varint(value);
        }
        const rows = list.reduce((sum, [count]) => sum + count, 0);
        const source = writer.finish();
        const at = place(source);
        const decode = (length: number, of: number, limit: number = most): unknown =>
          expectTwins(of * width, (k) => k[`decodeRuns${name}`](at, length, of, limit, output));
        expect(decode(source.length, rows)).toBe(source.length);
        expect(decode(source.length, rows + 1)).toBe(-1);
        if (rows === 0) return;
        if (list[list.length - 1]![0] > 1) expect(decode(source.length, rows - 1)).toBe(-1);
        expect(decode(source.length - 1, rows)).toBe(-1);
        const greatest = Math.max(...list.map(([, value]) => value));
        if (greatest > 0) expect(decode(source.length, rows, greatest - 1)).toBe(-1);
      }),
    );
  });

  it('meet any bytes as runs alike', () => {
    run(
      fc.property(hostile, fc.nat(rowsMax), (source, rows) => {
        const at = place(Uint8Array.from(source));
        for (const { name, width, most } of widths)
          expectTwins(rows * width, (k) => k[`decodeRuns${name}`](at, source.length, rows, most, output));
        expectTwins(rows * 8, (k) => k.decodeRunsF64(at, source.length, rows, output));
        bytes.fill(0xa5, empty, empty + ((rows + 7) >> 3));
        expectTwins(rows * 8, (k) => k.pickRunsF64(at, source.length, rows, empty, output));
        for (const { width, most } of widths)
          expectTwins(4096, (k) => k.listRuns(at, source.length, rows, most, width, output, output + 2048));
      }),
    );
  });

  it('list runs, and pick the floats of rows that have one', () => {
    const listed = place(new Uint8Array([2, 7, 1, 9]));
    expect(expectTwins(4096, (k) => k.listRuns(listed, 4, 3, 9, 1, output, output + 2048))).toBe(2);
    expect([...new Uint32Array(memory.buffer, output, 2), ...bytes.slice(output + 2048, output + 2050)]).toEqual([
      2, 3, 7, 9,
    ]);
    expect(expectTwins(4096, (k) => k.listRuns(listed, 4, 3, 8, 1, output, output + 2048))).toBe(-1);
    // The bits are the first byte: rows 0 and 2 of three.
    const source = new Uint8Array([0b1101, 2, 1, 0, 0, 0, 0, 0, 0xf4, 0x7f, 1, 0, 0, 0, 0, 0, 0, 0, 0x80]);
    const at = place(source);
    expect(expectTwins(16, (k) => k.pickRunsF64(at + 1, 18, 3, at, output))).toBe(2);
    expect([...new BigUint64Array(memory.buffer, output, 2)]).toEqual([0x7ff4000000000001n, 0x8000000000000000n]);
  });

  it('read runs of floats, every NaN as it is', () => {
    const source = new Uint8Array([2, 1, 0, 0, 0, 0, 0, 0xf4, 0x7f, 1, 0, 0, 0, 0, 0, 0, 0, 0x80]);
    const at = place(source);
    expect(expectTwins(24, (k) => k.decodeRunsF64(at, 18, 3, output))).toBe(18);
    expect([...new BigUint64Array(memory.buffer, output, 3)]).toEqual([
      0x7ff4000000000001n,
      0x7ff4000000000001n,
      0x8000000000000000n,
    ]);
  });

  it('meet any bytes as differences alike', () => {
    const group = fc.tuple(
      fc.oneof(fc.nat(12), fc.nat(40), fc.constantFrom(31, 32, 33)),
      fc.oneof(
        fc.integer({ min: -300, max: 300 }),
        fc.constantFrom(0.5, NaN, Infinity, 2 ** 53 - 1, 2 ** 53, 1 - 2 ** 53, -0),
      ),
      fc.uint8Array({ minLength: 0, maxLength: 16 * 40 }),
    );
    run(
      fc.property(
        fc.array(group, { maxLength: 3 }),
        fc.integer({ min: 1, max: rowsMax }),
        fc.oneof(fc.nat(40_000), fc.constantFrom(2 ** 53 - 1, 2 ** 32, 255, 256)),
        fc.boolean(),
        (groups, rows, first, whole) => {
          const writer = new ByteWriter();
          for (const [number, [bits, least, packed]] of groups.entries()) {
            writer.uint8(bits);
            writer.float64(least);
            const count = Math.max(0, Math.min(128, rows - 1 - 128 * number));
            const wanted = new Uint8Array((count * bits + 7) >> 3);
            for (let i = 0; i < wanted.length; i++) wanted[i] = packed[i % packed.length] ?? 0;
            writer.set(whole ? wanted : packed);
          }
          const source = writer.finish();
          const at = place(source);
          for (const { name, width } of widths)
            expectTwins(rows * width, (k) => k[`decodeDelta${name}`](at, source.length, rows, first, output));
          for (const most of [Number.MAX_SAFE_INTEGER, 70_000])
            expectTwins(rows * 8, (k) => k.decodeDeltaF64(at, source.length, rows, first, -5, most, output));
        },
      ),
    );
  });

  it('add up differences of every width to what they were made of, as long as they are within the output', () => {
    const random = createRandom(seed);
    for (let bits = 0; bits <= 18; bits++) {
      const rows = rowsMax - random.integer(40);
      const values = [30_000];
      for (let row = 1; row < rows; row++) {
        const step = random.integer(2 ** bits) - 2 ** bits / 2;
        const next = values.at(-1)! + Math.trunc(step);
        values.push(next < 0 || next > 0xffff ? values.at(-1)! : next);
      }
      const writer = new ByteWriter();
      for (let start = 1; start < rows; start += 128) {
        const own = values.slice(start, start + 128).map((value, at) => value - values[start + at - 1]!);
        const from = Math.min(...own);
        const width = Math.max(...own) === from ? 0 : Math.ceil(Math.log2(Math.max(...own) - from + 1));
        writer.uint8(width);
        writer.float64(from);
        if (width > 0) packBits(Float64Array.from(own), from, width, writer);
      }
      const source = writer.finish();
      const at = place(source);
      expect(expectTwins(2 * rows, (k) => k.decodeDeltaU16(at, source.length, rows, values[0]!, output))).toBe(
        source.length,
      );
      expect([...new Uint16Array(memory.buffer, output, rows)]).toEqual(values);
      // One less to begin with, and the least of them lies outside.
      const down = values[0]! - Math.min(...values) - 1;
      if (down >= 0)
        expect(expectTwins(2 * rows, (k) => k.decodeDeltaU16(at, source.length, rows, down, output))).toBe(-1);
    }
  });

  it('clear rows without a value, divide, and find the greatest and what is no whole number', () => {
    const floats = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(-0, NaN, 2 ** 53, 2 ** 53 - 1, 1 - 2 ** 53, 0.5, Infinity),
    );
    run(
      fc.property(
        fc.array(floats, { maxLength: 40 }),
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        (values, bits) => {
          const count = values.length;
          bytes.set(bits, empty);
          const data = new Float64Array(values);
          const fill = (): void => bytes.set(new Uint8Array(data.buffer), output);
          const wide = { name: '64', width: 8 } as const;
          for (const { name, width } of [...widths, wide]) {
            const rows = (8 * count) / width;
            if (rows > 64) continue;
            expectTwins(8 * count, (k) => {
              fill();
              k[`clearNulls${name}`](output, empty, rows);
            });
          }
          const source = place(new Uint8Array(data.buffer));
          for (const name of ['U8', 'U16', 'U32', 'F64'] as const)
            expectTwins(8 * count, (k) => k[`divide${name}`](source, count, 17, 100, output));
          for (const name of ['maxU8', 'maxU16'] as const)
            expectTwins(0, (k) => k[name](source, (8 * count) / (name === 'maxU8' ? 1 : 2)));
          expect(expectTwins(0, (k) => k.areSafeInts(source, count))).toBe(
            values.every((value) => Number.isSafeInteger(value)) ? 1 : 0,
          );
        },
      ),
    );
  });
});
