import { compressSync } from 'lz4-napi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparisons, type Kernels } from '../../engine/kernels/kernels.ts';
import { hash64OfText } from '../../engine/base/hash64.ts';
import {
  arrayOf,
  bytes,
  compiled,
  expectTwins,
  input,
  lengthMax,
  memory,
  output,
  outputBytes,
  randomFrom,
  rowsOf,
  scalar,
  second,
  seed,
  shifts,
  widths,
} from './twins.ts';

describe(`kernels equal their scalar twins (seed ${seed})`, () => {
  it('are the compiled ones here', () => {
    expect(compiled.kind).toBe('wasm');
    expect(scalar.kind).toBe('scalar');
  });

  it.each(widths)('filterRange$name', ({ name, width }) => {
    const random = randomFrom(seed);
    const extremes = [0, 1, 2 ** (8 * width - 1) - 1, 2 ** (8 * width - 1), 2 ** (8 * width) - 1];
    const array = arrayOf(width);
    for (let length = 0; length <= lengthMax; length++) {
      for (const shift of shifts) {
        const at = input + shift * width;
        for (let i = 0; i < length; i++) array[at / width + i] = extremes[random() % 5]! + (random() % 3) - 1;
        const values = Array.from(array.subarray(at / width, at / width + length));
        for (let round = 0; round < 6; round++) {
          const ends = [extremes[random() % 5]!, extremes[random() % 5]!] as const;
          const low = Math.min(...ends);
          const high = Math.max(...ends);
          expectTwins((kernels) => kernels[`filterRange${name}`](at, length, low, high, output + shift));
          const within = values.flatMap((value, row) => (value >= low && value <= high ? [row] : []));
          expect(rowsOf(output + shift, length)).toEqual(within);
        }
      }
    }
  });

  it.each(widths)('filterRangeWithin$name keeps of a bitmap what filterRange$name finds', ({ name, width }) => {
    const random = randomFrom(seed);
    const array = arrayOf(width);
    const within = second;
    const room = second + 32_768;
    for (const length of [0, 1, 7, 8, 63, 64, 65, 128, 1000, 4099]) {
      for (let round = 0; round < 20; round++) {
        const most = 2 ** Math.min(31, 8 * width) - 1;
        for (let i = 0; i < length; i++) array[input / width + i] = random() % (most + 1);
        // Few rows, in stretches, as runs leave them; or none, or all.
        bytes.fill(0, within, within + 1024);
        const stretches = round === 0 ? 0 : round === 1 ? length : random() % 12;
        for (let stretch = 0; stretch < stretches; stretch++) {
          const from = round === 1 ? stretch : random() % Math.max(length, 1);
          const to = Math.min(length, from + 1 + (random() % 30));
          for (let row = from; row < to; row++) bytes[within + (row >> 3)]! |= 1 << (row & 7);
        }
        const low = random() % (most + 1);
        const high = low + (random() % (most + 1 - low));
        expectTwins((k) => k[`filterRangeWithin${name}`](input, length, low, high, within, room, output));
        const wanted = rowsOf(within, length).filter((row) => {
          const value = array[input / width + row]!;
          return value >= low && value <= high;
        });
        expect(rowsOf(output, length)).toEqual(wanted);
      }
    }
  });

  it('filterF64, NaN, infinities and both zeros among values and constants', () => {
    const random = randomFrom(seed);
    const values = new Float64Array(memory.buffer);
    const special = [0, -0, NaN, Infinity, -Infinity, 1, -1, 5e-324];
    for (let length = 0; length <= lengthMax; length++) {
      for (const shift of [0, 1, 3]) {
        const at = input + 8 * shift;
        for (let i = 0; i < length; i++) values[at / 8 + i] = special[random() % 8]!;
        for (const constant of special) {
          for (const comparison of Object.values(comparisons)) {
            expectTwins((kernels) => kernels.filterF64(comparison, at, length, constant, output + shift));
          }
        }
      }
    }
  });

  it('filterF64 orders NaN after all numbers and equal to itself', () => {
    new Float64Array(memory.buffer, input, 3).set([1, NaN, Infinity]);
    const bits = (comparison: keyof typeof comparisons, constant: number): number[] =>
      [compiled, scalar].map((kernels) => {
        kernels.filterF64(comparisons[comparison], input, 3, constant, output);
        return bytes[output]!;
      });
    expect(bits('equal', NaN)).toEqual([0b010, 0b010]);
    expect(bits('notEqual', NaN)).toEqual([0b101, 0b101]);
    expect(bits('less', NaN)).toEqual([0b101, 0b101]);
    expect(bits('lessOrEqual', NaN)).toEqual([0b111, 0b111]);
    expect(bits('greater', NaN)).toEqual([0, 0]);
    expect(bits('greaterOrEqual', NaN)).toEqual([0b010, 0b010]);
    expect(bits('greater', 1)).toEqual([0b110, 0b110]);
    expect(bits('lessOrEqual', Infinity)).toEqual([0b101, 0b101]);
    expect(bits('notEqual', 1)).toEqual([0b110, 0b110]);
  });

  it.each(widths)('filterSet$name', ({ name, width }) => {
    const random = randomFrom(seed);
    const codesMax = width === 1 ? 256 : 5000;
    const array = arrayOf(width);
    for (let length = 0; length <= lengthMax; length++) {
      for (const shift of shifts) {
        const at = input + shift * width;
        // Anywhere, or within a few codes, at the very ends of all as well.
        const few = random() % 3 === 0 ? codesMax : 1 + (random() % 40);
        const first = [0, random() % (codesMax - few + 1), codesMax - few][random() % 3]!;
        bytes.fill(0, second, second + codesMax);
        for (let i = 0; i < few; i++) bytes[second + first + i] = random() % 2;
        for (let i = 0; i < length; i++)
          array[at / width + i] = random() % 2 === 0 ? random() % codesMax : first + (random() % few);
        expectTwins((kernels) => kernels[`filterSet${name}`](at, length, second, output + shift));
        const members = Array.from(
          array.subarray(at / width, at / width + length),
          (code) => bytes[second + code] !== 0,
        );
        expect(rowsOf(output + shift, length)).toEqual(members.flatMap((member, row) => (member ? [row] : [])));
      }
    }
  });

  it('findBytes finds the first place that a plain search finds', () => {
    const random = randomFrom(seed);
    for (let round = 0; round < 3000; round++) {
      const letters = 1 + (random() % 3);
      const [count, length] = [random() % lengthMax, 1 + (random() % (random() % 4 === 0 ? 40 : 4))];
      for (let i = 0; i < count; i++) bytes[input + i] = random() % letters;
      for (let i = 0; i < length; i++) bytes[second + i] = random() % letters;
      expectTwins((kernels) => kernels.findBytes(input, count, second, length));
      const wanted = Buffer.from(bytes.subarray(input, input + count)).indexOf(bytes.slice(second, second + length));
      expect(compiled.findBytes(input, count, second, length)).toBe(wanted);
    }
  });

  it('countUpTo counts what is not above a value', () => {
    const random = randomFrom(seed);
    for (let round = 0; round < 2000; round++) {
      const count = random() % lengthMax;
      const most = [4, 300, 2 ** 32][random() % 3]!;
      const list = new Uint32Array(memory.buffer, input, count).map(() => random() % most).sort();
      new Uint32Array(memory.buffer, input, count).set(list);
      const value = random() % 2 === 0 || count === 0 ? random() % most : list[random() % count]!;
      expectTwins((kernels) => kernels.countUpTo(input, count, value));
      expect(compiled.countUpTo(input, count, value)).toBe(list.filter((own) => own <= value).length);
    }
  });

  it('bitmaps: and, or, and not, not, count, rows', () => {
    const random = randomFrom(seed);
    for (let length = 0; length <= 3 * lengthMax; length++) {
      const shift = shifts[length % shifts.length]!;
      const a = input + shift;
      const b = second + shift;
      for (let i = 0; i < 64; i++) {
        // Also whole bytes of one kind, and anything past the end.
        bytes[a + i] = random() % 3 === 0 ? 255 : random();
        bytes[b + i] = random() % 3 === 0 ? 0 : random();
      }
      const inA = new Set(rowsOf(a, length));
      const inB = new Set(rowsOf(b, length));
      const all = Array.from({ length }, (_, row) => row);
      const expected = {
        andBitmaps: all.filter((row) => inA.has(row) && inB.has(row)),
        orBitmaps: all.filter((row) => inA.has(row) || inB.has(row)),
        andNotBitmaps: all.filter((row) => inA.has(row) && !inB.has(row)),
      };
      for (const name of ['andBitmaps', 'orBitmaps', 'andNotBitmaps'] as const) {
        expectTwins((kernels) => kernels[name](a, b, length, output + shift));
        expect(rowsOf(output + shift, length)).toEqual(expected[name]);
        expect(compiled[name](a, b, length, output)).toBe(expected[name].length);
        bytes.copyWithin(output, a, a + 64);
        expect(compiled[name](output, b, length, output)).toBe(expected[name].length);
        expect(rowsOf(output, length)).toEqual(expected[name]);
      }
      expectTwins((kernels) => kernels.notBitmap(a, length, output + shift));
      expect(rowsOf(output + shift, length)).toEqual(all.filter((row) => !inA.has(row)));
      expectTwins((kernels) => kernels.countBitmap(a, length));
      expect(compiled.countBitmap(a, length)).toBe(inA.size);
      expectTwins((kernels) => kernels.bitmapToRows(a, length, output));
      expectTwins((kernels) => kernels.bitmapToRows(a, length, output, 70_000));
      expect(new Uint32Array(memory.buffer, output, inA.size)[0]).toBe(
        inA.size === 0 ? undefined : 70_000 + [...inA][0]!,
      );
      expect(compiled.bitmapToRows(a, length, output)).toBe(inA.size);
      expect(Array.from(new Uint32Array(memory.buffer, output, inA.size))).toEqual([...inA]);
    }
  });

  it.each([...widths, { name: 'F64', width: 8 } as const])('gather$name', ({ name, width }) => {
    const random = randomFrom(seed);
    const rows = new Uint32Array(memory.buffer);
    for (let i = 0; i < 8192; i++) bytes[input + i] = random();
    for (let length = 0; length <= lengthMax; length++) {
      for (const shift of shifts) {
        for (let i = 0; i < length; i++) rows[second / 4 + shift + i] = random() % 200;
        expectTwins((kernels) =>
          kernels[`gather${name}`](input + shift * width, second + 4 * shift, length, output + shift * width),
        );
      }
    }
  });

  it.each(widths)('unpack$name', ({ name, width }) => {
    const random = randomFrom(seed);
    for (let i = 0; i < 8192; i++) bytes[input + i] = random();
    for (let bits = 1; bits <= 8 * width; bits++) {
      for (let length = 0; length <= lengthMax; length++) {
        const shift = shifts[length % shifts.length]!;
        expectTwins((kernels) => kernels[`unpack${name}`](input + shift, bits, length, output + shift * width));
      }
    }
  });

  it('unpacks to the very end of the memory', () => {
    const end = memory.buffer.byteLength;
    for (let bits = 1; bits <= 32; bits++) {
      const packedBytes = (17 * bits + 7) >> 3;
      expect(() => compiled.unpackU32(end - packedBytes, bits, 17, output)).not.toThrow();
    }
    for (let bits = 1; bits <= 8; bits++)
      for (const count of [16, 17, 47]) {
        const packedBytes = (count * bits + 7) >> 3;
        expect(() => compiled.unpackU8(end - packedBytes, bits, count, output)).not.toThrow();
      }
  });

  it('hashTexts, against the twin and the published values', () => {
    const random = randomFrom(seed);
    for (let i = 0; i < 20_000; i++) bytes[input + i] = random();
    const offsets = new Uint32Array(memory.buffer, second, lengthMax + 2);
    offsets[0] = 0;
    for (let length = 0; length <= lengthMax; length++) offsets[length + 1] = offsets[length]! + length;
    for (const hashSeed of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
      for (const shift of shifts)
        expectTwins((kernels) => kernels.hashTexts(input + shift, second, lengthMax + 1, hashSeed, output));
    }
    const text = 'Nobody inspects the spammish repetition';
    const encoded = new TextEncoder().encode(text);
    bytes.set(encoded, input);
    offsets[1] = encoded.length;
    compiled.hashTexts(input, second, 1, 0, output);
    const words = new Uint32Array(memory.buffer, output, 2);
    expect({ low: words[0], high: words[1] }).toEqual(hash64OfText(text));
    expect([words[1], words[0]]).toEqual([0xfbcea83c, 0x8a378bf1]);
  });

  it('inflates what lz4 wrote, byte for byte, at any length', () => {
    const random = randomFrom(seed);
    for (let length = 1; length <= 4 * lengthMax; length++) {
      const plain = Buffer.from(Array.from({ length }, () => random() % (1 + (length % 5))));
      const packed = compressSync(plain).subarray(4);
      for (const kernels of [compiled, scalar]) {
        bytes.set(packed, input + (length % 7));
        bytes.fill(0xa5, output, output + length + 16);
        expect(kernels.decodeLz4(input + (length % 7), packed.length, output, length)).toBe(length);
        expect(Buffer.compare(bytes.subarray(output, output + length), plain)).toBe(0);
        expect(bytes.subarray(output + length, output + length + 16).every((byte) => byte === 0xa5)).toBe(true);
        expect(kernels.decodeLz4(input + (length % 7), packed.length, output, length - 1)).toBe(-1);
      }
    }
  });

  it('meets any bytes as lz4 alike, and writes nothing beyond its room', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(300), (source, room) => {
        bytes.set(source, input);
        const inflate = (kernels: Kernels): string => {
          bytes.fill(0xa5, output, output + outputBytes);
          const written = kernels.decodeLz4(input, source.length, output, room);
          expect(bytes[output + room]).toBe(0xa5);
          return `${written} ${Buffer.from(bytes.subarray(output, output + Math.max(written, 0))).toString('hex')}`;
        };
        expect(inflate(compiled)).toBe(inflate(scalar));
      }),
      { seed, numRuns: 5000 },
    );
  });

  it('inflates a block of nothing, and refuses no block at all', () => {
    bytes[input] = 0;
    expect([compiled.decodeLz4(input, 1, output, 0), scalar.decodeLz4(input, 1, output, 0)]).toEqual([0, 0]);
    expect([compiled.decodeLz4(input, 0, output, 9), scalar.decodeLz4(input, 0, output, 9)]).toEqual([-1, -1]);
  });

  it('answers -1 to lengths that would wrap around 32 bits', () => {
    bytes.fill(0xff, input, input + 65_536);
    expect(compiled.decodeLz4(input, 65_536, output, 1000)).toBe(-1);
    expect(scalar.decodeLz4(input, 65_536, output, 1000)).toBe(-1);
  });
});
