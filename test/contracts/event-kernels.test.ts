import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../data/random.ts';
import { attemptOrders, keysAt } from '../../engine/kernels/funnel-kernels.ts';
import type { Kernels } from '../../engine/kernels/kernels.ts';
import { loadKernels } from '../../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../engine/kernels/memory.ts';
import { createScalarKernels } from '../../engine/kernels/scalar/scalar-kernels.ts';

const seed = 20_261_126;
const cases = Array.from({ length: 120 }, (_, number) => number);
const nobody = 0xffffffff;

const memory = createSharedMemory({ initialBytes: 2 ** 21, maximumBytes: 2 ** 22 });
const compiled = loadKernels(memory);
const scalar = createScalarKernels(memory);
const u8 = new Uint8Array(memory.buffer);
const u16 = new Uint16Array(memory.buffer);
const u32 = new Uint32Array(memory.buffer);
const f64 = new Float64Array(memory.buffer);

/** Where arrays lie, 64 KiB each: inputs first, then what kernels write, then room for their work. */
const placeOf = (number: number): number => reservedBytes + 65_536 * number;
const outputs = { from: placeOf(10), to: placeOf(18) };
const work = placeOf(19);

/** Runs a kernel both ways over the same memory: each must give back, and leave there, the same. */
function expectTwins(run: (kernels: Kernels) => unknown): void {
  const before = u8.slice(outputs.from, outputs.to);
  const outcomes = [compiled, scalar].map((kernels) => {
    u8.set(before, outputs.from);
    const given = run(kernels);
    return { given, bytes: u8.slice(outputs.from, outputs.to) };
  });
  expect(outcomes[0]!.given).toEqual(outcomes[1]!.given);
  expect(Buffer.compare(outcomes[0]!.bytes, outcomes[1]!.bytes)).toBe(0);
}

/** Lays events of slots out: where each slot's begin and end, times that ascend with equal ones among them, and notes. */
function layEvents(random: Random, noteBits: number): { readonly slots: number; readonly events: number } {
  const slots = random.integer(40);
  let place = 0;
  for (let slot = 0; slot < slots; slot++) {
    place += random.integer(2);
    u32[starts / 4 + slot] = place;
    let time = random.integer(50);
    for (let left = random.integer(30); left > 0; left--) {
      time += random.integer(3) === 0 ? 0 : random.integer(20);
      f64[times / 8 + place] = time;
      const bit = random.integer(noteBits + 2);
      u32[notes / 4 + place] = bit >= noteBits ? 0 : 1 << bit;
      if (random.integer(6) === 0) u32[notes / 4 + place]! |= 1 << random.integer(noteBits);
      place++;
    }
    u32[ends / 4 + slot] = place;
  }
  u32[starts / 4 + slots] = place;
  return { slots, events: place };
}

const [starts, ends, times, notes, names, firsts, lasts] = [0, 1, 2, 3, 4, 5, 6].map(placeOf) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const [out, counts, sums] = [10, 12, 14].map(placeOf) as [number, number, number];

describe(`kernels of events and their twins (seed ${seed})`, () => {
  it.each([1, 2, 4, 8])('place events of times of %i bytes', (timeBytes) => {
    for (const number of cases) {
      const random = createRandom(seed + 1000 * timeBytes + number);
      const runs = 1 + random.integer(30);
      const slotCount = 1 + random.integer(20);
      let row = random.integer(1000);
      for (let run = 0; run <= runs; run++) {
        u32[firsts / 4 + run] = row;
        u32[lasts / 4 + run] = random.integer(8) === 0 ? nobody : random.integer(slotCount);
        row += 1 + random.integer(run % 5 === 0 ? 90 : 4);
      }
      const first = u32[firsts / 4]!;
      const all = u32[firsts / 4 + runs]! - first;
      const from = random.integer(u32[firsts / 4 + 1]! - first);
      const length = all - from;
      const isListed = number % 3 === 0;
      const listed = Array.from({ length }, (_, at) => from + at).filter(() => random.integer(3) > 0);
      // A list begins within the first run, as kernels want it.
      if (listed[0] !== from) listed.unshift(from);
      listed.forEach((own, at) => (u32[starts / 4 + at] = own));
      const count = isListed ? listed.length : length;
      const codeBytes = [0, 1, 2, 4][number % 4]!;
      for (let at = 0; at < count; at++) {
        if (codeBytes === 1) u8[notes + at] = random.integer(16);
        if (codeBytes === 2) u16[notes / 2 + at] = random.integer(16);
        if (codeBytes === 4) u32[notes / 4 + at] = random.integer(16);
        const time = random.integer(200);
        if (timeBytes === 1) u8[times + at] = time;
        else if (timeBytes === 2) u16[times / 2 + at] = time;
        else if (timeBytes === 4) u32[times / 4 + at] = time;
        else f64[times / 8 + at] = time;
      }
      for (let code = 0; code < 16; code++) u32[names / 4 + code] = random.integer(1000);
      const table = number % 5 === 0 ? 0 : names;
      const bits = number % 2 === 0 ? 0 : ends;
      for (let at = 0; at <= count / 8 + 8; at++) u8[ends + at] = random.integer(256);
      u8.fill(0, outputs.from, outputs.to);
      expectTwins((kernels) => {
        kernels.countRunRows(firsts, lasts, runs, counts);
        return kernels.layOutSlots(counts, slotCount, counts + 4096);
      });
      const rows = isListed ? starts : 0;
      const begin = isListed ? first : first + from;
      const next = counts;
      if (codeBytes > 0)
        expectTwins((kernels) =>
          kernels.placeNotes(firsts, lasts, rows, bits, begin, count, notes, codeBytes, table, next, sums),
        );
      expectTwins((kernels) =>
        kernels.placeEvents(
          firsts,
          lasts,
          rows,
          bits,
          begin,
          count,
          notes,
          codeBytes,
          table,
          times,
          timeBytes,
          1e12,
          number % 3 === 1 ? 0 : counts + 4096,
          next,
          counts + 8192,
          out,
          sums + 65_536,
        ),
      );
    }
  });

  it('find attempts at funnels', () => {
    for (const number of cases) {
      const random = createRandom(seed + number);
      const steps = 1 + random.integer(number % 10 === 0 ? 32 : 5);
      const { slots } = layEvents(random, Math.min(steps, 6));
      const window = random.integer(120);
      const end = random.integer(500);
      for (const [order, keyAt] of [
        [attemptOrders.loose, keysAt.first],
        [attemptOrders.strict, keysAt.last],
        [attemptOrders.strict_order, keysAt.each],
      ] as const)
        for (const repeat of order === attemptOrders.loose ? [0, 1] : [0]) {
          u8.fill(0, outputs.from, outputs.to);
          expectTwins((kernels) =>
            kernels.funnelAttempts(
              starts,
              ends,
              slots,
              times,
              notes,
              steps,
              window,
              order,
              repeat,
              end,
              keyAt,
              work,
              out + 65_536,
              out,
              placeOf(17),
            ),
          );
        }
    }
  });

  it('count who is retained, and in which buckets who lives', () => {
    for (const number of cases) {
      const random = createRandom(seed + number);
      const words = [4, 8, 12][number % 3]!;
      const slots = random.integer(60);
      for (let word = 0; word < slots * words; word++)
        u32[starts / 4 + word] = random.integer(3) === 0 ? random.integer(2 ** 31) : 1 << random.integer(32);
      const buckets = 16 * words;
      const [cohorts, complete] = [random.integer(buckets + 1), random.integer(buckets + 1)];
      const periods = random.integer(12);
      for (const [recurring, after] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const) {
        u8.fill(0, outputs.from, outputs.to);
        expectTwins((kernels) =>
          kernels.countReturns(starts, slots, words, cohorts, complete, periods, recurring, after, counts),
        );
      }
      u8.fill(0, outputs.from, outputs.to);
      expectTwins((kernels) => kernels.countLives(starts, slots, words, counts));
    }
  });

  it('count nodes and edges of paths', () => {
    for (const number of cases) {
      const random = createRandom(seed + number);
      const { slots, events } = layEvents(random, 4);
      const nodeCount = 2 + random.integer(5);
      for (let place = 0; place < events; place++) u32[notes / 4 + place] = random.integer(nodeCount);
      const gap = random.integer(20);
      const depth = 1 + random.integer(5);
      const width = 2 + random.integer(4);
      for (let name = 0; name < nodeCount * (depth + 1); name++) u32[names / 4 + name] = 1 + random.integer(width - 1);
      u8.fill(0, outputs.from, outputs.to);
      expectTwins((kernels) =>
        kernels.countPathNodes(starts, ends, slots, times, notes, nodeCount, gap, depth, counts),
      );
      u8.fill(0, outputs.from, outputs.to);
      for (const firstActor of [0, 7])
        expectTwins((kernels) =>
          kernels.countPathEdges(
            starts,
            ends,
            slots,
            times,
            notes,
            nodeCount,
            gap,
            depth,
            names,
            width,
            firstActor,
            counts,
            sums,
          ),
        );
    }
  });

  it('cut sessions, and tell their numbers and notes', () => {
    for (const number of cases) {
      const random = createRandom(seed + number);
      const { slots } = layEvents(random, 3);
      const gap = number % 7 === 0 ? Infinity : random.integer(25);
      const [since, until] = number % 2 === 0 ? [-Infinity, Infinity] : [random.integer(60), 60 + random.integer(200)];
      u8.fill(0, outputs.from, outputs.to);
      expectTwins((kernels) => {
        const found = kernels.cutSessions(starts, ends, slots, times, gap, since!, until!, out, counts);
        // What lies behind them is anything.
        for (const list of [out, counts]) u8.fill(0, list + 4 * found, list + 65_536);
        return found;
      });
      const count = compiled.cutSessions(starts, ends, slots, times, gap, since!, until!, firsts, lasts);
      for (const kind of [0, 1, 2, 3])
        expectTwins((kernels) => kernels.numberSessions(times, firsts, lasts, count, kind, sums));
      expectTwins((kernels) => kernels.sizeSessions(firsts, lasts, count, counts));
      for (const last of [0, 1])
        expectTwins((kernels) => kernels.noteSessions(times, firsts, lasts, count, notes, last, counts));
    }
  });
});
