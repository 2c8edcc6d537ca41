import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../engine/kernels/kernels.ts';
import { loadKernels } from '../../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../engine/kernels/memory.ts';
import { createScalarKernels } from '../../engine/kernels/scalar/scalar-kernels.ts';

const seed = 20_240_302;
const lengthMax = 67;
const groupsMax = 40;

const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 20 });
const compiled = loadKernels(memory);
const scalar = createScalarKernels(memory);
const bytes = new Uint8Array(memory.buffer);
const floats = new Float64Array(memory.buffer);
const words = new Uint32Array(memory.buffer);
const [first, second, third, output] = [0, 1, 2, 3].map((place) => reservedBytes + place * 65_536) as [
  number,
  number,
  number,
  number,
];
const outputBytes = 16_384;

function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

const random = randomFrom(seed);

/** Runs a kernel both ways over an output that is prepared alike: each must give back, and leave there, the same. */
function expectTwins(prepare: () => void, run: (kernels: Kernels) => unknown): void {
  const outcome = (kernels: Kernels): string => {
    prepare();
    const returned = run(kernels);
    // A NaN is a NaN, whatever its bits.
    for (let at = output / 8; at < (output + outputBytes) / 8; at++) if (Number.isNaN(floats[at])) floats[at] = NaN;
    return `${String(returned)} ${Buffer.from(bytes.subarray(output, output + outputBytes)).toString('hex')}`;
  };
  expect(outcome(compiled)).toBe(outcome(scalar));
}

function poison(): void {
  bytes.fill(0xa5, output, output + outputBytes);
}

function arrayOf(width: number): Uint8Array | Uint16Array | Uint32Array | Float64Array {
  if (width === 1) return bytes;
  if (width === 2) return new Uint16Array(memory.buffer);
  return width === 4 ? words : floats;
}

/** Fills elements of a width. */
function fill(at: number, width: number, length: number, next: () => number): void {
  const array = arrayOf(width);
  for (let i = 0; i < length; i++) array[at / width + i] = next();
}

const special = [0, -0, NaN, Infinity, -Infinity, 1, -1, 0.1];

/** Values of a width, floats among them that no two orders add up alike. */
function fillValues(at: number, width: number, length: number, withSpecial: boolean): void {
  fill(at, width, length, () => {
    if (width !== 8) return random();
    return withSpecial && random() % 3 === 0 ? special[random() % special.length]! : random() / 7 - 3e8;
  });
}

/** Groups and values of all widths. */
function eachRows(run: (groupBytes: number, valueBytes: number, length: number) => void): void {
  for (const groupBytes of [0, 1, 2, 4]) {
    for (const valueBytes of [1, 2, 4, 8]) {
      for (let length = 0; length <= lengthMax; length += length < 9 ? 1 : 7) {
        if (groupBytes > 0) fill(first, groupBytes, length, () => random() % groupsMax);
        fillValues(second, valueBytes, length, length % 2 === 0);
        run(groupBytes, valueBytes, length);
      }
    }
  }
}

describe(`kernels of groups equal their scalar twins (seed ${seed})`, () => {
  it('groupCount, in one table and in four', () => {
    eachRows((groupBytes, _valueBytes, length) => {
      for (const stride of [0, groupsMax])
        expectTwins(poison, (kernels) => kernels.groupCount(first, groupBytes, length, output, stride));
    });
  });

  it('groupSum, in one table and in four', () => {
    eachRows((groupBytes, valueBytes, length) => {
      for (const stride of [0, groupsMax])
        expectTwins(
          () => floats.fill(0.1, output / 8, output / 8 + 4 * groupsMax),
          (kernels) => kernels.groupSum(first, groupBytes, second, valueBytes, length, -7, output, stride),
        );
    });
  });

  it('groupLeast and groupGreatest', () => {
    eachRows((groupBytes, valueBytes, length) => {
      expectTwins(
        () => floats.fill(NaN, output / 8, output / 8 + groupsMax),
        (kernels) => kernels.groupLeast(first, groupBytes, second, valueBytes, length, 0, output),
      );
      expectTwins(
        () => floats.fill(-Infinity, output / 8, output / 8 + groupsMax),
        (kernels) => kernels.groupGreatest(first, groupBytes, second, valueBytes, length, 5, output),
      );
    });
  });

  it('groupSpread', () => {
    eachRows((groupBytes, valueBytes, length) => {
      expectTwins(
        () => floats.fill(0, output / 8, output / 8 + 3 * groupsMax),
        (kernels) => kernels.groupSpread(first, groupBytes, second, valueBytes, length, 3, output),
      );
    });
  });

  it('groupPairs', () => {
    for (const groupBytes of [0, 1, 2, 4]) {
      for (const valueBytes of [1, 2, 4]) {
        for (let length = 0; length <= lengthMax; length++) {
          if (groupBytes > 0) fill(first, groupBytes, length, () => random() % groupsMax);
          fill(second, valueBytes, length, () => random() % 50);
          expectTwins(poison, (kernels) =>
            kernels.groupPairs(first, groupBytes, second, valueBytes, length, 3, 60, output),
          );
        }
      }
    }
  });

  it('add up what the definition adds up', () => {
    bytes.set([0, 1, 0, 2, 1, 0], first);
    bytes.set([1, 2, 3, 4, 5, 6], second);
    for (const kernels of [compiled, scalar]) {
      words.fill(0, output / 4, output / 4 + 12);
      kernels.groupCount(first, 1, 6, output, 3);
      const counts = [0, 1, 2].map((group) =>
        [0, 3, 6, 9].reduce((sum, at) => sum + words[output / 4 + at + group]!, 0),
      );
      expect(counts).toEqual([3, 2, 1]);
      floats.fill(0, output / 8, output / 8 + 9);
      kernels.groupSum(first, 1, second, 1, 6, 10, output, 0);
      expect([...floats.subarray(output / 8, output / 8 + 3)]).toEqual([40, 27, 14]);
      floats.fill(NaN, output / 8, output / 8 + 3);
      kernels.groupLeast(first, 1, second, 1, 6, 10, output);
      expect([...floats.subarray(output / 8, output / 8 + 3)]).toEqual([11, 12, 14]);
      floats.fill(-Infinity, output / 8, output / 8 + 3);
      kernels.groupGreatest(first, 1, second, 1, 6, 10, output);
      expect([...floats.subarray(output / 8, output / 8 + 3)]).toEqual([16, 15, 14]);
      floats.fill(0, output / 8, output / 8 + 9);
      kernels.groupSpread(first, 1, second, 1, 6, 0, output);
      expect([...floats.subarray(output / 8 + 3, output / 8 + 6)]).toEqual([2, 3.5, 4.5]);
      words.fill(0, output / 4, output / 4 + 30);
      kernels.groupPairs(first, 1, second, 1, 6, 1, 8, output);
      expect([...words.subarray(output / 4, output / 4 + 8)]).toEqual([0, 0, 1, 0, 1, 0, 0, 1]);
    }
  });
});

describe(`kernels of codes equal their scalar twins (seed ${seed})`, () => {
  it('mixCodes', () => {
    for (const [aBytes, bBytes, outBytes] of [
      [1, 1, 1],
      [1, 1, 2],
      [1, 2, 2],
      [2, 1, 2],
      [2, 2, 2],
      [1, 1, 4],
      [2, 4, 4],
      [4, 1, 4],
      [4, 2, 4],
    ] as const) {
      const span = outBytes === 1 ? 13 : 250;
      for (let length = 0; length <= lengthMax; length++) {
        fill(first, aBytes, length, () => random() % (outBytes === 1 ? 19 : 256));
        fill(second, bBytes, length, () => random() % span);
        expectTwins(poison, (kernels) =>
          kernels.mixCodes(first, aBytes, second, bBytes, length, span, output, outBytes),
        );
        const mixed = arrayOf(outBytes).subarray(output / outBytes, output / outBytes + length);
        const expected = Array.from(
          mixed,
          (_, i) => arrayOf(aBytes)[first / aBytes + i]! * span + arrayOf(bBytes)[second / bBytes + i]!,
        );
        expect([...mixed]).toEqual(expected);
      }
    }
  });

  it('shiftCodes and markNulls', () => {
    for (const width of [1, 2, 4]) {
      for (const outBytes of [1, 2, 4]) {
        for (let length = 0; length <= lengthMax; length++) {
          fill(first, width, length, random);
          fill(third, 1, 16, random);
          for (const shift of [0, 7, -100])
            expectTwins(poison, (kernels) => kernels.shiftCodes(first, width, length, shift, output, outBytes));
          if (outBytes < width) continue;
          const bit = random() % 16;
          expectTwins(poison, (kernels) => kernels.markNulls(first, width, third, bit, length, 200, output, outBytes));
        }
      }
    }
  });

  it('bucketCodes, of buckets of any length', () => {
    for (const width of [1, 2, 4]) {
      for (let round = 0; round < 40; round++) {
        const shift = random() % 8;
        const bounds = [0];
        const most = Math.min(2 ** (8 * width), 10_000);
        while (bounds[bounds.length - 1]! < most)
          bounds.push(bounds[bounds.length - 1]! + 2 ** shift + (random() % 300));
        const stretches = Math.ceil(most / 2 ** shift) + 1;
        const bucketOf = (time: number): number => bounds.findIndex((_, at) => (bounds[at + 1] ?? Infinity) > time);
        for (let at = 0; at < stretches; at++) words[second / 4 + at] = bucketOf(at * 2 ** shift);
        bounds.slice(1).forEach((end, at) => words.set([end, 0], third / 4 + 2 * at));
        const origin = round % 3 === 0 ? -3 : random() % 5;
        fill(first, width, lengthMax, () => 3 + (random() % (most - 8)));
        expectTwins(poison, (kernels) =>
          kernels.bucketCodes(first, width, lengthMax, origin, shift, second, third, output, 4),
        );
        const expected = Array.from({ length: lengthMax }, (_, i) =>
          bucketOf(origin + arrayOf(width)[first / width + i]!),
        );
        expect([...words.subarray(output / 4, output / 4 + lengthMax)]).toEqual(expected);
      }
    }
  });

  it('bucketCodes beyond 32 bits', () => {
    words.set([0, 1, 0, 2], third / 4);
    words.set([0, 1, 1], second / 4);
    words.set([0, 5, 4_000_000_000], first / 4);
    // Buckets end at 2^32 and 2^33; stretches of 2^33 begin there too.
    for (const kernels of [compiled, scalar]) {
      kernels.bucketCodes(first, 4, 3, 2 ** 32 - 5, 33, second, third, output, 4);
      expect([...words.subarray(output / 4, output / 4 + 3)]).toEqual([0, 1, 1]);
    }
  });

  it('evenBucketCodes, of any length of buckets', () => {
    const day = 86_400_000;
    const widths = [1, 2, 3, 7, 1000, 1023, 60_000, 900_000, 3_600_000, day, 7 * day, 30 * day + 1, 365 * day];
    for (const offsetBytes of [1, 2, 4]) {
      for (const outBytes of [1, 2, 4]) {
        for (const width of widths) {
          for (const length of [lengthMax, random() % lengthMax]) {
            const spread = 2 ** (8 * offsetBytes);
            // Wide codes may lie far from the origin; others hold no more than their bytes do.
            const far = outBytes === 4 ? random() % Math.min(2 ** 20, Math.floor(2 ** 50 / width)) : 0;
            const buckets = Math.min(Math.ceil(spread / width), 2 ** Math.min(8 * outBytes, 31), 2 ** 31 - 2 ** 20);
            const base = random() % Math.min(width, spread);
            const origin = far * width - base;
            const next = (): number => {
              // The moments around a boundary, and any.
              const time = random() % 4 > 0 ? (random() % buckets) * width + (random() % 3) - 1 : random();
              return Math.min(Math.max(time + base, base), spread - 1, buckets * width + base - 1);
            };
            fill(first, offsetBytes, length, next);
            const expected = Array.from({ length }, (_, i) =>
              Number(BigInt(origin + arrayOf(offsetBytes)[first / offsetBytes + i]!) / BigInt(width)),
            );
            for (const kernels of [compiled, scalar]) {
              poison();
              kernels.evenBucketCodes(first, offsetBytes, length, origin, width, output, outBytes);
              const from = output / outBytes;
              expect([...arrayOf(outBytes).subarray(from, from + length)]).toEqual(expected);
              expect(bytes[output + length * outBytes]).toBe(0xa5);
            }
          }
        }
      }
    }
  });

  it('evenBucketCodes of the latest times', () => {
    const width = 2 ** 21 - 1;
    const offsets = [0, 1, width - 1, width, width + 1, 2 ** 32 - 1];
    for (let i = 0; i < 32; i++) words[first / 4 + i] = offsets[i % offsets.length]!;
    const origin = Math.floor((2 ** 51 - 2 ** 32) / width) * width;
    for (const kernels of [compiled, scalar]) {
      kernels.evenBucketCodes(first, 4, 32, origin, width, output, 4);
      for (let i = 0; i < 32; i++)
        expect(words[output / 4 + i]).toBe(Number(BigInt(origin + offsets[i % offsets.length]!) / BigInt(width)));
    }
  });

  it('mapCodes and validRows', () => {
    for (const width of [1, 2, 4]) {
      for (let length = 0; length <= lengthMax; length++) {
        fill(first, width, length, () => random() % 200);
        fill(second, 4, 200, () => random() % 3);
        expectTwins(poison, (kernels) => kernels.mapCodes(first, width, length, second, output));
      }
    }
    for (let length = 0; length <= lengthMax; length++) {
      fill(second, 4, length, () => random() % 500);
      fill(third, 1, 64, random);
      expectTwins(poison, (kernels) => kernels.validRows(second, length, third, output, output + 4096));
      const found = compiled.validRows(second, length, third, output, output + 4096);
      const rows = Array.from({ length }, (_, i) => words[second / 4 + i]!);
      const valid = rows.filter((row) => ((bytes[third + (row >> 3)]! >> (row & 7)) & 1) === 1);
      expect([...words.subarray(output / 4, output / 4 + found)]).toEqual(valid);
    }
  });
});
