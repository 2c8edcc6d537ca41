import { describe, expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { loadKernels } from '../../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../engine/kernels/memory.ts';
import { createScalarKernels } from '../../engine/kernels/scalar/scalar-kernels.ts';

const seed = 20_261_125;
const memory = createSharedMemory({ initialBytes: 2 ** 21, maximumBytes: 2 ** 24 });
const compiled = loadKernels(memory);
const scalar = createScalarKernels(memory);
const words = new Uint32Array(memory.buffer);
const bytes = new Uint8Array(memory.buffer);
const floats = new Float64Array(memory.buffer);

/** Where the arrays lie, 64 KiB each. */
const [endsAt, codesAt, rowCodesAt, valuesAt, tableAt, outAt, firstRowsAt, slotsAt, bitsAt] = Array.from(
  { length: 9 },
  (_, place) => reservedBytes + place * 65_536,
) as [number, number, number, number, number, number, number, number, number];
const outBytes = 32_768;

/** Runs of some rows of a block, the first of which begins before row `from`. */
interface Case {
  readonly random: ReturnType<typeof createRandom>;
  readonly from: number;
  readonly to: number;
  readonly codeBytes: number;
  readonly size: number;
  /** Of each row from `from` to `to`. */
  readonly codes: readonly number[];
}

function lay(number: number): Case {
  const random = createRandom(seed + number);
  const codeBytes = [1, 2, 4][number % 3]!;
  const size = 1 + random.integer(60);
  const from = random.integer(70);
  const ends: number[] = [];
  const runCodes: number[] = [];
  const codes: number[] = [];
  let end = from;
  const runs = 1 + random.integer(50);
  for (let run = 0; run < runs; run++) {
    const code = random.integer(size);
    const length = 1 + random.integer(number % 5 === 0 ? 150 : 9);
    ends.push((end += length));
    runCodes.push(code);
    for (let row = 0; row < length; row++) codes.push(code);
  }
  const to = end - random.integer(ends.at(-1)! - (ends.at(-2) ?? from));
  words.set(ends, endsAt / 4);
  put(codesAt, codeBytes, runCodes);
  return { random, from, to, codeBytes, size, codes: codes.slice(0, to - from) };
}

function put(at: number, width: number, values: readonly number[]): void {
  if (width === 1) bytes.set(values, at);
  else if (width === 2) new Uint16Array(memory.buffer, at).set(values);
  else if (width === 4) words.set(values, at / 4);
  else floats.set(values, at / 8);
}

/** What each kind of kernels leaves where it writes, and says. */
function bothOf(fill: (at: number) => void, run: (kernels: typeof scalar) => unknown): [Uint8Array, unknown][] {
  return [compiled, scalar].map((kernels) => {
    bytes.fill(0, outAt, outAt + outBytes);
    fill(outAt);
    const told = run(kernels);
    return [bytes.slice(outAt, outAt + outBytes), told];
  });
}

/** Bytes are compared as bytes: value by value takes a hundred times as long. */
function expectSame([first, second]: readonly [Uint8Array, unknown][]): void {
  expect(first![1]).toEqual(second![1]);
  expect(Buffer.compare(first![0], second![0])).toBe(0);
}

const nothing = (): void => undefined;
const cases = Array.from({ length: 80 }, (_, number) => number);

describe(`kernels over runs of codes, seed ${seed}`, () => {
  it.each(cases)('count and add up what the rows do, case %i', (number) => {
    const { random, from, to, codeBytes, size, codes } = lay(number);
    const counts = bothOf(nothing, (k) => k.countCodeRuns(endsAt, codesAt, codeBytes, from, to, outAt));
    expectSame(counts);
    const expected = new Uint32Array(size);
    for (const code of codes) expected[code]!++;
    expect(new Uint32Array(counts[0]![0].buffer, 0, size)).toEqual(expected);

    for (const valueBytes of [1, 2, 4, 8]) {
      const whole = valueBytes < 8;
      const values = codes.map(() =>
        whole ? random.integer(2 ** Math.min(31, 8 * valueBytes)) : random.integer(2 ** 30) / 2 ** 30 - 0.5,
      );
      const base = whole ? random.integer(1000) - 500 : 0;
      put(valuesAt, valueBytes, values);
      const sums = bothOf(
        (at) => floats.fill(0.25, at / 8, at / 8 + size),
        (k) => k.sumCodeRuns(endsAt, codesAt, codeBytes, from, to, valuesAt, valueBytes, base, outAt),
      );
      expectSame(sums);
      const added = new Float64Array(size).fill(0.25);
      codes.forEach((code, row) => (added[code]! += base + values[row]!));
      const found = new Float64Array(sums[0]![0].buffer, 0, size);
      if (whole) expect(found).toEqual(added);
      else added.forEach((sum, code) => expect(found[code]).toBeCloseTo(sum, 9));
    }
  });

  it.each(cases)('tell which rows have a code of a set, case %i', (number) => {
    const { random, from, to, codeBytes, size, codes } = lay(number);
    bytes.fill(0, tableAt, tableAt + 256);
    for (let code = 0; code < size; code++) bytes[tableAt + code] = random.integer(2);
    const runs = words.subarray(endsAt / 4).findIndex((end) => end >= to) + 1;
    const found = bothOf(nothing, (k) => k.filterCodeRuns(endsAt, codesAt, codeBytes, runs, from, to, tableAt, outAt));
    expectSame(found);
    const wanted = codes.map((code) => bytes[tableAt + code]!);
    const [bits, count] = found[0]!;
    expect(codes.map((_, row) => (bits[row >> 3]! >> (row & 7)) & 1)).toEqual(wanted);
    expect(count).toBe(wanted.filter((belongs) => belongs === 1).length);
  });

  it.each(cases)('join with runs of another key to runs of what each row has, case %i', (number) => {
    const { random, from, to, codeBytes, codes } = lay(number);
    const otherBytes = [1, 2, 4][(number + random.integer(3)) % 3]!;
    const size = 1 + random.integer(200);
    const [otherEnds, others]: [number[], number[]] = [[], []];
    const wanted: number[] = [];
    // The first run may end where the rows begin.
    for (let end = from + random.integer(2); ; end += 1 + random.integer(number % 3 === 0 ? 90 : 6)) {
      const other = random.integer(size);
      otherEnds.push(end);
      others.push(other);
      while (wanted.length < Math.min(end, to) - from) wanted.push(codes[wanted.length]! * size + other);
      if (end >= to) break;
    }
    words.set(otherEnds, firstRowsAt / 4);
    put(slotsAt, otherBytes, others);
    const [outEnds, outCodes] = [rowCodesAt, valuesAt];
    const joined = bothOf(nothing, (k) => {
      const count = k.mergeCodeRuns(
        endsAt,
        codesAt,
        codeBytes,
        firstRowsAt,
        slotsAt,
        otherBytes,
        from,
        to,
        size,
        outEnds,
        outCodes,
      );
      return [...words.slice(outEnds / 4, outEnds / 4 + count), ...words.slice(outCodes / 4, outCodes / 4 + count)];
    });
    expect(joined[0]![1]).toEqual(joined[1]![1]);
    const runs = joined[0]![1] as number[];
    const count = runs.length / 2;
    const found: number[] = [];
    for (let run = 0; run < count; run++)
      while (from + found.length < Math.min(runs[run]!, to)) found.push(runs[count + run]!);
    expect(found).toEqual(wanted);
  });

  it.each(cases)('mix with codes of each row, on either side, case %i', (number) => {
    const { random, from, to, codeBytes, size, codes } = lay(number);
    for (const otherBytes of [1, 2, 4]) {
      const otherSize = 1 + random.integer(otherBytes === 1 ? 250 : 900);
      const others = codes.map(() => random.integer(otherSize));
      put(rowCodesAt, otherBytes, others);
      for (const [runSize, codeSize] of [
        [otherSize, 1],
        [1, size],
      ] as const)
        for (const width of otherBytes === 4 ? [4] : [2, 4]) {
          const mixed = bothOf(nothing, (k) =>
            k.mixCodeRuns(
              endsAt,
              codesAt,
              codeBytes,
              from,
              to,
              runSize,
              rowCodesAt,
              otherBytes,
              codeSize,
              outAt,
              width,
            ),
          );
          expectSame(mixed);
          const { buffer } = mixed[0]![0];
          const found = width === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer);
          const wanted = codes.map((code, row) => code * runSize + others[row]! * codeSize);
          expect([...found.subarray(0, codes.length)]).toEqual(wanted.slice(0, found.length));
        }
    }
  });

  it.each(cases)('tell how many rows with a value come before each end, case %i', (number) => {
    const { random, from, to, codeBytes, size, codes } = lay(number);
    for (let at = 0; at < (to + 71) >> 3; at++) bytes[bitsAt + at] = random.integer(256);
    const ranks = bothOf(nothing, (k) => k.rankRuns(endsAt, from, to, bitsAt, outAt));
    expectSame(ranks);
    const present = codes.filter((_, at) => ((bytes[bitsAt + ((from + at) >> 3)]! >> ((from + at) & 7)) & 1) === 1);
    expect(ranks[0]![1]).toBe(present.length);
    // Ranks are ends of the same runs.
    words.set(new Uint32Array(ranks[0]![0].buffer), endsAt / 4);
    const counts = bothOf(nothing, (k) => k.countCodeRuns(endsAt, codesAt, codeBytes, 0, present.length, outAt));
    expectSame(counts);
    const expected = new Uint32Array(size);
    for (const code of present) expected[code]!++;
    expect(new Uint32Array(counts[0]![0].buffer, 0, size)).toEqual(expected);
  });

  it.each(cases)('mark what markCodes does, case %i', (number) => {
    const { random, from, to, codeBytes, size, codes } = lay(number);
    const width = [2, 4, 6, 8][number % 4]!;
    const shift = random.integer(5000);
    const slotCount = 20;
    const firstRows = [from + shift - random.integer(Math.min(4, from + shift + 1))];
    const slots: number[] = [];
    while (firstRows.at(-1)! < to + shift) {
      const next = Math.max(firstRows.at(-1)!, from + shift) + 1 + random.integer(12);
      firstRows.push(next);
      slots.push(random.integer(6) === 0 ? 0xffffffff : random.integer(slotCount));
    }
    words.set(firstRows, firstRowsAt / 4);
    words.set(slots, slotsAt / 4);
    for (let code = 0; code < size; code++) {
      const bit = random.integer(32 * width);
      if (width > 4) words[tableAt / 4 + code] = bit;
      else
        for (let word = 0; word < width; word++)
          words[tableAt / 4 + code * width + word] = bit >> 5 === word ? 1 << (bit & 31) : 0;
    }
    const [first, end] = [from + shift, to + shift];
    const byRuns = bothOf(nothing, (k) =>
      k.markCodeRuns(
        firstRowsAt,
        slotsAt,
        first,
        end,
        endsAt,
        codesAt,
        codeBytes,
        shift,
        tableAt,
        outAt,
        width,
        slotCount,
      ),
    );
    put(rowCodesAt, codeBytes, codes);
    const byRows = bothOf(nothing, (k) =>
      k.markCodes(firstRowsAt, slotsAt, first, end, rowCodesAt, codeBytes, tableAt, outAt, width, slotCount),
    );
    for (const [place, own] of byRuns.entries()) expectSame([own, byRows[place]!]);
    expect(byRuns[0]![0].some((byte) => byte !== 0)).toBe(true);
  });
});
