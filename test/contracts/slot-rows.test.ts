import { describe, expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { compiled, expectTwins, input, memory, output, scalar, second } from './twins.ts';

const seed = 20_261_126;
const nobody = 0xffffffff;
const slotCount = 40;
const words = new Uint32Array(memory.buffer);
const bytes = new Uint8Array(memory.buffer);
const slotsAt = input + 32_768;

interface Case {
  readonly firstRows: number[];
  readonly slots: number[];
  readonly from: number;
  readonly to: number;
  /** The row of the first bit; null = all rows count. */
  readonly first: number | null;
}

/** Runs of a few rows or of many words of bits; a view may begin and end within one, and its bits before it. */
function randomCase(number: number): Case {
  const random = createRandom(seed + number);
  const most = [2, 30, 300][number % 3]!;
  const firstRows = [random.integer(1000)];
  const runs = 1 + random.integer(60);
  for (let run = 0; run < runs; run++) firstRows.push(firstRows[run]! + 1 + random.integer(most));
  const slots = Array.from({ length: runs }, () => (random.integer(6) === 0 ? nobody : random.integer(slotCount)));
  const from = firstRows[0]! + random.integer(firstRows[1]! - firstRows[0]!);
  const to = from + 1 + random.integer(firstRows[runs]! - from);
  const first = number % 4 === 0 ? null : from - random.integer(Math.min(from, 200) + 1);
  for (let at = 0; at < 8192; at++) bytes[second + at] = random.integer(256);
  words.set(firstRows, input / 4);
  words.set(slots, slotsAt / 4);
  return { firstRows, slots, from, to, first };
}

function expected({ firstRows, slots, from, to, first }: Case): number[] {
  const counts = new Array<number>(slotCount).fill(7);
  for (let row = from; row < to; row++) {
    const slot = slots[firstRows.findLastIndex((begin) => begin <= row)]!;
    const bit = row - (first ?? row);
    const passes = first === null || ((bytes[second + (bit >> 3)]! >> (bit & 7)) & 1) === 1;
    if (slot !== nobody && passes) counts[slot]!++;
  }
  return counts;
}

const cases = Array.from({ length: 60 }, (_, number) => number);

describe('values of rows that lie together', () => {
  it.each(cases)('are picked as by a list of rows, case %i', (number) => {
    const random = createRandom(seed + 31 * number);
    const width = [1, 2, 4, 8][number % 4]!;
    const count = 1 + random.integer(400);
    // Whole words and single bits, too.
    const most = [2, 20, 200][number % 3]!;
    bytes.fill(0, second, second + 8192);
    const rows: number[] = [];
    for (let row = random.integer(most); row < count; row += 1 + random.integer(most))
      for (const end = Math.min(count, row + 1 + random.integer(most)); row < end; row++) {
        bytes[second + (row >> 3)]! |= 1 << (row & 7);
        rows.push(row);
      }
    for (let at = 0; at < width * count; at++) bytes[input + at] = random.integer(256);
    const wanted = rows.flatMap((row) => [...bytes.subarray(input + width * row, input + width * (row + 1))]);
    expectTwins((kernels) => {
      expect(kernels.gatherRuns(input, width, second, count, output)).toBe(rows.length);
      expect([...bytes.subarray(output, output + width * rows.length)]).toEqual(wanted);
    });
  });
});

describe('rows of slots', () => {
  it.each(cases)('are counted by both kinds of kernels, case %i', (number) => {
    const own = randomCase(number);
    const wanted = expected(own);
    for (const kernels of [compiled, scalar]) {
      words.fill(7, output / 4, output / 4 + slotCount);
      kernels.countSlotRows(input, slotsAt, own.from, own.to, own.first === null ? 0 : second, own.first ?? 0, output);
      expect([...words.subarray(output / 4, output / 4 + slotCount)], kernels.kind).toEqual(wanted);
    }
  });

  it.each(cases)('leave the same bytes, case %i', (number) => {
    const { from, to, first } = randomCase(number);
    expectTwins((kernels) => {
      words.fill(0, output / 4, output / 4 + slotCount);
      kernels.countSlotRows(input, slotsAt, from, to, first === null ? 0 : second, first ?? 0, output);
    });
  });
});
