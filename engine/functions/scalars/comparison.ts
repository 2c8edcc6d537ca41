import { isRecordsType } from '../../column/types.ts';
import type { Values } from '../../column/values.ts';
import { isNullAt, scalarAt } from '../access.ts';
import { compareNumbers, compareScalars } from '../compare.ts';
import { commonType } from '../signature.ts';
import type { ArgumentShape, ScalarFunction, SignatureResult } from './scalar.ts';

type Decide = (order: number) => boolean;

function comparison(name: string, words: string, decide: Decide): ScalarFunction {
  return {
    name,
    summary: `${words}; null with null`,
    example: `select count() from events where 1 ${name} 2`,
    signature: (args) => comparable(name, args),
    evaluate: ([a, b]) => evaluate(a!, b!, decide),
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

function evaluate(a: Values, b: Values, decide: Decide): Values {
  const { length } = a;
  const values = new Uint8Array(length);
  if (a.kind === 'number' && b.kind === 'number') {
    for (let row = 0; row < length; row++) values[row] = decide(compareNumbers(a.values[row], b.values[row])) ? 1 : 0;
  } else {
    for (let row = 0; row < length; row++) {
      if (!isNullAt(a, row) && !isNullAt(b, row))
        values[row] = decide(compareScalars(scalarAt(a, row), scalarAt(b, row))) ? 1 : 0;
    }
  }
  return { kind: 'bool', length, values, nulls: null };
}

export const equal = comparison('=', 'equal', (order) => order === 0);
export const unequal = comparison('!=', 'not equal', (order) => order !== 0);
export const less = comparison('<', 'less', (order) => order < 0);
export const lessOrEqual = comparison('<=', 'less or equal', (order) => order <= 0);
export const greater = comparison('>', 'greater', (order) => order > 0);
export const greaterOrEqual = comparison('>=', 'greater or equal', (order) => order >= 0);

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
