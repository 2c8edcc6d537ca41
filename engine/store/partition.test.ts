import { describe, expect, it } from 'vitest';
import { endOfPartition, hashRangesFor, isWithin, partitionOf, partitionWidths, widthFor } from './partition.ts';

const day = 86_400_000;

describe('partition', () => {
  it('holds its time, begins where it says and ends where the next begins', () => {
    for (const time of [0, -1, 1_709_251_199_999, Date.UTC(2024, 1, 29, 23, 59), Date.UTC(1969, 11, 31, 23), 2 ** 41]) {
      for (const width of partitionWidths) {
        const partition = partitionOf(time, width);
        const end = endOfPartition(partition);
        expect(partition.start).toBeLessThanOrEqual(time);
        expect(end).toBeGreaterThan(time);
        expect(partitionOf(end, width).start).toBe(end);
        expect(partitionOf(end - 1, width)).toEqual(partition);
      }
    }
  });

  it('lies in that of the next width', () => {
    for (const time of [0, 1_709_251_199_999, Date.UTC(2023, 11, 31, 23, 59)]) {
      partitionWidths.slice(1).forEach((width, index) => {
        expect(isWithin(partitionOf(time, partitionWidths[index]!), partitionOf(time, width))).toBe(true);
      });
    }
    expect(isWithin(partitionOf(0, 'month'), partitionOf(0, 'day'))).toBe(false);
  });

  it('is as wide as the volume wants', () => {
    expect(widthFor(1_000, 0, 3650 * day, 1_000_000)).toBe('year');
    expect(widthFor(20_000_000, 0, 90 * day, 1_000_000)).toBe('month');
    expect(widthFor(200_000_000, 0, 90 * day, 1_000_000)).toBe('day');
    expect(widthFor(200_000_000, 0, 2 * day, 1_000_000)).toBe('hour');
    expect(widthFor(2_000_000, 5, 5, 1_000_000)).toBe('hour');
  });

  it('is cut by hash into a power of two of equal ranges without gaps', () => {
    expect(hashRangesFor(10, 100)).toEqual([{ from: 0, to: 2 ** 32 }]);
    const ranges = hashRangesFor(50_000_000, 16_777_216);
    expect(ranges).toHaveLength(4);
    expect(ranges[0]!.from).toBe(0);
    expect(ranges.at(-1)!.to).toBe(2 ** 32);
    ranges.slice(1).forEach((range, index) => expect(range.from).toBe(ranges[index]!.to));
    expect(hashRangesFor(2 ** 40, 16_777_216)).toHaveLength(16);
  });
});
