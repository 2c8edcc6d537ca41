import { describe, expect, it } from 'vitest';
import { lifecycleAnswer } from '../../engine/execute/behaviour/lifecycle-answer.ts';
import {
  countLifecycle,
  lifecycleBuckets,
  newLifecycleCounts,
} from '../../engine/execute/behaviour/lifecycle-cells.ts';
import { pick, randomOf } from '../oracle/random.ts';
import {
  at,
  calendarStep,
  histories,
  inOrder,
  plain,
  randomCase,
  seed,
  spanOf,
  type Calendar,
  type SmallEvent,
  type Times,
} from './histories.ts';
import { naiveLifecycle, type LifecycleRow } from './naive-lifecycle.ts';

/** Asks the pass, slice by slice: events before `since` are read, those from `until` on are not. */
function asked(all: readonly SmallEvent[], question: Times, slices: number): LifecycleRow[] {
  const { since, until, now, calendar } = question;
  const plan = { written: { since, until }, range: { since, until }, now, timezone: calendar.zone } as const;
  const events = all.filter(({ time }) => until === null || time < until);
  const buckets = lifecycleBuckets({ ...plan, every: calendar.step }, spanOf(events));
  const counts = newLifecycleCounts(buckets);
  for (let slice = 0; slice < slices; slice++)
    countLifecycle(inOrder(events.filter(({ actor }) => actor.charCodeAt(1) % slices === slice)), buckets, counts);
  const rows = lifecycleAnswer(plan, buckets, counts);
  const columns = [rows.time, rows.new, rows.returning, rows.resurrecting, rows.dormant, rows.partial].map(plain);
  return Array.from({ length: rows.rowCount }, (_, row) => columns.map((column) => column[row] as number | boolean));
}

describe('lifecycle of random histories', () => {
  it(`agrees with actors asked one by one (seed ${seed}, ${histories} histories)`, () => {
    process.stderr.write(`Lifecycle: seed ${seed} (VARVE_SEED), ${histories} histories (VARVE_HISTORIES).\n`);
    let buckets = 0;
    for (let round = 0; round < histories; round++) {
      const random = randomOf(seed + round);
      const { events, times: question } = randomCase(random);
      const rows = asked(events, question, pick(random, [1, 2, 3]));
      buckets += rows.length;
      expect(rows, `seed ${seed + round}: ${JSON.stringify({ question, events })}`).toEqual(
        naiveLifecycle(events, question),
      );
    }
    expect(buckets).toBeGreaterThan(3 * histories);
  });
});

describe("another system's lifecycle", () => {
  it('PH-L1, where dormant is a negative count', () => {
    const days = { p1: [11, 12, 13, 15, 17, 19], p2: [9, 12], p3: [12], p4: [15] };
    const events = Object.entries(days).flatMap(([actor, own]) =>
      own.map((day) => ({
        ...{ actor, starting: false, ending: false, node: null },
        time: at(`2020-01-${String(day).padStart(2, '0')}T12:00Z`),
      })),
    );
    const calendar: Calendar = { zone: 'UTC', step: { count: 1, unit: 'd' } };
    const rows = asked(
      events,
      { calendar, since: at('2020-01-09'), until: at('2020-01-20'), now: at('2020-02-01') },
      1,
    );
    expect(rows.map((row) => row[0])).toEqual(
      Array.from({ length: 11 }, (_, day) => calendarStep(at('2020-01-09'), calendar, day)),
    );
    expect([1, 2, 3, 4].map((column) => rows.map((row) => row[column]))).toEqual([
      [1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0],
      [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1],
      [0, 1, 0, 0, 2, 1, 0, 2, 0, 1, 0],
    ]);
    expect(rows.map((row) => row[5])).toEqual(rows.map(() => false));
  });
});
