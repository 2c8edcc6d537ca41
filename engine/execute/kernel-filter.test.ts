import { describe, expect, it } from 'vitest';
import { randomOf } from '../../test/segments.ts';
import { createSharedMemory } from '../kernels/memory.ts';
import { createBlockCache } from '../store/block-cache.ts';
import { openArena } from './arena.ts';
import { rowsInRange, rowsInSet } from './kernel-filter.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_331);
const mebibyte = 1024 * 1024;
const rows = 65_536;

function setUp() {
  const cache = createBlockCache(
    createSharedMemory({ initialBytes: 2 * mebibyte, maximumBytes: 4 * mebibyte }),
    4 * mebibyte,
  );
  const arena = openArena(cache, mebibyte);
  // The types of typed arrays' constructors, taken together, know no shared buffers.
  const buffer = arena.memory.buffer as unknown as ArrayBuffer;
  return { cache, arena, buffer, at: cache.allocate(4 * rows)!, out: new Uint32Array(rows) };
}

const widths = [Uint8Array, Uint16Array, Uint32Array] as const;

/** What is written, or all rows where nothing is. */
function listed(count: number, from: number, length: number, out: Uint32Array): number[] {
  return count === length ? Array.from({ length }, (_, i) => from + i) : [...out.subarray(0, count)];
}

function plain(from: number, length: number, holds: (row: number) => boolean): number[] {
  return Array.from({ length }, (_, i) => from + i).filter(holds);
}

describe(`compiled filters (seed ${seed})`, () => {
  it('find the rows in a range or outside of it, as a plain loop does', () => {
    const random = randomOf(seed);
    const { arena, buffer, at, out } = setUp();
    for (const Width of widths) {
      const most = 2 ** (8 * Width.BYTES_PER_ELEMENT);
      for (let round = 0; round < 60; round++) {
        const values = new Width(buffer, at, 300);
        const few = round % 2 === 0 ? 5 : most;
        for (let i = 0; i < values.length; i++) values[i] = Math.floor(random() * few);
        const from = Math.floor(random() * 40);
        const length = Math.floor(random() * 260);
        const ends = [-Infinity, -3, 0, 0.5, Math.floor(random() * few), most - 1, most + 7, Infinity];
        const low = ends[Math.floor(random() * ends.length)]!;
        const high = ends[Math.floor(random() * ends.length)]!;
        const outside = random() < 0.5;
        const count = rowsInRange(arena, values, from, length, low, high, outside, out);
        const wanted = plain(from, length, (row) => (values[row]! >= low && values[row]! <= high) !== outside);
        expect(listed(count, from, length, out), `${Width.name} ${low} … ${high} ${outside}`).toEqual(wanted);
      }
    }
  });

  it('find the rows whose code belongs to a set', () => {
    const random = randomOf(seed);
    const { arena, buffer, at, out } = setUp();
    for (const Width of widths) {
      for (let round = 0; round < 40; round++) {
        const codes = new Width(buffer, at, 300);
        const entries = 1 + Math.floor(random() * 255);
        for (let i = 0; i < codes.length; i++) codes[i] = Math.floor(random() * entries);
        const share = random();
        const set = Uint8Array.from({ length: entries + 1 }, () => (random() < share ? 1 : 0));
        const from = Math.floor(random() * 40);
        const length = Math.floor(random() * 260);
        const count = rowsInSet(arena, codes, from, length, set, out);
        expect(listed(count, from, length, out)).toEqual(plain(from, length, (row) => set[codes[row]!] === 1));
      }
    }
  });

  it('fill a whole block', () => {
    const { arena, at, out } = setUp();
    const values = new Uint16Array(arena.memory.buffer, at, rows);
    for (let row = 0; row < rows; row++) values[row] = row;
    expect(rowsInRange(arena, values, 0, rows, 1, rows, false, out)).toBe(rows - 1);
    expect([out[0], out[rows - 2]]).toEqual([1, rows - 1]);
  });

  it('leave alone what lies elsewhere, floats, and sets that are too large', () => {
    const { cache, arena, at, out } = setUp();
    const codes = new Uint32Array(arena.memory.buffer, at, 100);
    expect(rowsInRange(arena, new Uint8Array(100), 0, 100, 0, 1, false, out)).toBe(-1);
    expect(rowsInRange(arena, new Float64Array(arena.memory.buffer, at, 10), 0, 10, 0, 1, false, out)).toBe(-1);
    expect(rowsInRange(null, codes, 0, 100, 0, 1, false, out)).toBe(-1);
    expect(rowsInSet(arena, codes, 0, 100, new Uint8Array(100_000), out)).toBe(-1);
    const used = cache.stats().usedBytes;
    arena.close();
    expect(cache.stats().usedBytes).toBeLessThan(used);
  });
});
