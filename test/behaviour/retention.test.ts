import { describe, expect, it } from 'vitest';
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
import { eventsOfVector, retentionVectors } from './retention-vectors.ts';
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

describe("another system's retention", () => {
  it.each(retentionVectors)('$id', ({ unit, start, after, p, expected }) => {
    const events = eventsOfVector(p).map((event) => ({ ...event, starting: true, ending: true, node: null }));
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
