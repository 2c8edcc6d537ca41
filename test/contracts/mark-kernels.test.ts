import { describe, expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { loadKernels } from '../../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../engine/kernels/memory.ts';
import { createScalarKernels } from '../../engine/kernels/scalar/scalar-kernels.ts';

const seed = 20_260_402;
const nobody = 0xffffffff;
const memory = createSharedMemory({ initialBytes: 2 ** 21, maximumBytes: 2 ** 24 });
const kernels = [loadKernels(memory), createScalarKernels(memory)];
const words32 = new Uint32Array(memory.buffer);

/** Where the arrays lie, 128 KiB each. */
const [firstRowsAt, slotsAt, groupsAt, rowsAt, marksAt, countsAt, firstsAt, lastsAt, tableAt] = Array.from(
  { length: 9 },
  (_, place) => reservedBytes + place * 131_072,
) as [number, number, number, number, number, number, number, number, number];

interface Case {
  readonly words: number;
  readonly slotCount: number;
  /** Of each run its slot, and where it begins; the last is where all end. */
  readonly slots: number[];
  readonly firstRows: number[];
  readonly groups: number[];
}

function randomCase(number: number): Case {
  const random = createRandom(seed + number);
  const words = [2, 4, 6, 8, 10, 64][number % 6]!;
  const slotCount = 1 + random.integer(400);
  const runs = 1 + random.integer(60);
  const firstRows = [random.integer(1000)];
  for (let run = 0; run < runs; run++) firstRows.push(firstRows[run]! + 1 + random.integer(number % 4 === 0 ? 200 : 4));
  const rows = firstRows[runs]! - firstRows[0]!;
  return {
    words,
    slotCount,
    slots: Array.from({ length: runs }, () => (random.integer(8) === 0 ? nobody : random.integer(slotCount))),
    firstRows,
    groups: Array.from({ length: rows }, () => random.integer(32 * words)),
  };
}

function lay({ slots, firstRows, groups, words, slotCount }: Case): void {
  words32.set(slots, slotsAt / 4);
  words32.set(firstRows, firstRowsAt / 4);
  words32.set(groups, groupsAt / 4);
  words32.fill(0, marksAt / 4, marksAt / 4 + words * slotCount);
}

/** The bits that rows set, as slot · 32 · words + group. */
function expectedBits({ slots, firstRows, groups, words }: Case, rows: (row: number) => boolean): Set<number> {
  const bits = new Set<number>();
  slots.forEach((slot, run) => {
    for (let row = firstRows[run]!; row < firstRows[run + 1]!; row++)
      if (slot !== nobody && rows(row)) bits.add(slot * 32 * words + groups[row - firstRows[0]!]!);
  });
  return bits;
}

function bitsOfMarks({ words, slotCount }: Case): Set<number> {
  const bits = new Set<number>();
  for (let bit = 0; bit < 32 * words * slotCount; bit++)
    if (((words32[marksAt / 4 + (bit >> 5)]! >> (bit & 31)) & 1) === 1) bits.add(bit);
  return bits;
}

const cases = Array.from({ length: 60 }, (_, number) => number);

describe.each(kernels)('marks of $kind kernels', (kernel) => {
  it.each(cases)('are set by runs, case %i', (number) => {
    const own = randomCase(number);
    lay(own);
    const random = createRandom(seed - number);
    // A view may begin and end within a run.
    const from = own.firstRows[0]! + random.integer(own.firstRows[1]! - own.firstRows[0]!);
    const end = own.firstRows.at(-1)!;
    const to = from + 1 + random.integer(end - from);
    kernel.markRuns(firstRowsAt, slotsAt, from, to, groupsAt + 4 * (from - own.firstRows[0]!), marksAt, own.words);
    expect(bitsOfMarks(own)).toEqual(expectedBits(own, (row) => row >= from && row < to));
  });

  it.each(cases)('are set by codes, those of nobody in a row of their own, case %i', (number) => {
    const own = randomCase(number);
    lay(own);
    const random = createRandom(seed - number);
    const others = own.slotCount - 1;
    const codeBytes = [1, 2, 4][number % 3]!;
    const size = 1 + random.integer(200);
    const groupOf = Array.from({ length: size }, () => random.integer(32 * own.words));
    const codes = own.groups.map((group) => group % size);
    for (let code = 0; code < size; code++) {
      const group = groupOf[code]!;
      if (own.words > 4) words32[tableAt / 4 + code] = group;
      else
        for (let word = 0; word < own.words; word++)
          words32[tableAt / 4 + code * own.words + word] = group >> 5 === word ? 1 << (group & 31) : 0;
    }
    if (codeBytes === 1) new Uint8Array(memory.buffer, groupsAt).set(codes);
    else if (codeBytes === 2) new Uint16Array(memory.buffer, groupsAt).set(codes);
    else words32.set(codes, groupsAt / 4);
    const [from, to] = [own.firstRows[0]!, own.firstRows.at(-1)!];
    kernel.markCodes(firstRowsAt, slotsAt, from, to, groupsAt, codeBytes, tableAt, marksAt, own.words, others);
    const named = {
      ...own,
      slots: own.slots.map((slot) => (slot === nobody ? others : slot)),
      groups: codes.map((code) => groupOf[code]!),
    };
    expect(bitsOfMarks(own)).toEqual(expectedBits(named, () => true));
  });

  it.each(cases)('are set by times in even buckets, case %i', (number) => {
    const own = randomCase(number);
    lay(own);
    const random = createRandom(seed - number);
    const others = own.slotCount - 1;
    const offsetBytes = [1, 2, 4, 4][number % 4]!;
    const most = 2 ** (8 * offsetBytes);
    const width = 1 + random.integer([50, most, 86_400_000, 2 ** 33][random.integer(4)]!);
    // Also times of which the first bucket is not the origin's, and those on its bounds.
    const bucketsMax = Math.min(64, 32 * own.words);
    const origin = random.integer(3) === 0 ? -random.integer(Math.min(most, width)) : random.integer(4 * width);
    const offsets = own.groups.map(() => {
      const any = random.integer(most);
      const time =
        random.integer(3) === 0 ? Math.round((origin + any) / width) * width - random.integer(2) : origin + any;
      const within = Math.min(Math.max(time, 0, origin), bucketsMax * width - 1, origin + most - 1);
      return Math.max(within, 0, origin) - origin;
    });
    const firsts = 32 * own.words - bucketsMax;
    const firstGroup = random.integer(firsts + 1);
    if (offsetBytes === 1) new Uint8Array(memory.buffer, groupsAt).set(offsets);
    else if (offsetBytes === 2) new Uint16Array(memory.buffer, groupsAt).set(offsets);
    else words32.set(offsets, groupsAt / 4);
    const [from, to] = [own.firstRows[0]!, own.firstRows.at(-1)!];
    const { words } = own;
    kernel.markTimes(
      firstRowsAt,
      slotsAt,
      from,
      to,
      groupsAt,
      offsetBytes,
      origin,
      width,
      bucketsMax,
      firstGroup,
      marksAt,
      words,
      others,
    );
    const named = {
      ...own,
      slots: own.slots.map((slot) => (slot === nobody ? others : slot)),
      groups: offsets.map((offset) => firstGroup + Math.floor((origin + offset) / width)),
    };
    expect(bitsOfMarks(own)).toEqual(expectedBits(named, () => true));
  });

  it.each(cases)('are set by listed rows, and counted, case %i', (number) => {
    const own = randomCase(number);
    lay(own);
    const random = createRandom(seed - number);
    const rows = own.groups.map((_, at) => own.firstRows[0]! + at).filter(() => random.integer(3) > 0);
    words32.set(rows, rowsAt / 4);
    words32.set(
      rows.map((row) => own.groups[row - own.firstRows[0]!]!),
      groupsAt / 4,
    );
    kernel.markRows(firstRowsAt, slotsAt, rowsAt, rows.length, groupsAt, marksAt, own.words);
    const chosen = new Set(rows);
    const bits = expectedBits(own, (row) => chosen.has(row));
    expect(bitsOfMarks(own)).toEqual(bits);
    const counts = new Uint32Array(32 * own.words).fill(3);
    words32.set(counts, countsAt / 4);
    for (const bit of bits) counts[bit % counts.length]!++;
    kernel.countMarks(marksAt, own.slotCount, own.words, countsAt);
    expect(words32.slice(countsAt / 4, countsAt / 4 + counts.length)).toEqual(counts);
  });

  it.each(cases)('are spread within their series, case %i', (number) => {
    const own = randomCase(number);
    lay(own);
    const random = createRandom(seed - number);
    const units = [2, 4, 6, 8, 10].filter((unit) => own.words % unit === 0);
    const unit = units[random.integer(units.length)]!;
    const span = 1 + random.integer(random.integer(3) === 0 ? 32 * unit + 9 : 9);
    const all = own.words * own.slotCount;
    for (let word = 0; word < all; word++)
      words32[marksAt / 4 + word] = random.integer(3) === 0 ? random.integer(2 ** 32) : 0;
    const mask = Array.from({ length: unit }, () => (random.integer(2) === 0 ? 0xffffffff : random.integer(2 ** 32)));
    words32.set(mask, tableAt / 4);
    const wanted = new Set<number>();
    for (const bit of bitsOfMarks(own)) {
      if (((mask[(bit >> 5) % unit]! >> (bit & 31)) & 1) === 0) continue;
      const end = (Math.floor(bit / (32 * unit)) + 1) * 32 * unit;
      for (let to = bit; to < Math.min(bit + span, end); to++) wanted.add(to);
    }
    kernel.spreadMarks(marksAt, own.slotCount, own.words, unit, tableAt, span);
    expect(bitsOfMarks(own)).toEqual(wanted);
  });

  it.each(cases)('are counted once a window, case %i', (number) => {
    const own = randomCase(number);
    const random = createRandom(seed + 7 * number);
    const series = 1 + random.integer(4);
    const cells = 32 * own.words;
    const width = random.integer(9);
    // Windows of the cells ascend; some cells lie in none.
    const firsts = Array.from({ length: cells }, (_, cell) => cell >> (number % 3));
    const lasts = firsts.map((first, cell) => (cell % 11 === 3 ? -1 : first + width));
    for (let cell = 1; cell < cells; cell++) if (lasts[cell]! < 0) firsts[cell] = cells;
    const windows = Math.max(...lasts) + 1;
    const rows = Math.floor(own.slotCount / series);
    lay(own);
    for (let at = 0; at < rows * series * own.words; at++)
      words32[marksAt / 4 + at] = number % 2 === 0 ? random.bits() & random.bits() & random.bits() : 1 << (at & 31);
    words32.set(firsts, firstsAt / 4);
    words32.set(
      lasts.map((last) => last >>> 0),
      lastsAt / 4,
    );
    const met = Array.from({ length: series }, () => new Uint32Array(windows));
    for (let row = 0; row < rows * series; row++) {
      const windowsOfRow = new Set<number>();
      for (let cell = 0; cell < cells; cell++) {
        if (((words32[marksAt / 4 + row * own.words + (cell >> 5)]! >> (cell & 31)) & 1) === 0) continue;
        for (let window = firsts[cell]!; window <= lasts[cell]!; window++) windowsOfRow.add(window);
      }
      for (const window of windowsOfRow) met[row % series]![window]!++;
    }
    words32.fill(0, countsAt / 4, countsAt / 4 + series * (windows + 1));
    kernel.countMarkedWindows(marksAt, rows, own.words, series, firstsAt, lastsAt, windows, countsAt);
    const found = met.map((_, one) => {
      let count = 0;
      return Uint32Array.from({ length: windows }, (_value, window) => {
        count = (count + words32[countsAt / 4 + one * (windows + 1) + window]!) >>> 0;
        return count;
      });
    });
    expect(found).toEqual(met);
  });
});
