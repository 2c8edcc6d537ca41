import { elementType, isListType } from '../../column/types.ts';
import type { Scalar } from '../../column/values.ts';
import { isNullAt, numberAt, scalarAt } from '../access.ts';
import { compareScalars } from '../compare.ts';
import { commonType } from '../signature.ts';
import { mapTexts } from './text-values.ts';
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
    if (list!.kind !== 'list') return { kind: 'bool', length: values.length, values, nulls: null };
    const { offsets, items } = list!;
    for (let row = 0; row < values.length; row++) {
      if (isNullAt(value!, row) || isNullAt(list!, row)) continue;
      const wanted = scalarAt(value!, row);
      for (let item = offsets[row]; item < offsets[row + 1]; item++) {
        if (isNullAt(items, item) || compareScalars(scalarAt(items, item), wanted) !== 0) continue;
        values[row] = 1;
        break;
      }
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
    const { length } = list!;
    if (list!.kind !== 'list') return { kind: 'null', length };
    const { offsets, items } = list!;
    const scalars = new Array<Scalar>(length).fill(null);
    let missing = 0;
    for (let row = 0; row < length; row++) {
      if (isNullAt(list!, row) || isNullAt(place!, row)) continue;
      const at = numberAt(place!, row);
      if (at >= 1 && at <= offsets[row + 1] - offsets[row]) scalars[row] = scalarAt(items, offsets[row] + at - 1);
      else missing++;
    }
    if (missing > 0) context.noteNoValue('[ ]', missing);
    return valuesFromScalars(scalars, items);
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
  evaluate: ([arg], context) => {
    if (arg!.kind !== 'list') return mapTexts({ name: 'length', result: 'int', at: codePoints }, [arg!], context);
    const { length, offsets } = arg!;
    const values = new Float64Array(length);
    for (let row = 0; row < length; row++) values[row] = offsets[row + 1] - offsets[row];
    return { kind: 'number', length, values, nulls: null };
  },
};

function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    // A pair of surrogates is one code point.
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      count--;
      at++;
    }
  }
  return count;
}
