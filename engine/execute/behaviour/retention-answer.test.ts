import { describe, expect, it } from 'vitest';
import { layCells, retentionAnswer } from './retention-answer.ts';

const none = { count: 0, groups: new Uint32Array(0), cohorts: [], periods: [], actors: [] };

describe('layCells', () => {
  it('refuses more rows than an answer may have before it makes them', () => {
    expect(() => layCells(none, 2, { cohorts: 60_000 }, 1)).toThrow(/120000 rows of buckets.*filledRowsMax/);
    expect(() => layCells(none, 1, { cohorts: 1 }, 10_000_000)).toThrow(/resultRowsMax/);
  });
});

describe('retentionAnswer', () => {
  it('weighs complete cells by the size of their cohort', () => {
    const bounds = Float64Array.of(0, 1, 2, 3);
    const cells = {
      count: 5,
      groups: new Uint32Array(5),
      ...{ cohorts: [0, 0, 1, 1, 2], periods: [0, 1, 0, 1, 0], actors: [1, 1, 3, 1, 8] },
    };
    const range = { bounds, cohorts: 3, complete: 2 };
    const rows = retentionAnswer(layCells(cells, 1, range, 1), 1, range, 1);
    expect(rows.rowCount).toBe(8);
    // Of the cohort at 1 period 1 is in a bucket that is not over, and so is the cohort at 2.
    expect(rows.actors).toMatchObject({ values: Float64Array.of(1, 1, 3, 3, 8, 8, 4, 1) });
    expect(rows.retained).toMatchObject({
      values: Float64Array.of(1, 1, 3, 0, 0, 0, 4, 1),
      nulls: Uint8Array.of(0, 0, 0, 1, 1, 1, 0, 0),
    });
    expect(rows.rate).toMatchObject({
      values: Float64Array.of(1, 1, 1, 0, 0, 0, 1, 1),
      nulls: Uint8Array.of(0, 0, 0, 1, 1, 1, 0, 0),
    });
    expect(rows.cohort).toMatchObject({ nulls: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1) });
  });

  it('has no rate of nobody, and no row without buckets', () => {
    const range = { bounds: Float64Array.of(0, 1), cohorts: 1, complete: 1 };
    const rows = retentionAnswer(layCells(none, 1, range, 0), 1, range, 0);
    expect(rows).toMatchObject({
      rowCount: 2,
      retained: { values: Float64Array.of(0, 0), nulls: Uint8Array.of(0, 0) },
      rate: { nulls: Uint8Array.of(1, 1) },
    });
    const empty = { bounds: new Float64Array(0), cohorts: 0, complete: 0 };
    expect(retentionAnswer(layCells(none, 1, empty, 3), 1, empty, 3).rowCount).toBe(0);
  });
});
