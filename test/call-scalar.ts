import type { ColumnType } from '../engine/column/types.ts';
import type { Scalar } from '../engine/column/values.ts';
import { isNullAt, scalarAt } from '../engine/functions/access.ts';
import { scalarFunctions } from '../engine/functions/scalars/index.ts';
import { valuesFromScalars } from '../engine/functions/values-from-scalars.ts';

/** What one call of a scalar gives, and how often it had no value. */
export interface Called {
  readonly value: Scalar;
  readonly missing: number;
}

function typeOf(value: Scalar): ColumnType {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'list of text';
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? 'int' : 'float';
}

/** Calls a scalar with constants, as the binder and the executor would. @param types of the arguments, where they are not what their values look like. */
export function callScalar(
  name: string,
  args: readonly Scalar[],
  {
    timezone = 'UTC',
    types = args.map(typeOf),
    seed = 0,
  }: { timezone?: string; types?: readonly ColumnType[]; seed?: number } = {},
): Called {
  const scalar = scalarFunctions.get(name)!;
  const signature = scalar.signature(args.map((constant, index) => ({ type: types[index]!, constant })));
  if ('error' in signature) throw new Error(signature.error);
  let missing = 0;
  const context = { timezone, now: 0, seed, noteNoValue: (_name: string, rows: number) => void (missing += rows) };
  const columns = args.map((arg) => valuesFromScalars([arg]));
  if (scalar.nulls !== 'own' && columns.some((column) => isNullAt(column, 0))) return { value: null, missing };
  return { value: scalarAt(scalar.evaluate(columns, context, args, signature.type), 0), missing };
}

/** @returns the value of such a call. */
export function valueOf(name: string, ...args: Scalar[]): Scalar {
  return callScalar(name, args).value;
}
