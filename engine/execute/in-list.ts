import type { Scalar, Values } from '../column/values.ts';
import { scalarAt } from '../functions/access.ts';
import { compareScalars } from '../functions/compare.ts';
import type { InExpr } from '../plan/expr.ts';

/** A list's constants as a set, where equality in it is that of the language; null where it is not. */
const sets = new WeakMap<InExpr, ReadonlySet<Scalar> | null>();

function setOf(expr: InExpr): ReadonlySet<Scalar> | null {
  let set = sets.get(expr);
  if (set === undefined) {
    const alike = expr.values.every((value) => typeof value === 'string' || typeof value === 'number');
    sets.set(expr, (set = alike ? new Set(expr.values) : null));
  }
  return set;
}

/** @returns for each row whether it is one of the list; null where it is null, or where it is not and the list has one. */
export function isIn(expr: InExpr, arg: Values): Values {
  const { length } = arg;
  if (arg.kind === 'null') return arg;
  const values = new Uint8Array(length);
  const set = setOf(expr);
  if (set !== null && arg.kind === 'number') markIn(set, arg.values, values);
  else if (set !== null && arg.kind === 'text') markIn(set, arg.values, values);
  else {
    for (let row = 0; row < length; row++) {
      const value = scalarAt(arg, row);
      if (value !== null && (typeof value === 'string' && set !== null ? set.has(value) : contains(expr.values, value)))
        values[row] = 1;
    }
  }
  if (!expr.hasNull && arg.nulls === null) return { kind: 'bool', length, values, nulls: null };
  const nulls = new Uint8Array(length);
  for (let row = 0; row < length; row++)
    if ((arg.nulls !== null && arg.nulls[row] === 1) || (expr.hasNull && values[row] === 0)) nulls[row] = 1;
  return { kind: 'bool', length, values, nulls };
}

/** A set takes -0 for 0 and one NaN for another, as the language does. */
function markIn(set: ReadonlySet<Scalar>, from: ArrayLike<string | number>, out: Uint8Array): void {
  for (let row = 0; row < out.length; row++) if (set.has(from[row])) out[row] = 1;
}

/** Binary search: the binder has sorted the values. */
function contains(sorted: readonly Scalar[], value: Scalar): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareScalars(sorted[middle]!, value) < 0) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && compareScalars(sorted[low]!, value) === 0;
}
