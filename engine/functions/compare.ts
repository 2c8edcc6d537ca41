import { compareTexts } from '../base/compare-text.ts';
import type { Scalar, ScalarRecord } from '../column/values.ts';

/** Orders two numbers, int and float exactly; -0 equals 0, NaN equals NaN and comes after all others. */
export function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  const aNan = typeof a === 'number' && Number.isNaN(a);
  const bNan = typeof b === 'number' && Number.isNaN(b);
  return aNan === bNan ? 0 : aNan ? 1 : -1;
}

/** Orders two values of comparable types, neither null; false before true, lists element by element, records field by field. */
export function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compareNullable(a[i] as Scalar, b[i] as Scalar);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (isRecord(a) && isRecord(b)) return compareScalars(Object.values(a), Object.values(b));
  if (typeof a === 'boolean' || typeof b === 'boolean') return Number(a) - Number(b);
  return compareNumbers(a as number | bigint, b as number | bigint);
}

function isRecord(value: Scalar): value is ScalarRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same, null last. */
function compareNullable(a: Scalar, b: Scalar): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return compareScalars(a, b);
}
