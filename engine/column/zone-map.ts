import { statsOfVector, type BlockStats } from './block-stats.ts';
import { densify, type DenseVector } from './dense.ts';
import { countNulls } from './validity.ts';
import type { Vector } from './vector.ts';

/**
 * What a block's column is known to hold. `min` and `max` are those of its values: numbers for int, float, time and
 * bool (0 and 1). They are null for text, lists, ints beyond ±2^53, floats with a NaN among them, and no values at all.
 */
export interface Zone {
  readonly nulls: number;
  readonly min: number | null;
  readonly max: number | null;
}

/** What a zone says of a condition: it holds for every row of the block, for none, or one must look. */
export type ZoneVerdict = 'all' | 'none' | 'some';

/** The comparisons that a zone can decide, column on the left. */
export type ZoneComparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Measures the zone of a column of a block. */
export function zoneOfVector(vector: Vector): Zone {
  // Nothing has to be measured of these.
  if (vector.kind === 'null') return { nulls: vector.length, min: null, max: null };
  if (vector.kind === 'text' || vector.kind === 'list') {
    return { nulls: countNulls(vector.validity, vector.length), min: null, max: null };
  }
  const { vector: dense, nulls } = densify(vector);
  return zoneOfDense(dense, statsOfVector(dense), nulls);
}

/** @returns the zone of a vector of which it is known what `densify` and `statsOfVector` say. */
export function zoneOfDense(dense: DenseVector, stats: BlockStats, nulls: number): Zone {
  const none: Zone = { nulls, min: null, max: null };
  if (dense.length === 0) return none;
  switch (dense.kind) {
    case 'null':
    case 'text':
    case 'list':
      return none;
    case 'int':
      return stats.wideMin === null ? { nulls, min: stats.min, max: stats.max } : none;
    case 'bool':
      return { nulls, min: stats.min, max: stats.max };
    case 'float':
      return Number.isNaN(stats.min) ? none : { nulls, min: stats.min, max: stats.max };
  }
}

/**
 * Decides a comparison of a block's column with a constant by its zone alone. A row without a value never fulfils one.
 * @param constant a number as the zone's are (a time's UTC milliseconds, a bool's 0 or 1), not NaN.
 */
export function decideByZone(zone: Zone, rows: number, comparison: ZoneComparison, constant: number): ZoneVerdict {
  if (zone.nulls >= rows) return 'none';
  if (zone.min === null || zone.max === null) return 'some';
  const verdict = decideValues(zone.min, zone.max, comparison, constant);
  return verdict === 'all' && zone.nulls > 0 ? 'some' : verdict;
}

function decideValues(min: number, max: number, comparison: ZoneComparison, constant: number): ZoneVerdict {
  switch (comparison) {
    case '=':
      if (constant < min || constant > max) return 'none';
      return min === constant && max === constant ? 'all' : 'some';
    case '!=':
      if (constant < min || constant > max) return 'all';
      return min === constant && max === constant ? 'none' : 'some';
    case '<':
      return max < constant ? 'all' : min >= constant ? 'none' : 'some';
    case '<=':
      return max <= constant ? 'all' : min > constant ? 'none' : 'some';
    case '>':
      return min > constant ? 'all' : max <= constant ? 'none' : 'some';
    case '>=':
      return min >= constant ? 'all' : max < constant ? 'none' : 'some';
  }
}
