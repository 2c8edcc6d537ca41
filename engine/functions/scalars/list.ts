import { elementType, isListType } from '../../column/types.ts';
import type { Scalar } from '../../column/values.ts';
import { scalarAt, textAt, isNullAt } from '../access.ts';
import { compareScalars } from '../compare.ts';
import { commonType } from '../signature.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import type { ScalarFunction } from './scalar.ts';

export const has: ScalarFunction = {
  name: 'has',
  summary: 'whether a list holds a value',
  example: 'select has(null, 1) as x from events limit 1',
  signature: (args) => {
    if (args.length !== 2) return { error: `has takes 2 arguments, not ${args.length}` };
    const [list, value] = args as [(typeof args)[0], (typeof args)[0]];
    if (list!.type === 'null') return { type: 'bool' };
    if (!isListType(list!.type)) return { error: `has wants a list as argument 1, not ${list!.type}` };
    return commonType(elementType(list!.type), value!.type) === null
      ? { error: `${list!.type} has no ${value!.type}: these two types do not compare` }
      : { type: 'bool' };
  },
  evaluate: ([list, value]) => {
    const values = new Uint8Array(list!.length);
    for (let row = 0; row < values.length; row++) {
      const wanted = scalarAt(value!, row);
      const items = scalarAt(list!, row) as readonly Scalar[] | null;
      if (wanted !== null && items?.some((item) => item !== null && compareScalars(item, wanted) === 0))
        values[row] = 1;
    }
    return { kind: 'bool', length: values.length, values, nulls: null };
  },
};

export const element: ScalarFunction = {
  name: 'element',
  summary: 'an element of a list by place, from 1',
  example: 'select count() from events',
  signature: (args) => {
    const [list, place] = args;
    if (list!.type === 'null') return { type: 'null' };
    if (!isListType(list!.type)) return { error: `[ ] wants a list, not ${list!.type}` };
    return place!.type === 'int' || place!.type === 'null'
      ? { type: elementType(list!.type) }
      : { error: `a place in a list is an int, not ${place!.type}` };
  },
  evaluate: ([list, place], context) => {
    let missing = 0;
    const scalars = Array.from({ length: list!.length }, (_, row): Scalar => {
      const items = scalarAt(list!, row) as readonly Scalar[] | null;
      if (items === null || isNullAt(place!, row)) return null;
      const item = items[Number(scalarAt(place!, row)) - 1];
      if (item === undefined) missing++;
      return item ?? null;
    });
    if (missing > 0) context.noteNoValue('[ ]', missing);
    return valuesFromScalars(scalars, list!.kind === 'list' ? list!.items : undefined);
  },
};

export const length: ScalarFunction = {
  name: 'length',
  summary: 'code points of a text, or elements of a list',
  example: "select length('abc') as x from events limit 1",
  signature: (args) => {
    if (args.length !== 1) return { error: `length takes 1 argument, not ${args.length}` };
    const { type } = args[0]!;
    return type === 'text' || type === 'null' || isListType(type)
      ? { type: 'int' }
      : { error: `length wants a text or a list, not ${type}` };
  },
  evaluate: ([arg]) => {
    const values = new Float64Array(arg!.length);
    for (let row = 0; row < values.length; row++) {
      if (isNullAt(arg!, row)) continue;
      if (arg!.kind === 'list') values[row] = arg!.offsets[row + 1] - arg!.offsets[row];
      else for (const _point of textAt(arg!, row)) values[row]++;
    }
    return { kind: 'number', length: values.length, values, nulls: null };
  },
};
