import { describe, expect, it } from 'vitest';
import { randomOf } from '../../test/segments.ts';
import { createSharedMemory } from '../kernels/memory.ts';
import { createBlockCache } from '../store/block-cache.ts';
import { openArena, type Arena } from './arena.ts';
import { narrowed, withOwnRows, type BlockView } from './block-view.ts';
import { keepInRange, keepInSet, keepValid } from './kernel-filter.ts';
import { createScratch } from './scratch.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_331);
const mebibyte = 1024 * 1024;
const rows = 65_536;
const short = 300;

function setUp(arenaBytes = 3 * mebibyte) {
  const cache = createBlockCache(
    createSharedMemory({ initialBytes: 2 * mebibyte, maximumBytes: 8 * mebibyte }),
    8 * mebibyte,
  );
  const masks = openArena(cache, arenaBytes);
  // The types of typed arrays' constructors, taken together, know no shared buffers.
  const buffer = masks.memory.buffer as unknown as ArrayBuffer;
  const scratch = createScratch();
  scratch.masks = masks;
  const view = (from: number, length: number): BlockView =>
    ({ open: {}, part: {}, block: 0, from, length, rows: null, mask: null, scratch }) as unknown as BlockView;
  const validity = new Uint8Array(buffer, cache.allocate(rows / 8)!, rows / 8);
  return { cache, masks, buffer, at: cache.allocate(8 * rows)!, view, scratch, validity };
}

const widths = [Uint8Array, Uint16Array, Uint32Array, Float64Array] as const;

function listed({ rows: list, from, length }: BlockView): number[] {
  return list === null ? Array.from({ length }, (_, i) => from + i) : [...list];
}

function isSet(bits: Uint8Array, row: number): boolean {
  return ((bits[row >> 3]! >> (row & 7)) & 1) === 1;
}

describe(`compiled filters (seed ${seed})`, () => {
  it('keep the rows in a range or outside of it, one after another, as plain loops do', () => {
    const random = randomOf(seed);
    const { buffer, at, view, scratch, validity } = setUp();
    for (const Width of widths) {
      const most = Width === Float64Array ? 2 ** 40 : 2 ** (8 * Width.BYTES_PER_ELEMENT);
      for (let round = 0; round < 80; round++) {
        scratch.reset();
        const values = new Width(buffer, at, short);
        const few = round % 2 === 0 ? 5 : most;
        for (let i = 0; i < short; i++) {
          values[i] = Math.floor(random() * few);
          if (Width === Float64Array && random() < 0.1) values[i] = [NaN, Infinity, -Infinity, -0][i % 4]!;
          validity[i >> 3] = Math.floor(random() * 256);
        }
        const from = Math.floor(random() * 40);
        let kept = view(from, 1 + Math.floor(random() * 259));
        let wanted = listed(kept);
        for (let filter = 0; filter < 4; filter++) {
          const ends = [-Infinity, -3, 0, 0.5, Math.floor(random() * few), most - 1, most + 7];
          const low = ends[Math.floor(random() * ends.length)]!;
          const high = [...ends, Infinity][Math.floor(random() * 8)]!;
          const outside = random() < 0.5;
          const valid = random() < 0.5 ? validity : null;
          const next = keepInRange(kept, values, valid, { low, high, outside });
          // One row in many is left to a list.
          if (next === null) {
            expect(kept.length).toBeLessThan(short / 4);
            break;
          }
          wanted = wanted.filter(
            (row) => (values[row]! >= low && values[row]! <= high) !== outside && (valid === null || isSet(valid, row)),
          );
          expect(next.length).toBe(wanted.length);
          expect(listed(next), `${Width.name} ${low} … ${high} ${outside}`).toEqual(wanted);
          kept = next;
        }
      }
    }
  });

  it('keep the rows whose code belongs to a set, and those without a value where these do', () => {
    const random = randomOf(seed);
    const { buffer, at, view, scratch, validity } = setUp();
    for (const Width of widths.slice(0, 3)) {
      for (let round = 0; round < 60; round++) {
        scratch.reset();
        const codes = new Width(buffer, at, short) as Uint8Array | Uint16Array | Uint32Array;
        const entries = 1 + Math.floor(random() * 255);
        for (let i = 0; i < short; i++) {
          codes[i] = Math.floor(random() * entries);
          validity[i >> 3] = Math.floor(random() * 256);
        }
        const share = random();
        const set = Uint8Array.from({ length: entries + 1 }, () => (random() < share ? 1 : 0));
        const valid = round % 3 === 0 ? null : validity;
        const all = view(Math.floor(random() * 40), 1 + Math.floor(random() * 259));
        const holds = (row: number): boolean => set[valid !== null && !isSet(valid, row) ? entries : codes[row]!] === 1;
        const kept = keepInSet(all, codes, valid, set, null)!;
        expect(listed(kept)).toEqual(listed(all).filter(holds));
        const low = Math.floor(random() * entries);
        const high = low + Math.floor(random() * (entries - low));
        const outside = random() < 0.5;
        for (let entry = 0; entry < entries; entry++) set[entry] = entry >= low && entry <= high !== outside ? 1 : 0;
        for (let entry = 0; entry < low; entry++) set[entry] = outside ? 1 : 0;
        const within = keepInSet(all, codes, valid, set, { low, high, outside })!;
        expect(listed(within)).toEqual(listed(all).filter(holds));
      }
    }
  });

  it('keep rows that have a value, and fill a whole block', () => {
    const { buffer, at, view, validity } = setUp();
    const values = new Uint16Array(buffer, at, rows);
    for (let row = 0; row < rows; row++) values[row] = row;
    validity.fill(0xff);
    const all = view(0, rows);
    expect(keepValid(all, validity)).toBe(all);
    const kept = keepInRange(all, values, validity, { low: 1, high: rows, outside: false })!;
    expect(kept.length).toBe(rows - 1);
    expect([kept.rows![0], kept.rows![rows - 2]]).toEqual([1, rows - 1]);
    validity.fill(0b1010_0000);
    expect(listed(keepValid(kept, validity)!).slice(0, 4)).toEqual([5, 7, 13, 15]);
    expect(listed(withOwnRows(kept))).toEqual(listed(kept));
  });

  it('list rows in the scratch where the room of masks has none left', () => {
    const { buffer, at, view, masks } = setUp();
    const values = new Uint8Array(buffer, at, rows);
    for (let row = 0; row < rows; row++) values[row] = row % 3;
    const kept = keepInRange(view(3, rows - 3), values, null, { low: 1, high: 1, outside: false })!;
    masks.take(masks.room);
    expect(listed(kept)).toEqual(listed(view(3, rows - 3)).filter((row) => row % 3 === 1));
    expect(keepInRange(view(0, rows), values, null, { low: 1, high: 1, outside: false })).toBeNull();
  });

  it('leave alone what lies elsewhere, lists, and sets that are too large', () => {
    const { cache, masks, buffer, at, view, scratch } = setUp();
    const codes = new Uint32Array(buffer, at, 100);
    const bounds = { low: 0, high: 1, outside: false };
    expect(keepInRange(view(0, 100), new Uint8Array(100), null, bounds)).toBeNull();
    expect(keepInRange(view(0, 100), codes, new Uint8Array(13), bounds)).toBeNull();
    expect(keepInRange(narrowed(view(0, 100), new Uint32Array([1, 5])), codes, null, bounds)).toBeNull();
    expect(keepInSet(view(0, 100), codes, null, new Uint8Array(4 * mebibyte), null)).toBeNull();
    scratch.masks = null as Arena | null;
    expect(keepInRange(view(0, 100), codes, null, bounds)).toBeNull();
    masks.release(0);
    const place = masks.take(16);
    masks.close();
    expect(openArena(cache, 3 * mebibyte).take(16)).toBe(place);
  });
});
