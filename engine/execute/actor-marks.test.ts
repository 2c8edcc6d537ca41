import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../data/random.ts';
import { createSharedMemory } from '../kernels/memory.ts';
import { noSlot } from '../store/actor-slots.ts';
import { createBlockCache } from '../store/block-cache.ts';
import { createActorMarks, type ActorMarks } from './actor-marks.ts';
import { openArena, type Arena } from './arena.ts';
import type { BlockView } from './block-view.ts';
import { slidingOf } from './mark-room.ts';
import { createScratch } from './scratch.ts';

const seed = 20_260_515;
const arena = openArena(
  createBlockCache(createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 27 }), 2 ** 26),
  2 ** 22,
);

/** A view over runs of slots, all rows of it or some. */
function randomView(random: Random, slotCount: number): { view: BlockView; slotOfRow: number[] } {
  const runs = 1 + random.integer(50);
  const slots = Uint32Array.from({ length: runs }, () =>
    random.integer(9) === 0 ? noSlot : random.integer(slotCount),
  );
  const firstRows = new Uint32Array(runs + 1);
  firstRows[0] = random.integer(5000);
  for (let run = 0; run < runs; run++) firstRows[run + 1] = firstRows[run]! + 1 + random.integer(20);
  const firstRow = firstRows[0]! - random.integer(firstRows[0]! + 1);
  const from = firstRows[0]! - firstRow;
  const length = firstRows[runs]! - firstRows[0]!;
  const all = random.integer(2) === 0;
  const rows = Uint32Array.from({ length }, (_, row) => from + row).filter(() => all || random.integer(3) > 0);
  const view = {
    open: { source: { blocks: [{ firstRow, rowCount: from + length }] } },
    part: {
      entries: { firstRows },
      slots: () => ({ slots: [slots], firstRows: [firstRows], count: slotCount }),
      part: 0,
    },
    block: 0,
    from,
    length: all ? length : rows.length,
    rows: all ? null : rows,
    mask: null,
    scratch: createScratch(),
  } as unknown as BlockView;
  const slotOf = (place: number): number => {
    let run = 0;
    while (firstRows[run + 1]! <= firstRow + place) run++;
    return slots[run]!;
  };
  return { view, slotOfRow: [...rows].map(slotOf) };
}

/** Adds views of one slice to marks and to sets of slots by group; groups become more from view to view. */
function addSlice(marks: ActorMarks, random: Random, slotCount: number, groupsMost: number): Map<number, Set<number>> {
  const met = new Map<number, Set<number>>();
  marks.start(slotCount, random.integer(groupsMost));
  let bits = 1;
  for (let number = 0; number < 12; number++) {
    bits = Math.max(bits, 1 + random.integer(groupsMost));
    const { view, slotOfRow } = randomView(random, slotCount);
    const groups = random.integer(7) === 0 ? null : Uint32Array.from(slotOfRow, () => random.integer(bits));
    const some = random.integer(3) === 0;
    const rows = Uint32Array.from(slotOfRow.keys()).filter(() => !some || random.integer(2) === 0);
    marks.add(view, groups, some ? rows : null, bits);
    for (const row of rows) {
      const group = groups === null ? 0 : groups[row]!;
      if (slotOfRow[row] === noSlot) continue;
      if (!met.has(group)) met.set(group, new Set());
      met.get(group)!.add(slotOfRow[row]!);
    }
  }
  return met;
}

const places: readonly (readonly [string, Arena | null])[] = [
  ['in the memory of kernels', arena],
  ['on the heap', null],
];
// Few groups, as many as a vector has bits, more, and so many that pairs are kept instead.
const shapes = [
  [300, 50],
  [300, 120],
  [700, 900],
  [40_000, 5000],
] as const;

describe.each(places)('marks of actors %s', (_, own) => {
  it.each(shapes)('of %i slots and up to %i groups are counted as sets are', (slotCount, groups) => {
    const marks = createActorMarks(own);
    for (let slice = 0; slice < 12; slice++) {
      const met = addSlice(marks, createRandom(seed + slice), slotCount, groups);
      const counts = marks.count();
      const found = new Map([...counts.entries()].filter(([, count]) => count > 0));
      expect(found).toEqual(new Map([...met].map(([group, slots]) => [group, slots.size])));
    }
    marks.close();
  });

  it.each([
    [300, 60, 3],
    [2000, 100, 30],
    [40_000, 120, 40],
  ])('of %i slots are counted once a window of %i cells in %i series', (slotCount, cellCount, series) => {
    const unit = 2 * Math.ceil(cellCount / 64);
    const span = 32 * unit;
    const marks = createActorMarks(own, unit);
    const width = 6;
    const firsts = Int32Array.from({ length: span }, (_value, cell) => cell);
    const windows = span - 2;
    const lasts = firsts.map((first) => Math.min(first + width, windows - 1));
    // Cells that lie in no window, before all others and behind them.
    firsts[0] = windows;
    lasts[0] = -1;
    const sliding = slidingOf(firsts, lasts, windows);
    expect(sliding).toMatchObject({ behind: 0, span: width + 1 });
    for (let slice = 0; slice < 6; slice++) {
      const met = addSlice(marks, createRandom(seed - slice), slotCount, series * span);
      const wanted = new Map<string, Set<number>>();
      for (const [group, slots] of met) {
        for (let window = firsts[group % span]!; window <= lasts[group % span]!; window++) {
          const name = `${Math.floor(group / span)} ${window}`;
          wanted.set(name, new Set([...(wanted.get(name) ?? []), ...slots]));
        }
      }
      const found = new Map<string, number>();
      const cells = { firsts, lasts, windows, sliding: slice % 2 === 0 ? sliding : null };
      marks.countWindows(cells, (one, window, actors) => found.set(`${one} ${window}`, actors));
      expect(found).toEqual(new Map([...wanted].map(([name, slots]) => [name, slots.size])));
    }
    marks.close();
  });
});
