import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noSlot } from '../store/actor-slots.ts';
import { createActorStore } from './actor-store.ts';
import { createActorCounter } from './best-actors.ts';
import type { SliceSource } from './block-view.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 43);

/** One slice of two sources: rows of each actor in each of them; 0 = it has none there. */
function sliceOf(actors: readonly (readonly [number, number])[], nobody: number): SliceSource[] {
  const parts = [0, 1].map((source) => {
    const own = [...actors.keys()].filter((slot) => actors[slot]![source]! > 0);
    const lengths = [...own.map((slot) => actors[slot]![source]!), ...(nobody > 0 ? [nobody] : [])];
    const firstRows = new Uint32Array(lengths.length + 1);
    lengths.forEach((length, entry) => (firstRows[entry + 1] = firstRows[entry]! + length));
    return { slots: Uint32Array.from([...own, ...(nobody > 0 ? [noSlot] : [])]), entries: { firstRows } };
  });
  const firstRows = parts.map(({ entries }) => entries.firstRows);
  const slots = { slots: parts.map((part) => part.slots), firstRows, count: actors.length };
  return parts.map(({ entries }, part) => ({ entries, part, slots: () => slots }) as unknown as SliceSource);
}

const actor = fc.tuple(fc.nat(5), fc.nat(5)).filter(([a, b]) => a + b > 0);
const slice = fc.tuple(fc.array(actor, { minLength: 1, maxLength: 900 }), fc.nat(2));
const tasks = fc.array(fc.array(slice, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });

it('actors that can come out are kept, with all their rows, and the others are told', () => {
  fc.assert(
    fc.property(tasks, fc.integer({ min: 0, max: 60 }), fc.boolean(), (all, most, descending) => {
      const store = createActorStore();
      const counter = createActorCounter(store, most, descending);
      const every: number[] = [];
      const kept: number[] = [];
      for (const slices of all) {
        const rowsOfCode = new Map<number, number>();
        let before = 0;
        let nobodys = 0;
        for (const [actors, nobody] of slices) {
          const rows = counter.add(sliceOf(actors, nobody));
          actors.forEach(([a, b], slot) => rowsOfCode.set(before + slot + 1, a + b));
          before += actors.length;
          nobodys += 2 * nobody;
          expect(rows).toBe(actors.reduce((sum, [a, b]) => sum + a + b, 2 * nobody));
        }
        expect(counter.met).toBe(before);
        const { codes, rows, left } = counter.take();
        // The next task's codes begin anew.
        store.columnOf(new Uint32Array(0));
        const some = nobodys > 0 ? 1 : 0;
        if (some === 1) expect([codes[0], rows[0]]).toEqual([0, nobodys]);
        expect(left).toBe(before - (codes.length - some));
        for (let at = some; at < codes.length; at++) {
          expect(rows[at]).toBe(rowsOfCode.get(codes[at]!));
          kept.push(rows[at]!);
        }
        every.push(...rowsOfCode.values());
      }
      const order = (a: number, b: number): number => (descending ? b - a : a - b);
      const wanted = every.sort(order).slice(0, most);
      const found = kept.sort(order);
      expect(found.slice(0, most)).toEqual(wanted);
      // Those that have as many rows as the last may all come out.
      const last = wanted[most - 1];
      if (last !== undefined)
        expect(found.filter((own) => own === last).length).toBe(every.filter((own) => own === last).length);
    }),
    { seed, numRuns: 60 },
  );
});
