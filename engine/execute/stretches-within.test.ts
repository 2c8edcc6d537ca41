import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSharedMemory } from '../kernels/memory.ts';
import { createBlockCache } from '../store/block-cache.ts';
import { openArena } from './arena.ts';
import { stretchesWithin } from './stretches-within.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_506);
const budget = 8 * 1024 * 1024;
const cache = createBlockCache(createSharedMemory({ initialBytes: budget, maximumBytes: budget }), budget);
const end = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(Infinity, -Infinity));

describe(`stretchesWithin (VARVE_SEED=${seed})`, () => {
  it('finds by kernels, and without, every stretch that can hold a key within the bound', () => {
    const arena = openArena(cache, 1024 * 1024);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(end, end), { minLength: 1, maxLength: 300 }),
        fc.boolean(),
        end,
        fc.nat(300),
        fc.nat(300),
        (stretches, descending, bound, one, other) => {
          const from = Math.min(one, other, stretches.length);
          const to = Math.min(Math.max(one, other), stretches.length);
          const ends = Float64Array.from([...stretches.map(([least]) => least), ...stretches.map(([, most]) => most)]);
          const wanted = stretches.flatMap(([least, most], stretch) =>
            stretch >= from && stretch < to && (descending ? -most : least) <= bound ? [stretch] : [],
          );
          const mark = arena.used;
          const at = arena.place(ends);
          const shared = new Float64Array(arena.memory.buffer, at, ends.length);
          expect(stretchesWithin(shared, descending, bound, from, to, arena)).toEqual(wanted);
          expect(stretchesWithin(ends, descending, bound, from, to, null)).toEqual(wanted);
          arena.release(mark);
          expect(arena.used).toBe(mark);
        },
      ),
      { seed },
    );
    arena.close();
  });
});
