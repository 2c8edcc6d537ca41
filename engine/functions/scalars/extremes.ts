import type { ColumnType } from '../../column/types.ts';
import type { Scalar, Values } from '../../column/values.ts';
import { isNullAt, scalarAt } from '../access.ts';
import { compareScalars } from '../compare.ts';
import { commonType } from '../signature.ts';
import { floatsOf } from './number-values.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import type { ArgumentShape, ScalarFunction, SignatureResult } from './scalar.ts';

function extreme(name: 'least' | 'greatest', summary: string, sign: 1 | -1): ScalarFunction {
  return {
    name,
    summary: `${summary} of the arguments, nulls passed over; null where all are null`,
    example: `select ${name}(1, 2) as x from events limit 1`,
    nulls: 'own',
    signature: (args) => signatureOf(name, args),
    evaluate: (args, _context, _constants, type) => evaluate(args, sign, type),
  };
}

function signatureOf(name: string, args: readonly ArgumentShape[]): SignatureResult {
  if (args.length === 0) return { error: `${name} wants at least one value` };
  let type: ColumnType = 'null';
  for (const [argument, arg] of args.entries()) {
    const met: ColumnType | null = arg.type.endsWith('}') ? null : commonType(type, arg.type);
    if (met === null)
      return {
        error: `${name} has to compare ${type === 'null' ? arg.type : type} and ${arg.type}`,
        hint: 'Cast one to the type of the other.',
        argument,
      };
    type = met;
  }
  return { type };
}

function evaluate(args: readonly Values[], sign: 1 | -1, type: ColumnType): Values {
  // Beside a float an int is one too.
  const defined = args
    .filter(({ kind }) => kind !== 'null')
    .map((arg): Values =>
      arg.kind === 'bigint' && type === 'float'
        ? { kind: 'number', length: arg.length, values: floatsOf(arg), nulls: arg.nulls }
        : arg,
    );
  const { length } = args[0]!;
  if (defined.length === 0) return { kind: 'null', length };
  const numbers = defined.filter((arg) => arg.kind === 'number');
  if (numbers.length === defined.length) return extremeNumbers(numbers, length, sign);
  const scalars = new Array<Scalar>(length);
  for (let row = 0; row < length; row++) {
    let best: Scalar = null;
    for (let i = 0; i < defined.length; i++) {
      const value = scalarAt(defined[i]!, row);
      if (value !== null && (best === null || compareScalars(value, best) * sign > 0)) best = value;
    }
    scalars[row] = best;
  }
  return valuesFromScalars(scalars, defined[0]);
}

type Numbers = Extract<Values, { kind: 'number' }>;

function extremeNumbers(args: readonly Numbers[], length: number, sign: 1 | -1): Values {
  const values = args[0]!.values.slice(0, length);
  const nulls = new Uint8Array(length);
  for (let row = 0; row < length; row++) nulls[row] = isNullAt(args[0]!, row) ? 1 : 0;
  for (const arg of args.slice(1)) {
    for (let row = 0; row < length; row++) {
      if (isNullAt(arg, row)) continue;
      const value = arg.values[row];
      if (nulls[row] === 1 || isBeyond(value, values[row], sign)) values[row] = value;
      nulls[row] = 0;
    }
  }
  return { kind: 'number', length, values, nulls };
}

/** NaN is above all numbers. */
function isBeyond(a: number, b: number, sign: 1 | -1): boolean {
  if (a !== a || b !== b) return a === a ? sign < 0 : b === b && sign > 0;
  return sign > 0 ? a > b : a < b;
}

export const least = extreme('least', 'smallest', -1);
export const greatest = extreme('greatest', 'largest', 1);
