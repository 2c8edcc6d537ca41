import type { Values } from '../../column/values.ts';
import { isNullAt, scalarAt } from '../access.ts';
import type { ScalarContext } from './scalar.ts';

export const int64Min = -(2n ** 63n);
export const int64Max = 2n ** 63n - 1n;

/** What a warning calls an operator whose registry name is not what stands in the query. */
const shownNames = new Map([
  ['negate', '-'],
  ['add_duration', '+'],
  ['subtract_duration', '-'],
]);

/** Counts rows without a value under the name that stands in the query. */
export function noteMissing(name: string, rows: number, context: ScalarContext): void {
  if (rows > 0) context.noteNoValue(shownNames.get(name) ?? name, rows);
}

/** An int as what it fits in. */
export function narrowed(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** @returns a column of numbers as floats. */
export function floatsOf(values: Values): Float64Array {
  if (values.kind === 'number') return values.values;
  return values.kind === 'bigint' ? Float64Array.from(values.values, Number) : new Float64Array(values.length);
}

/** Maps floats. NaN of what is not NaN is no value. */
export function mapFloats(name: string, a: Values, context: ScalarContext, of: (a: number) => number): Values {
  const { length } = a;
  const from = floatsOf(a);
  const skipped = a.kind === 'null' ? null : a.nulls;
  const values = new Float64Array(length);
  let nulls: Uint8Array | null = null;
  let missing = 0;
  for (let row = 0; row < length; row++) {
    const value = of(from[row]);
    values[row] = value;
    if (value === value || from[row] !== from[row] || (skipped !== null && skipped[row] === 1)) continue;
    nulls ??= new Uint8Array(length);
    nulls[row] = 1;
    missing++;
  }
  noteMissing(name, missing, context);
  return { kind: 'number', length, values, nulls };
}

/** The same of two columns. */
export function mapFloatPairs(
  name: string,
  a: Values,
  b: Values,
  context: ScalarContext,
  of: (a: number, b: number) => number,
): Values {
  const { length } = a;
  const [left, right] = [floatsOf(a), floatsOf(b)];
  const values = new Float64Array(length);
  let nulls: Uint8Array | null = null;
  let missing = 0;
  for (let row = 0; row < length; row++) {
    const value = of(left[row], right[row]);
    values[row] = value;
    if (value === value || left[row] !== left[row] || right[row] !== right[row]) continue;
    if (isNullAt(a, row) || isNullAt(b, row)) continue;
    nulls ??= new Uint8Array(length);
    nulls[row] = 1;
    missing++;
  }
  noteMissing(name, missing, context);
  return { kind: 'number', length, values, nulls };
}

/** Collects results that may be number, bigint or missing; missing rows are noted once a call. */
export function collectNumbers(
  name: string,
  args: readonly Values[],
  context: ScalarContext,
  at: (row: number) => number | bigint | null,
): Values {
  const { length } = args[0]!;
  const numbers = new Float64Array(length);
  let wide: BigInt64Array | null = null;
  let nulls: Uint8Array | null = null;
  let missing = 0;
  for (let row = 0; row < length; row++) {
    let skipped = false;
    for (let i = 0; i < args.length; i++) if (isNullAt(args[i]!, row)) skipped = true;
    if (skipped) continue;
    const value = at(row);
    if (value === null) {
      nulls ??= new Uint8Array(length);
      nulls[row] = 1;
      missing++;
    } else if (typeof value === 'number') {
      if (wide === null) numbers[row] = value;
      else wide[row] = BigInt(value);
    } else {
      wide ??= BigInt64Array.from(numbers, (number) => BigInt(number));
      wide[row] = value;
    }
  }
  noteMissing(name, missing, context);
  return wide === null
    ? { kind: 'number', length, values: numbers, nulls }
    : { kind: 'bigint', length, values: wide, nulls };
}

/**
 * Maps pairs of ints: as floats while all results are exact there, else as 64-bit ints.
 * @param onInts null = there is no value.
 */
export function mapIntPairs(
  name: string,
  a: Values,
  b: Values,
  context: ScalarContext,
  onNumbers: (a: number, b: number) => number,
  onInts: (a: bigint, b: bigint) => bigint | null,
): Values {
  if (a.kind === 'number' && b.kind === 'number') {
    const { length } = a;
    const values = new Float64Array(length);
    let safe = true;
    for (let row = 0; row < length; row++) {
      const value = onNumbers(a.values[row], b.values[row]);
      values[row] = value + 0;
      if (!(value <= 9007199254740991 && value >= -9007199254740991)) safe = false;
    }
    if (safe) return { kind: 'number', length, values, nulls: null };
  }
  return collectNumbers(name, [a, b], context, (row) => {
    const value = onInts(BigInt(scalarAt(a, row) as number), BigInt(scalarAt(b, row) as number));
    return value === null || value < int64Min || value > int64Max ? null : narrowed(value);
  });
}
