import type { ColumnType } from '../../column/types.ts';
import type { Scalar, Values } from '../../column/values.ts';
import { isNullAt, scalarAt } from '../access.ts';
import { commonType } from '../signature.ts';
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

/** Rows of one of several columns; `pick(row)` says which. The type of the result is that of its values. */
function choose(columns: readonly Values[], length: number, pick: (row: number) => number): Values {
  const scalars = new Array<Scalar>(length);
  for (let row = 0; row < length; row++) {
    const column = pick(row);
    scalars[row] = column < 0 ? null : scalarAt(columns[column]!, row);
  }
  return valuesFromScalars(
    scalars,
    columns.find((column) => column.kind !== 'null'),
  );
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
  evaluate: ([condition, yes, no]) =>
    choose([yes!, no!], condition!.length, (row) => (scalarAt(condition!, row) === true ? 0 : 1)),
};

export const coalesce: ScalarFunction = {
  name: 'coalesce',
  summary: 'the first value that is not null',
  example: "select coalesce(null, 'a') as x from events limit 1",
  nulls: 'own',
  signature: (args) => (args.length === 0 ? { error: 'coalesce takes at least one value' } : choice('coalesce', args)),
  evaluate: (args) => choose(args, args[0]!.length, (row) => args.findIndex((arg) => !isNullAt(arg, row))),
};
