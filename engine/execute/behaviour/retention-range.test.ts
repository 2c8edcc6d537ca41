import { describe, expect, it } from 'vitest';
import { formatTimeUtc, parseTime } from '../../base/calendar.ts';
import type { Step } from '../../base/duration.ts';
import { retentionRange } from './retention-range.ts';

interface Asked {
  readonly every: Step;
  readonly since?: string;
  readonly until?: string;
  readonly now: string;
  readonly periods: number;
  readonly timezone?: string;
  readonly events: readonly [first: string, last: string];
}

function laid({ every, since, until, now, periods, timezone = 'UTC', events }: Asked) {
  const at = (text: string): number => parseTime(text, timezone)!;
  const written = { since: since === undefined ? null : at(since), until: until === undefined ? null : at(until) };
  const span = { timeMin: at(events[0]), timeMax: at(events[1]) };
  const { bounds, cohorts, complete } = retentionRange(
    { written, range: written, now: at(now), every, timezone, periods },
    span,
  );
  return { bounds: Array.from(bounds, formatTimeUtc).map((text) => text.slice(0, 16)), cohorts, complete };
}

const day: Step = { count: 1, unit: 'd' };

describe('retentionRange', () => {
  it('ends with until, and a bucket that it cuts is not complete', () => {
    expect(
      laid({
        ...{ every: day, since: '2024-01-01', until: '2024-01-03 12:00', now: '2024-06-01', periods: 9 },
        events: ['2024-01-01', '2024-01-02'],
      }),
    ).toEqual({
      bounds: ['2024-01-01T00:00', '2024-01-02T00:00', '2024-01-03T00:00', '2024-01-04T00:00'],
      ...{ cohorts: 3, complete: 2 },
    });
  });

  it('knows nothing of the present bucket and those to come, also before a written until', () => {
    expect(
      laid({
        ...{ every: day, since: '2024-01-01', until: '2024-01-06', now: '2024-01-03 00:00', periods: 9 },
        events: ['2024-01-01', '2024-01-02'],
      }),
    ).toMatchObject({ cohorts: 5, complete: 2 });
  });

  it('goes on to the present behind the last event, as far as periods reach', () => {
    const asked = { every: day, periods: 3, events: ['2024-01-01', '2024-01-02 05:00'] } as const;
    expect(laid({ ...asked, now: '2024-06-01' })).toEqual({
      bounds: ['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-06'].map(
        (text) => `${text}T00:00`,
      ),
      ...{ cohorts: 2, complete: 5 },
    });
    expect(laid({ ...asked, now: '2024-01-03 12:00' })).toMatchObject({ cohorts: 2, complete: 2 });
    expect(laid({ ...asked, now: '2024-01-02 12:00' })).toMatchObject({ cohorts: 2, complete: 1 });
  });

  it('has months of their own lengths, and days of 23 and 25 hours', () => {
    expect(
      laid({
        ...{ every: { count: 1, unit: 'mo' }, now: '2030-01-01', periods: 2, timezone: 'Europe/Berlin' },
        events: ['2024-01-31 23:30', '2024-02-01 00:30'],
      }),
    ).toEqual({
      bounds: ['2023-12-31T23:00', '2024-01-31T23:00', '2024-02-29T23:00', '2024-03-31T22:00', '2024-04-30T22:00'],
      ...{ cohorts: 2, complete: 4 },
    });
    expect(
      laid({
        ...{ every: day, now: '2030-01-01', periods: 2, timezone: 'Europe/Berlin' },
        events: ['2024-10-26 12:00', '2024-10-26 13:00'],
      }),
    ).toEqual({
      bounds: ['2024-10-25T22:00', '2024-10-26T22:00', '2024-10-27T23:00', '2024-10-28T23:00'],
      ...{ cohorts: 1, complete: 3 },
    });
  });

  it('lays no bucket where nothing is, and stops at its end for any number of periods', () => {
    const nothing = { written: { since: null, until: null }, range: { since: null, until: null } };
    expect(
      retentionRange(
        { ...nothing, now: 0, every: day, timezone: 'UTC', periods: 7 },
        { timeMin: Infinity, timeMax: -Infinity },
      ),
    ).toEqual({ bounds: new Float64Array(0), cohorts: 0, complete: 0 });
    expect(
      laid({ every: day, now: '2024-01-11', periods: 1_000_000_000, events: ['2024-01-01', '2024-01-01'] }),
    ).toMatchObject({ cohorts: 1, complete: 10 });
  });
});
