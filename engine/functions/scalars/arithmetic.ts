import { isNumber } from '../signature.ts';
import {
  mapFloatPairs,
  mapFloats,
  mapIntPairs,
  collectNumbers,
  int64Min,
  narrowed,
  noteMissing,
  floatsOf,
} from './number-values.ts';
import { isNullAt, scalarAt } from '../access.ts';
import type { ArgumentShape, ScalarFunction, SignatureResult } from './scalar.ts';

function typeOfArithmetic(name: string, args: readonly ArgumentShape[]): SignatureResult {
  const [a, b] = args as [ArgumentShape, ArgumentShape];
  if (name === '-' && a.type === 'time' && b.type === 'time') return { type: 'int' };
  if (!isNumber(a.type) || !isNumber(b.type)) {
    return {
      error: `${a.type} ${name} ${b.type}: arithmetic wants numbers`,
      hint:
        a.type === 'time' || b.type === 'time'
          ? 'A time takes a duration: time + 1d.'
          : a.type === 'text' || b.type === 'text'
            ? 'Cast the text: x::float; join texts with ||.'
            : 'Cast it: x::int.',
    };
  }
  return { type: name === '/' || a.type === 'float' || b.type === 'float' ? 'float' : 'int' };
}

function arithmetic(
  name: string,
  summary: string,
  onNumbers: (a: number, b: number) => number,
  onInts: (a: bigint, b: bigint) => bigint,
): ScalarFunction {
  return {
    name,
    summary,
    example: `select 7 ${name} 2 as x from events limit 1`,
    signature: (args) => typeOfArithmetic(name, args),
    evaluate: ([a, b], context, _constants, type) => {
      if (type !== 'float') return mapIntPairs(name, a!, b!, context, onNumbers, onInts);
      const { length } = a!;
      const [left, right] = [floatsOf(a!), floatsOf(b!)];
      const values = new Float64Array(length);
      // Infinity - Infinity is NaN: a value that floats have.
      for (let row = 0; row < length; row++) values[row] = onNumbers(left[row], right[row]);
      return { kind: 'number', length, values, nulls: null };
    },
  };
}

export const add = arithmetic(
  '+',
  'sum of two numbers; a time and a duration: time + 1d',
  (a, b) => a + b,
  (a, b) => a + b,
);
export const subtract = arithmetic(
  '-',
  'difference; of two times in ms; a time and a duration: time - 1d',
  (a, b) => a - b,
  (a, b) => a - b,
);
export const multiply = arithmetic(
  '*',
  'product',
  (a, b) => a * b,
  (a, b) => a * b,
);

export const divide: ScalarFunction = {
  name: '/',
  summary: 'quotient, always a float: 7 / 2 is 3.5; null by zero',
  example: 'select 7 / 2 as x from events limit 1',
  signature: (args) => typeOfArithmetic('/', args),
  evaluate: ([a, b], context) => {
    const { length } = a!;
    const [left, right] = [floatsOf(a!), floatsOf(b!)];
    const values = new Float64Array(length);
    let nulls: Uint8Array | null = null;
    let missing = 0;
    for (let row = 0; row < length; row++) {
      if (right[row] !== 0) values[row] = left[row] / right[row];
      else if (!isNullAt(a!, row) && !isNullAt(b!, row)) {
        nulls ??= new Uint8Array(length);
        nulls[row] = 1;
        missing++;
      }
    }
    noteMissing('/', missing, context);
    return { kind: 'number', length, values, nulls };
  },
};

export const remainder: ScalarFunction = {
  name: '%',
  summary: 'remainder with the sign of the dividend; null by zero',
  example: 'select 7 % 2 as x from events limit 1',
  signature: (args) => typeOfArithmetic('%', args),
  evaluate: ([a, b], context, _constants, type) => {
    if (type === 'float' || (a!.kind === 'number' && b!.kind === 'number'))
      return mapFloatPairs('%', a!, b!, context, (x, y) => (x % y) + 0);
    return collectNumbers('%', [a!, b!], context, (row) => {
      const divisor = BigInt(scalarAt(b!, row) as number);
      return divisor === 0n ? null : narrowed(BigInt(scalarAt(a!, row) as number) % divisor);
    });
  },
};

export const negate: ScalarFunction = {
  name: 'negate',
  summary: 'the number with its sign turned',
  example: 'select -1 as x from events limit 1',
  signature: ([arg]) =>
    isNumber(arg!.type)
      ? { type: arg!.type === 'null' ? 'float' : arg!.type }
      : { error: `- wants a number as argument 1, not ${arg!.type}`, argument: 0 },
  evaluate: ([a], context, _constants, type) => {
    if (a!.kind === 'number') return mapFloats('negate', a!, context, type === 'int' ? (x) => 0 - x : (x) => -x);
    return collectNumbers('negate', [a!], context, (row) => {
      const value = BigInt(scalarAt(a!, row) as number);
      return value === int64Min ? null : narrowed(-value);
    });
  },
};
