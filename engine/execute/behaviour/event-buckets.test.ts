import { describe, expect, it } from 'vitest';
import { bucketBoundaries, parseTime } from '../../base/calendar.ts';
import { assertFilled, bucketAt, eventBuckets } from './event-buckets.ts';

const at = (text: string, timezone = 'UTC'): number => parseTime(text, timezone)!;

function numbered(times: readonly number[], bounds: Float64Array): number[] {
  const out = new Int32Array(times.length).fill(77);
  eventBuckets(Float64Array.from(times), times.length, bounds, out);
  return [...out];
}

describe('bucketAt', () => {
  it('finds the greatest bound that is not after a moment, from any bucket before it', () => {
    const bounds = Float64Array.from({ length: 40 }, (_, bucket) => bucket * bucket);
    for (let time = 0; time < 39 * 39 + 3; time++) {
      const expected = Math.min(39, Math.floor(Math.sqrt(time)));
      for (let from = 0; from <= expected; from++) expect(bucketAt(bounds, time, from)).toBe(expected);
    }
  });
});

describe('eventBuckets', () => {
  it('numbers events whose times go up and down, and leaves out what is in no bucket', () => {
    const bounds = Float64Array.of(10, 20, 40, 50);
    expect(numbered([9, 10, 19, 20, 39, 40, 49, 50, 12, 51, 41, 10], bounds)).toEqual([
      -1, 0, 0, 1, 1, 2, 2, -1, 0, -1, 2, 0,
    ]);
  });

  it('has no bucket without bounds', () => {
    expect(numbered([1, 2], new Float64Array(0))).toEqual([-1, -1]);
  });

  it('follows days of 23 and 25 hours', () => {
    const zone = 'Europe/Berlin';
    const bounds = bucketBoundaries(at('2024-03-30', zone), at('2024-04-02', zone), { count: 1, unit: 'd' }, zone);
    // 2024-03-31 is from 23:00Z to 22:00Z.
    expect(
      numbered(
        ['2024-03-30T22:59:59.999Z', '2024-03-30T23:00Z', '2024-03-31T21:59:59.999Z', '2024-03-31T22:00Z'].map((text) =>
          at(text),
        ),
        bounds,
      ),
    ).toEqual([0, 1, 1, 2]);
  });
});

describe('assertFilled', () => {
  it('names the limit and the mend', () => {
    assertFilled('lifecycle', 100_000);
    expect(() => assertFilled('lifecycle', 100_001)).toThrow(/lifecycle makes 100001 rows .*filledRowsMax/);
  });
});
