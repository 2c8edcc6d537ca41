import { describe, expect, it } from 'vitest';
import { beginCells, newRetentionCells, nextCells, type RetentionRules } from './retention-cells.ts';

type Event = readonly [bucket: number, flags: number];

function cellsOf(events: readonly Event[], rules: RetentionRules, room?: number): string[] {
  const cells = newRetentionCells(rules, 20, room);
  const found: string[] = [];
  const given = {
    actorCount: 1,
    starts: Uint32Array.of(0),
    ends: Uint32Array.of(events.length),
    buckets: Int32Array.from(events, ([bucket]) => bucket),
    flags: Uint8Array.from(events, ([, flags]) => flags),
  };
  beginCells(cells);
  while (nextCells(given, rules, cells)) {
    for (let cell = 0; cell < cells.count; cell++)
      found.push(`${cells.places[cell]}: ${cells.cohorts[cell]} +${cells.periods[cell]}`);
  }
  return found;
}

const rules: RetentionRules = { periods: 3, recurring: false, after: false, complete: 10 };

describe('nextCells', () => {
  it('takes the first start event in range, whatever returned before', () => {
    expect(
      cellsOf(
        [
          [-1, 3],
          [0, 2],
          [1, 2],
          [1, 1],
          [1, 3],
          [2, 3],
          [2, 2],
        ],
        rules,
      ),
    ).toEqual(['3: 1 +0', '3: 1 +1']);
  });

  it('makes a cohort of every bucket with a start event, by the first of each', () => {
    expect(
      cellsOf(
        [
          [0, 1],
          [1, 3],
          [1, 3],
          [3, 3],
        ],
        { ...rules, recurring: true },
      ),
    ).toEqual(['0: 0 +0', '0: 0 +1', '0: 0 +3', '1: 1 +0', '1: 1 +2', '3: 3 +0']);
  });

  it('retains up to the last complete bucket with a return event, where later ones will do', () => {
    const events: Event[] = [
      [0, 1],
      [2, 2],
      [5, 2],
    ];
    expect(cellsOf(events, { ...rules, after: true })).toEqual(['0: 0 +0', '0: 0 +1', '0: 0 +2', '0: 0 +3']);
    // The bucket of the last event is not over.
    expect(cellsOf(events, { ...rules, after: true, complete: 5 })).toEqual(['0: 0 +0', '0: 0 +1', '0: 0 +2']);
    expect(cellsOf(events, { ...rules, after: true, complete: 2 })).toEqual(['0: 0 +0']);
  });

  it('finds the same cells in the smallest room', () => {
    const events = Array.from({ length: 20 }, (_, bucket): Event => [bucket, 3]);
    for (const after of [false, true]) {
      const asked = { ...rules, after, recurring: true, complete: 18 };
      expect(cellsOf(events, asked, 1)).toEqual(cellsOf(events, asked));
      expect(cellsOf(events, asked)).toHaveLength(20 + 17 + 16 + 15);
    }
  });

  it('begins again with other events', () => {
    const cells = newRetentionCells(rules, 2, 1);
    const events = (actorCount: number) => ({
      actorCount,
      starts: Uint32Array.of(0, 1, 2),
      ends: Uint32Array.of(1, 2, 3),
      buckets: new Int32Array(3),
      flags: new Uint8Array(3).fill(1),
    });
    beginCells(cells);
    expect(nextCells(events(3), rules, cells)).toBe(true);
    beginCells(cells);
    let count = 0;
    while (nextCells(events(2), rules, cells)) count += cells.count;
    expect(count).toBe(2);
  });
});
