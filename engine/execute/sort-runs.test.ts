import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderByHash } from './hash-order.ts';
import { mergeRuns, sortRunsByTime } from './sort-runs.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 41);

describe('runs of rows', () => {
  it('are merged by time, rows of one time in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 40 }), (times) => {
        const rows = Uint32Array.from(times.keys());
        mergeRuns(rows, 0, rows.length, Float64Array.from(times), new Uint32Array(rows.length));
        const wanted = [...times.keys()].sort((a, b) => times[a]! - times[b]! || a - b);
        expect([...rows]).toEqual(wanted);
      }),
      { seed },
    );
  });

  it('are sorted entry by entry, those without a time last, and entries of nobody stay', () => {
    const rows = Uint32Array.of(0, 1, 2, 3, 4, 5);
    const times = Float64Array.of(9, 2, 1, 7, 6, 5);
    const nulls = Uint8Array.of(1, 0, 0, 0, 0, 0);
    const skipped = Uint8Array.of(0, 0, 1);
    expect(sortRunsByTime(rows, Uint32Array.of(0, 3, 4, 6), times, nulls, skipped)).toBe(true);
    expect([...rows]).toEqual([2, 1, 0, 3, 4, 5]);
    expect(sortRunsByTime(rows, Uint32Array.of(0, 3, 4, 6), times, nulls, skipped)).toBe(false);
  });
});

describe('order by hash', () => {
  it('is that of the upper word, then the lower, then of ties', () => {
    const words = fc.array(fc.tuple(fc.integer({ min: 100, max: 120 }), fc.nat(3)), { maxLength: 60 });
    fc.assert(
      fc.property(words, (pairs) => {
        const hashes = Uint32Array.from(pairs.flatMap(([high, low]) => [low, high]));
        const order = orderByHash(hashes, pairs.length, { from: 100, to: 121 }, (a, b) => b - a);
        const wanted = [...pairs.keys()].sort(
          (a, b) => pairs[a]![0] - pairs[b]![0] || pairs[a]![1] - pairs[b]![1] || b - a,
        );
        expect([...order]).toEqual(wanted);
      }),
      { seed },
    );
  });
});
