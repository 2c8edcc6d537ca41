import type { ColumnType } from '../../column/types.ts';
import type { Scalar, Values } from '../../column/values.ts';
import { isNullAt, scalarAt } from '../access.ts';
import { commonType } from '../signature.ts';
import { floatsOf } from './number-values.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import type { ArgumentShape, ScalarFunction, SignatureResult } from './scalar.ts';

/** The type that all values meet in. */
function choice(name: string, values: readonly ArgumentShape[]): SignatureResult {
  let type: ColumnType = 'null';
  for (const value of values) {
    const met = commonType(type, value.type);
    if (met === null)
      return {
        error: `${name} has to choose between ${type} and ${value.type}`,
        hint: 'Cast one to the type of the other.',
      };
    type = met;
  }
  return { type };
}

/**
 * Rows of one of several columns. `picks[row]` says which, beyond the last = null.
 * @param type what they meet in: beside floats, ints are floats.
 */
function choose(columns: readonly Values[], picks: Uint8Array, type: ColumnType): Values {
  const { length } = picks;
  const own = type === 'float' ? columns.map(asFloats) : columns;
  const defined = own.filter(({ kind }) => kind !== 'null');
  if (defined.length > 0 && defined.every(({ kind }) => kind === 'number')) return chooseNumbers(own, picks);
  const scalars = new Array<Scalar>(length);
  for (let row = 0; row < length; row++)
    scalars[row] = picks[row] < own.length ? scalarAt(own[picks[row]]!, row) : null;
  return valuesFromScalars(scalars, defined[0]);
}

function asFloats(values: Values): Values {
  if (values.kind !== 'bigint') return values;
  return { kind: 'number', length: values.length, values: floatsOf(values), nulls: values.nulls };
}

function chooseNumbers(columns: readonly Values[], picks: Uint8Array): Values {
  const { length } = picks;
  const values = new Float64Array(length);
  const nulls = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const column = columns[picks[row]];
    if (column === undefined || column.kind !== 'number' || (column.nulls !== null && column.nulls[row] === 1))
      nulls[row] = 1;
    else values[row] = column.values[row];
  }
  return { kind: 'number', length, values, nulls };
}

export const ifElse: ScalarFunction = {
  name: 'if',
  summary: 'the second value where the first is true, else the third',
  example: "select if(1 < 2, 'yes', 'no') as x from events limit 1",
  nulls: 'own',
  signature: (args) => {
    if (args.length !== 3) return { error: `if takes 3 arguments, not ${args.length}` };
    if (args[0]!.type !== 'bool' && args[0]!.type !== 'null')
      return { error: `if wants a bool as argument 1, not ${args[0]!.type}` };
    return choice('if', args.slice(1));
  },
  evaluate: ([condition, yes, no], _context, _constants, type) => {
    const picks = new Uint8Array(condition!.length).fill(1);
    if (condition!.kind === 'bool') {
      const { values, nulls } = condition!;
      for (let row = 0; row < picks.length; row++)
        if (values[row] === 1 && (nulls === null || nulls[row] === 0)) picks[row] = 0;
    }
    return choose([yes!, no!], picks, type);
  },
};

export const coalesce: ScalarFunction = {
  name: 'coalesce',
  summary: 'the first value that is not null',
  example: "select coalesce(null, 'a') as x from events limit 1",
  nulls: 'own',
  signature: (args) =>
    args.length === 0 || args.length > 255 ? { error: 'coalesce takes 1 to 255 values' } : choice('coalesce', args),
  evaluate: (args, _context, _constants, type) => {
    const picks = new Uint8Array(args[0]!.length).fill(255);
    for (let row = 0; row < picks.length; row++) {
      for (let i = 0; i < args.length; i++) {
        if (isNullAt(args[i]!, row)) continue;
        picks[row] = i;
        break;
      }
    }
    return choose(args, picks, type);
  },
};
