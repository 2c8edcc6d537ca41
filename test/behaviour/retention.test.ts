import { describe, expect, it } from 'vitest';
import type { Step } from '../../engine/base/duration.ts';
import { layCells, retentionAnswer } from '../../engine/execute/behaviour/retention-answer.ts';
import {
  beginCells,
  newRetentionCells,
  nextCells,
  type RetentionRules,
} from '../../engine/execute/behaviour/retention-cells.ts';
import { eventBuckets } from '../../engine/execute/behaviour/event-buckets.ts';
import { retentionRange } from '../../engine/execute/behaviour/retention-range.ts';
import { below, randomOf } from '../oracle/random.ts';
import { at, calendarStep, histories, inOrder, plain, randomCase, seed, spanOf, type SmallEvent } from './histories.ts';
import { groupsOf, naiveRetention, within, type RetentionQuestion, type RetentionRow } from './naive-retention.ts';

interface Question extends RetentionQuestion {
  readonly room: number;
}

/** Asks the passes: events outside of the range are left out before, as a scan does. */
function asked(all: readonly SmallEvent[], question: Question): RetentionRow[] {
  const { since, until, now, calendar, periods, recurring, after, grouped, room } = question;
  const events = within(all, question);
  const range = retentionRange(
    {
      written: { since, until },
      range: { since, until },
      now,
      every: calendar.step,
      timezone: calendar.zone,
      periods,
    },
    spanOf(events),
  );
  const ordered = inOrder(events);
  const buckets = new Int32Array(events.length);
  eventBuckets(ordered.times, events.length, range.bounds, buckets);
  const rules: RetentionRules = { periods, recurring, after, complete: range.complete };
  const cells = newRetentionCells(rules, Math.max(0, range.bounds.length - 1), room);
  beginCells(cells);
  const found: { group: string | null; cohort: number; period: number }[] = [];
  while (nextCells({ ...ordered, buckets }, rules, cells)) {
    for (let cell = 0; cell < cells.count; cell++) {
      const group = grouped ? ordered.events[cells.places[cell]!]!.node : null;
      found.push({ group, cohort: cells.cohorts[cell]!, period: cells.periods[cell]! });
    }
  }
  const groups = grouped ? groupsOf(found.map(({ group }) => group)) : [null];
  const laid = layCells(
    {
      count: found.length,
      groups: Uint32Array.from(found, ({ group }) => groups.indexOf(group)),
      cohorts: found.map(({ cohort }) => cohort),
      periods: found.map(({ period }) => period),
      actors: found.map(() => 1),
    },
    groups.length,
    range,
    periods,
  );
  const rows = retentionAnswer(laid, groups.length, range, periods);
  const columns = [rows.cohort, rows.actors, rows.period, rows.retained, rows.rate].map(plain);
  return Array.from({ length: rows.rowCount }, (_, row) => [
    groups[rows.groups[row]!]!,
    ...columns.map((column) => column[row] as number | null),
  ]);
}

describe('retention of random histories', () => {
  it(`agrees with sets of actors a bucket (seed ${seed}, ${histories} histories)`, () => {
    process.stderr.write(`Retention: seed ${seed} (VARVE_SEED), ${histories} histories (VARVE_HISTORIES).\n`);
    let cells = 0;
    for (let round = 0; round < histories; round++) {
      const random = randomOf(seed + round);
      const { events, times } = randomCase(random);
      const question: Question = {
        ...times,
        periods: below(random, 6),
        recurring: random() < 0.5,
        after: random() < 0.5,
        grouped: random() < 0.5,
        room: 1 + below(random, 20),
      };
      const rows = asked(events, question);
      cells += rows.length;
      expect(rows, `seed ${seed + round}: ${JSON.stringify({ question, events })}`).toEqual(
        naiveRetention(events, question),
      );
    }
    expect(cells).toBeGreaterThan(10 * histories);
  });
});

/** Facts of PostHog's own tests (MIT): actors, their events, and a row of retained actors a cohort. */
const vectors: readonly {
  readonly id: string;
  readonly unit: Step['unit'];
  readonly start: string;
  readonly after?: boolean;
  readonly p: Readonly<Record<string, readonly string[]>>;
  readonly expected: readonly (readonly number[])[];
}[] = [
  {
    id: 'PH-R1',
    unit: 'd',
    start: '2020-06-10',
    p: {
      p1: ['06-10T05', '06-11T05', '06-12T05', '06-15T05', '06-15T09', '06-16T05'],
      p2: ['06-11T05', '06-12T05', '06-13T05', '06-16T05'],
    },
    expected: [
      [1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0],
      [2, 2, 1, 0, 1, 2, 0, 0, 0, 0],
      [2, 1, 0, 1, 2, 0, 0, 0, 0],
      [1, 0, 0, 1, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
      [1, 1, 0, 0, 0, 0],
      [2, 0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0],
      [0, 0],
      [0],
    ],
  },
  {
    id: 'PH-R2',
    unit: 'mo',
    start: '2020-01-01',
    p: {
      p1: ['01-10T05', '02-10T05', '03-10T05', '05-10T05', '06-10T05', '09-10T05'],
      p2: ['01-10T05', '02-10T05', '03-10T05', '06-10T05', '07-10T05', '11-10T05'],
    },
    expected: [
      [2, 2, 2, 0, 1, 2, 1, 0, 1, 0, 1],
      [2, 2, 0, 1, 2, 1, 0, 1, 0, 1],
      [2, 0, 1, 2, 1, 0, 1, 0, 1],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [1, 1, 0, 0, 1, 0, 0],
      [2, 1, 0, 1, 0, 1],
      [1, 0, 0, 0, 1],
      [0, 0, 0, 0],
      [1, 0, 0],
      [0, 0],
      [1],
    ],
  },
  {
    // Its weeks begin on Sunday: everything is a day later here.
    id: 'PH-R3a',
    unit: 'w',
    start: '2020-06-08',
    p: {
      p1: ['06-11T05', '06-12T05', '06-18T05', '06-25T05', '07-05T05', '07-12T05'],
      p2: ['06-11T05', '06-12T05', '06-18T05', '07-05T05', '07-12T05', '07-26T05'],
    },
    expected: [[2, 2, 1, 2, 2, 0, 1], [2, 1, 2, 2, 0, 1], [1, 1, 1, 0, 0], [2, 2, 0, 1], [2, 0, 1], [0, 0], [1]],
  },
  {
    id: 'PH-R4',
    unit: 'h',
    start: '2020-06-10T06:00Z',
    p: {
      p1: ['06-10T06', '06-10T07', '06-10T08', '06-10T10', '06-10T11', '06-10T14'],
      p2: ['06-10T06', '06-10T07', '06-10T08', '06-10T11', '06-10T12', '06-10T16'],
    },
    expected: [
      [2, 2, 2, 0, 1, 2, 1, 0, 1, 0, 1],
      [2, 2, 0, 1, 2, 1, 0, 1, 0, 1],
      [2, 0, 1, 2, 1, 0, 1, 0, 1],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [1, 1, 0, 0, 1, 0, 0],
      [2, 1, 0, 1, 0, 1],
      [1, 0, 0, 0, 1],
      [0, 0, 0, 0],
      [1, 0, 0],
      [0, 0],
      [1],
    ],
  },
  {
    id: 'PH-R5',
    unit: 'd',
    start: '2020-06-11',
    after: true,
    p: {
      p1: ['06-10T05', '06-13T05', '06-14T05'],
      p2: ['06-10T05', '06-11T05'],
      p3: ['06-11T05', '06-12T05', '06-13T05'],
      p4: ['06-13T05', '06-14T05'],
      p5: ['06-14T05'],
    },
    expected: [[2, 1, 1, 0, 0], [1, 1, 0, 0], [3, 2, 0], [3, 0], [0]],
  },
];

describe("another system's retention", () => {
  it.each(vectors)('$id', ({ unit, start, after, p, expected }) => {
    const events = Object.entries(p).flatMap(([actor, times]) =>
      times.map((time) => ({
        ...{ actor, starting: true, ending: true, node: null },
        time: at(`2020-${time}:00Z`),
      })),
    );
    const calendar = { zone: 'UTC', step: { count: 1, unit } };
    const since = at(start);
    const until = calendarStep(since, calendar, expected.length);
    const rows = asked(events, {
      ...{
        calendar,
        since,
        until,
        now: until + 1,
        periods: expected.length - 1,
        recurring: true,
        after: after === true,
      },
      ...{ grouped: false, room: 64 },
    });
    const matrix = expected.map((own, cohort) =>
      expected.map((_, period) => {
        const row = rows[cohort * expected.length + period]!;
        expect(row.slice(1, 4)).toEqual([calendarStep(since, calendar, cohort), own[0], period]);
        return row[4];
      }),
    );
    expect(matrix).toEqual(expected.map((own) => expected.map((_, period) => own[period] ?? null)));
  });
});
