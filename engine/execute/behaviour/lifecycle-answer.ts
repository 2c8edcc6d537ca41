import type { Values } from '../../column/values.ts';
import type { LifecyclePlan } from '../../plan/behaviour.ts';
import { isCut } from '../fill.ts';
import type { LifecycleBuckets } from './lifecycle-cells.ts';

/** The answer's columns, a row a bucket in range. */
export interface LifecycleRows {
  readonly rowCount: number;
  readonly time: Values;
  readonly new: Values;
  readonly returning: Values;
  readonly resurrecting: Values;
  readonly dormant: Values;
  readonly partial: Values;
}

/**
 * Makes the rows of a lifecycle.
 * @param counts what `countLifecycle` counted in all slices.
 */
export function lifecycleAnswer(
  { written, now }: Pick<LifecyclePlan, 'written' | 'now'>,
  { bounds }: LifecycleBuckets,
  counts: Float64Array,
): LifecycleRows {
  const length = counts.length / 4;
  const partial = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const start = bounds[row + 1];
    if (isCut({ written, now, trailing: null }, [start, bounds[row + 2]], start, -Infinity)) partial[row] = 1;
  }
  const number = (values: Float64Array): Values => ({ kind: 'number', length, values, nulls: null });
  const ofKind = (kind: number): Values => number(Float64Array.from({ length }, (_, row) => counts[4 * row + kind]));
  return {
    rowCount: length,
    time: number(bounds.slice(1, 1 + length)),
    new: ofKind(0),
    returning: ofKind(1),
    resurrecting: ofKind(2),
    dormant: ofKind(3),
    partial: { kind: 'bool', length, values: partial, nulls: null },
  };
}
