import { isRecordsType } from '../../column/types.ts';
import type { Values } from '../../column/values.ts';
import { compareTexts } from '../../base/compare-text.ts';
import { isNullAt, scalarAt, textAt } from '../access.ts';
import { compareScalars } from '../compare.ts';
import { commonType } from '../signature.ts';
import type { ArgumentShape, ScalarFunction, SignatureResult } from './scalar.ts';

/** Whether it holds for less, equal and greater: 1 or 0. */
type Truth = readonly [less: number, equal: number, greater: number];

function comparison(name: string, words: string, truth: Truth): ScalarFunction {
  return {
    name,
    summary: `${words}; null with null`,
    example: `select count() from events where 1 ${name} 2`,
    signature: (args) => comparable(name, args),
    evaluate: ([a, b]) => evaluate(a!, b!, truth),
  };
}

function comparable(name: string, args: readonly ArgumentShape[]): SignatureResult {
  const [a, b] = args;
  if (isRecordsType(a!.type) || isRecordsType(b!.type)) return { error: `${name} does not compare lists of records` };
  if (commonType(a!.type, b!.type) !== null) return { type: 'bool' };
  return {
    error: `${a!.type} ${name} ${b!.type}: these two types do not compare`,
    hint:
      a!.type === 'text' || b!.type === 'text'
        ? 'Write a number without quotes, or cast one side: x::float, x::text.'
        : 'Cast one side to the type of the other.',
  };
}

function evaluate(a: Values, b: Values, truth: Truth): Values {
  const { length } = a;
  const values = new Uint8Array(length);
  const [less, equal, greater] = truth;
  if (a.kind === 'number' && b.kind === 'number') compareColumns(a.values, b.values, values, less, equal, greater);
  else if (isTextColumn(a) && isTextColumn(b)) {
    for (let row = 0; row < length; row++) {
      if (isNullAt(a, row) || isNullAt(b, row)) continue;
      const [x, y] = [textAt(a, row), textAt(b, row)];
      if (x === y) values[row] = equal;
      else values[row] = less === greater ? less : compareTexts(x, y) < 0 ? less : greater;
    }
  } else {
    for (let row = 0; row < length; row++) {
      if (isNullAt(a, row) || isNullAt(b, row)) continue;
      const order = compareScalars(scalarAt(a, row), scalarAt(b, row));
      values[row] = order === 0 ? equal : order < 0 ? less : greater;
    }
  }
  return { kind: 'bool', length, values, nulls: null };
}

function isTextColumn(values: Values): boolean {
  return values.kind === 'text' || values.kind === 'coded';
}

/** NaN equals NaN and is above all other numbers. */
function compareColumns(
  a: Float64Array,
  b: Float64Array,
  out: Uint8Array,
  less: number,
  equal: number,
  greater: number,
): void {
  for (let row = 0; row < out.length; row++) {
    const x = a[row];
    const y = b[row];
    if (x < y) out[row] = less;
    else if (x > y) out[row] = greater;
    else if (x === y || (x !== x && y !== y)) out[row] = equal;
    else out[row] = x !== x ? greater : less;
  }
}

export const equal = comparison('=', 'equal', [0, 1, 0]);
export const unequal = comparison('!=', 'not equal', [1, 0, 1]);
export const less = comparison('<', 'less', [1, 0, 0]);
export const lessOrEqual = comparison('<=', 'less or equal', [1, 1, 0]);
export const greater = comparison('>', 'greater', [0, 0, 1]);
export const greaterOrEqual = comparison('>=', 'greater or equal', [0, 1, 1]);

export const isNull: ScalarFunction = {
  name: 'is_null',
  summary: 'whether there is no value',
  example: 'select count() from events where event is null',
  nulls: 'own',
  signature: (args) => (args.length === 1 ? { type: 'bool' } : { error: 'is null takes one value' }),
  evaluate: ([a]) => {
    const values = new Uint8Array(a!.length);
    for (let row = 0; row < values.length; row++) values[row] = isNullAt(a!, row) ? 1 : 0;
    return { kind: 'bool', length: values.length, values, nulls: null };
  },
};
