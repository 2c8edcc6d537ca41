import { scalarAt } from '../access.ts';
import { checkArguments, isNumber } from '../signature.ts';
import { roundDecimal, roundInt } from './rounding.ts';
import { collectNumbers, int64Min, mapFloatPairs, mapFloats, mapIntPairs, narrowed } from './number-values.ts';
import type { ScalarFunction } from './scalar.ts';

/** A function of one number that gives a float. */
function floatFunction(name: string, summary: string, of: (a: number) => number): ScalarFunction {
  return {
    name,
    summary,
    example: `select ${name}(2) as x from events limit 1`,
    signature: (args) => checkArguments(name, args, [isNumber], 'float'),
    evaluate: ([a], context) => mapFloats(name, a!, context, of),
  };
}

/** A function of one number that gives the type of it. */
function sameFunction(
  name: string,
  summary: string,
  example: string,
  of: (a: number) => number,
  ofWide: (a: bigint) => bigint | null,
): ScalarFunction {
  return {
    name,
    summary,
    example: `select ${example} as x from events limit 1`,
    signature: (args) => {
      const checked = checkArguments(name, args, [isNumber], 'float');
      return 'type' in checked ? { type: args[0]!.type === 'null' ? 'float' : args[0]!.type } : checked;
    },
    evaluate: ([a], context, _constants, type) =>
      a!.kind === 'bigint' && type !== 'float'
        ? collectNumbers(name, [a!], context, (row) => {
            const value = ofWide(BigInt(scalarAt(a!, row) as number));
            return value === null ? null : narrowed(value);
          })
        : mapFloats(name, a!, context, of),
  };
}

export const abs = sameFunction(
  'abs',
  'size without sign',
  'abs(0 - 3)',
  (a) => Math.abs(a),
  (a) => (a === int64Min ? null : a < 0n ? -a : a),
);
export const floor = sameFunction(
  'floor',
  'largest whole number that is not above',
  'floor(2.5)',
  (a) => Math.floor(a),
  (a) => a,
);
export const ceil = sameFunction(
  'ceil',
  'smallest whole number that is not below',
  'ceil(2.5)',
  (a) => Math.ceil(a),
  (a) => a,
);
export const sqrt = floatFunction('sqrt', 'square root; null below 0', (a) => Math.sqrt(a));
export const ln = floatFunction('ln', 'natural logarithm; null at 0 and below', (a) => (a <= 0 ? NaN : Math.log(a)));
export const log10 = floatFunction('log10', 'decimal logarithm; null at 0 and below', (a) =>
  a <= 0 ? NaN : Math.log10(a),
);

export const pow: ScalarFunction = {
  name: 'pow',
  summary: 'power: pow(2, 10); null for a root of a negative number and for 0 to a negative power',
  example: 'select pow(2, 10) as x from events limit 1',
  signature: (args) => checkArguments('pow', args, [isNumber, isNumber], 'float'),
  evaluate: ([a, b], context) => mapFloatPairs('pow', a!, b!, context, power),
};

/** NaN where there is no value. */
function power(a: number, b: number): number {
  return a === 0 && b < 0 ? NaN : a ** b;
}

export const round: ScalarFunction = {
  name: 'round',
  summary: 'nearest whole number, halves away from zero; round(x, 2) keeps two decimals',
  example: 'select round(2.5) as x from events limit 1',
  signature: (args) => {
    const checked = checkArguments('round', args, [isNumber, isNumber], 'float', 1);
    if (args.length === 2 && args[1]!.type === 'float')
      return { error: 'round wants a whole number of decimals', hint: 'Write round(x, 2).' };
    return 'type' in checked ? { type: args[0]!.type === 'int' ? 'int' : 'float' } : checked;
  },
  evaluate: ([a, decimals], context, _constants, type) => {
    if (type === 'int')
      return collectNumbers('round', decimals === undefined ? [a!] : [a!, decimals], context, (row) => {
        const rounded = roundInt(
          BigInt(scalarAt(a!, row) as number),
          decimals === undefined ? 0 : Number(scalarAt(decimals, row)),
        );
        return rounded === null ? null : narrowed(rounded);
      });
    return decimals === undefined
      ? mapFloats('round', a!, context, (x) => roundDecimal(x, 0))
      : mapFloatPairs('round', a!, decimals, context, roundDecimal);
  },
};

export const bin: ScalarFunction = {
  name: 'bin',
  summary: 'start of the bin of that width that a number lies in: floor(x / width) · width; null for a width of 0',
  example: 'select bin(17, 5) as x from events limit 1',
  signature: (args) => {
    const checked = checkArguments('bin', args, [isNumber, isNumber], 'float');
    return 'type' in checked && args.every((arg) => arg.type === 'int') ? { type: 'int' } : checked;
  },
  evaluate: ([a, b], context, _constants, type) =>
    type === 'int'
      ? mapIntPairs('bin', a!, b!, context, binStart, wideBinStart)
      : mapFloatPairs('bin', a!, b!, context, binStart),
};

function binStart(a: number, width: number): number {
  return width === 0 ? NaN : Math.floor(a / width) * width;
}

function wideBinStart(a: bigint, width: bigint): bigint | null {
  if (width === 0n) return null;
  const rest = a % width;
  return a - rest - (rest !== 0n && rest < 0n !== width < 0n ? width : 0n);
}
