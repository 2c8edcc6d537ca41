import { describe, expect, it } from 'vitest';
import { parseTime } from '../../base/calendar.ts';
import type { Step } from '../../base/duration.ts';
import { countLifecycle, lifecycleBuckets, newLifecycleCounts } from './lifecycle-cells.ts';

/** Four numbers a bucket: new, returning, resurrecting, dormant. */
function counted(
  every: Step,
  [since, until]: readonly [string, string],
  actors: readonly (readonly string[])[],
  timezone = 'UTC',
): number[][] {
  const at = (text: string): number => parseTime(text, timezone)!;
  const written = { since: at(since), until: at(until) };
  const times = actors.flat().map(at);
  const buckets = lifecycleBuckets(
    { written, range: written, now: at('2030-01-01'), every, timezone },
    { timeMin: Math.min(...times), timeMax: Math.max(...times) },
  );
  const starts = new Uint32Array(actors.length + 1);
  actors.forEach((own, actor) => (starts[actor + 1] = starts[actor] + own.length));
  const counts = newLifecycleCounts(buckets);
  const ends = starts.subarray(1);
  countLifecycle({ actorCount: actors.length, starts, ends, times: Float64Array.from(times) }, buckets, counts);
  return Array.from({ length: counts.length / 4 }, (_, bucket) => [...counts.subarray(4 * bucket, 4 * bucket + 4)]);
}

const day: Step = { count: 1, unit: 'd' };

describe('countLifecycle', () => {
  it('looks at the day before the first, and at all before it', () => {
    const range = ['2024-01-10', '2024-01-12'] as const;
    expect(counted(day, range, [['2024-01-10']])).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, 1],
    ]);
    expect(counted(day, range, [['2024-01-09', '2024-01-10', '2024-01-11']])).toEqual([
      [0, 1, 0, 0],
      [0, 1, 0, 0],
    ]);
    expect(counted(day, range, [['2023-01-01', '2024-01-08', '2024-01-10']])).toEqual([
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ]);
    expect(counted(day, range, [['2024-01-09']])).toEqual([
      [0, 0, 0, 1],
      [0, 0, 0, 0],
    ]);
    expect(counted(day, range, [['2024-01-08', '2024-01-11'], [], ['2024-01-11']])).toEqual([
      [0, 0, 0, 0],
      [1, 0, 1, 0],
    ]);
  });

  it('counts an event from since on, and takes those before it for activity', () => {
    const range = ['2024-01-10 12:00', '2024-01-12'] as const;
    expect(counted(day, range, [['2024-01-10 11:00', '2024-01-10 13:00', '2024-01-11']])).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
    // Active on the first day, but not in range: none of the four there.
    expect(counted(day, range, [['2024-01-09', '2024-01-10 11:00']])).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 1],
    ]);
    expect(counted(day, range, [['2024-01-10 11:00', '2024-01-11']])).toEqual([
      [0, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
  });

  it('knows days of 23 hours and months of 29 days', () => {
    const zone = 'Europe/Berlin';
    expect(
      counted(day, ['2024-03-31', '2024-04-02'], [['2024-03-30 23:59', '2024-03-31 23:59', '2024-04-01 00:00']], zone),
    ).toEqual([
      [0, 1, 0, 0],
      [0, 1, 0, 0],
    ]);
    const month: Step = { count: 1, unit: 'mo' };
    expect(counted(month, ['2024-02-01', '2024-04-01'], [['2024-01-31', '2024-02-29 23:59']])).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 1],
    ]);
  });

  it('has no bucket in an empty range', () => {
    expect(counted(day, ['2024-01-10', '2024-01-10'], [['2024-01-10']])).toEqual([]);
  });
});
