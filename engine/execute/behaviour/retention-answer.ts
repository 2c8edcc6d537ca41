import type { Values } from '../../column/values.ts';
import { VarveError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';
import { assertFilled } from './event-buckets.ts';
import type { RetentionRange } from './retention-range.ts';

/** How many actors each cell has, a row a cell of some group: cells without actors need none. */
export interface CountedCells {
  readonly count: number;
  /** Numbers of groups, in the order that the answer has them. */
  readonly groups: Uint32Array;
  readonly cohorts: ArrayLike<number>;
  readonly periods: ArrayLike<number>;
  readonly actors: ArrayLike<number>;
}

/** The answer's columns; `groups` says whose keys stand before them. */
export interface RetentionRows {
  readonly rowCount: number;
  readonly groups: Uint32Array;
  readonly cohort: Values;
  readonly actors: Values;
  readonly period: Values;
  readonly retained: Values;
  readonly rate: Values;
}

/**
 * Lays cells out: actors of (group, cohort, period) at place (group × cohorts + cohort) × (periods + 1) + period.
 * @param groupCount groups that the answer has: without keys one, also where no event is.
 * @throws VarveError `limit` where groups have more cohorts than `every` fills, or the answer more rows than one may have.
 */
export function layCells(
  cells: CountedCells,
  groupCount: number,
  { cohorts }: Pick<RetentionRange, 'cohorts'>,
  periods: number,
): Float64Array {
  assertFilled('retention', groupCount * cohorts);
  const rows = groupCount * (cohorts + 1) * (periods + 1);
  if (rows > limits.resultRowsMax) {
    throw new VarveError(
      'limit',
      `The answer has ${rows} rows, at most ${limits.resultRowsMax} are returned (resultRowsMax).`,
      {
        hint: 'Ask for fewer periods or groups, take wider buckets, or narrow the range with since and until.',
      },
    );
  }
  const laid = new Float64Array(groupCount * cohorts * (periods + 1));
  for (let cell = 0; cell < cells.count; cell++) {
    const series = cells.groups[cell] * cohorts + cells.cohorts[cell];
    laid[series * (periods + 1) + cells.periods[cell]] += cells.actors[cell];
  }
  return laid;
}

/**
 * Makes the rows of a retention: group after group its cohorts, each with its periods, then the means.
 *
 * A period whose bucket is not complete has `retained` and `rate` null, while `actors` is how many the cohort has so
 * far. A mean is over the cohorts whose cell of the period is complete: `actors` and `retained` are their sums, so that
 * `rate` is one by the other, as in every row; without any such cohort `retained` is null. The rate of nobody is null.
 * @param laid what `layCells` made.
 */
export function retentionAnswer(
  laid: Float64Array,
  groupCount: number,
  { bounds, cohorts, complete }: RetentionRange,
  periods: number,
): RetentionRows {
  const width = periods + 1;
  const rowCount = cohorts === 0 ? 0 : groupCount * (cohorts + 1) * width;
  const rows = newRows(rowCount);
  const sizes = new Float64Array(width);
  const kept = new Float64Array(width);
  let row = 0;
  for (let group = 0; row < rowCount; group++) {
    sizes.fill(0);
    kept.fill(0);
    for (let cohort = 0; cohort < cohorts; cohort++) {
      const first = (group * cohorts + cohort) * width;
      const size = laid[first];
      for (let period = 0; period < width; period++, row++) {
        const isOver = cohort + period < complete;
        rows.cohort[row] = bounds[cohort];
        setRow(rows, row, group, period, size, isOver ? laid[first + period] : null);
        if (!isOver) continue;
        sizes[period] += size;
        kept[period] += laid[first + period];
      }
    }
    for (let period = 0; period < width; period++, row++) {
      rows.isMean[row] = 1;
      setRow(rows, row, group, period, sizes[period], period < complete ? kept[period] : null);
    }
  }
  const number = (values: Float64Array, nulls: Uint8Array | null): Values => ({
    kind: 'number',
    length: rowCount,
    values,
    nulls,
  });
  return {
    rowCount,
    groups: rows.groups,
    cohort: number(rows.cohort, rows.isMean),
    actors: number(rows.actors, null),
    period: number(rows.periods, null),
    retained: number(rows.retained, rows.isOpen),
    rate: number(rows.rate, rows.hasNoRate),
  };
}

function newRows(length: number) {
  return {
    groups: new Uint32Array(length),
    cohort: new Float64Array(length),
    isMean: new Uint8Array(length),
    actors: new Float64Array(length),
    periods: new Float64Array(length),
    retained: new Float64Array(length),
    isOpen: new Uint8Array(length),
    rate: new Float64Array(length),
    hasNoRate: new Uint8Array(length),
  };
}

/** @param retained null = not known yet. */
function setRow(
  rows: ReturnType<typeof newRows>,
  row: number,
  group: number,
  period: number,
  actors: number,
  retained: number | null,
): void {
  rows.groups[row] = group;
  rows.periods[row] = period;
  rows.actors[row] = actors;
  rows.retained[row] = retained ?? 0;
  if (retained === null) rows.isOpen[row] = 1;
  if (retained === null || actors === 0) rows.hasNoRate[row] = 1;
  else rows.rate[row] = retained / actors;
}
