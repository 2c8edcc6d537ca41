import type { Values } from '../../column/values.ts';
import { isNullAt, numberAt, scalarAt } from '../access.ts';
import { compareNumbers } from '../compare.ts';
import { addSteps, isTimeValue } from '../../base/calendar.ts';
import { parseDuration } from '../../base/duration.ts';
import { checkArguments, isNumber } from '../signature.ts';
import type { ArgumentShape, ScalarContext, ScalarFunction, SignatureResult } from './scalar.ts';

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;

/** What a warning calls an operator whose registry name is not what stands in the query. */
const shownNames = new Map([
  ['negate', '-'],
  ['add_duration', '+'],
  ['subtract_duration', '-'],
]);

/** Collects results that may be number, bigint or missing; missing rows are noted once a call. */
function collect(
  name: string,
  length: number,
  args: readonly Values[],
  context: ScalarContext,
  at: (row: number) => number | bigint | null,
): Values {
  const numbers = new Float64Array(length);
  let wide: BigInt64Array | null = null;
  let nulls: Uint8Array | null = null;
  let missing = 0;
  for (let row = 0; row < length; row++) {
    if (args.some((arg) => isNullAt(arg, row))) continue;
    const value = at(row);
    if (value === null) {
      nulls ??= new Uint8Array(length);
      nulls[row] = 1;
      missing++;
    } else if (typeof value === 'number') {
      if (wide === null) numbers[row] = value;
      else wide[row] = BigInt(value);
    } else {
      wide ??= BigInt64Array.from(numbers, (number) => BigInt(number));
      wide[row] = value;
    }
  }
  if (missing > 0) context.noteNoValue(shownNames.get(name) ?? name, missing);
  return wide === null
    ? { kind: 'number', length, values: numbers, nulls }
    : { kind: 'bigint', length, values: wide, nulls };
}

function arithmeticType(name: string, args: readonly ArgumentShape[]): SignatureResult {
  const [a, b] = args as [ArgumentShape, ArgumentShape];
  if (name === '-' && a.type === 'time' && b.type === 'time') return { type: 'int' };
  if (!isNumber(a.type) || !isNumber(b.type)) {
    return {
      error: `${a.type} ${name} ${b.type}: arithmetic wants numbers`,
      hint:
        a.type === 'text' || b.type === 'text'
          ? 'Cast the text: x::float; join texts with ||.'
          : a.type === 'time' || b.type === 'time'
            ? 'A time takes a duration: time + 1d.'
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
    signature: (args) => arithmeticType(name, args),
    evaluate: ([a, b], context, _constants, type) => {
      const { length } = a!;
      const floats = type === 'float';
      if (a!.kind === 'number' && b!.kind === 'number') {
        const values = new Float64Array(length);
        let safe = true;
        for (let row = 0; row < length; row++) {
          const value = onNumbers(a!.values[row], b!.values[row]);
          values[row] = value;
          if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) safe = false;
        }
        if (floats || safe) return { kind: 'number', length, values, nulls: null };
      }
      return collect(name, length, [a!, b!], context, (row) => {
        const x = scalarAt(a!, row) as number | bigint;
        const y = scalarAt(b!, row) as number | bigint;
        if (floats) return onNumbers(Number(x), Number(y));
        const value = onInts(BigInt(x), BigInt(y));
        if (value < int64Min || value > int64Max) return null;
        return narrowed(value);
      });
    },
  };
}

export const add = arithmetic(
  '+',
  'sum of two numbers',
  (a, b) => a + b,
  (a, b) => a + b,
);
export const subtract = arithmetic(
  '-',
  'difference; of two times in ms',
  (a, b) => a - b,
  (a, b) => a - b,
);
export const multiply = arithmetic(
  '*',
  'product',
  (a, b) => a * b,
  (a, b) => a * b,
);

function partial(
  name: string,
  summary: string,
  example: string,
  type: (args: readonly ArgumentShape[]) => SignatureResult,
  at: (args: readonly (number | bigint)[], floats: boolean) => number | bigint | null,
): ScalarFunction {
  return {
    name,
    summary,
    example,
    signature: type,
    evaluate: (args, context, _constants, resultType) =>
      collect(name, args[0]!.length, args, context, (row) => {
        const floats = resultType === 'float';
        const value = at(
          args.map((arg) => (floats ? numberAt(arg, row) : (scalarAt(arg, row) as number | bigint))),
          floats,
        );
        return typeof value === 'number' &&
          Number.isNaN(value) &&
          args.every((arg) => !Number.isNaN(numberAt(arg, row)))
          ? null
          : value;
      }),
  };
}

export const divide = partial(
  '/',
  'quotient, always a float; nothing by zero',
  'select 7 / 2 as x from events limit 1',
  (args) => arithmeticType('/', args),
  ([a, b]) => (Number(b) === 0 ? null : Number(a) / Number(b)),
);
export const remainder = partial(
  '%',
  'remainder with the sign of the dividend',
  'select 7 % 2 as x from events limit 1',
  (args) => arithmeticType('%', args),
  ([a, b]) => {
    if (Number(b) === 0) return null;
    return typeof a === 'bigint' || typeof b === 'bigint' ? narrowed(BigInt(a!) % BigInt(b!)) : (a! % b!) + 0;
  },
);

/** An int as what it fits in. */
function narrowed(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

const same =
  (name: string) =>
  (args: readonly ArgumentShape[]): SignatureResult => {
    const checked = checkArguments(name, args, [isNumber], 'float');
    return 'type' in checked ? { type: args[0]!.type === 'null' ? 'float' : args[0]!.type } : checked;
  };
const float =
  (name: string) =>
  (args: readonly ArgumentShape[]): SignatureResult =>
    checkArguments(name, args, [isNumber], 'float');

export const negate = partial(
  'negate',
  'the number with its sign turned',
  'select -1 as x from events limit 1',
  same('-'),
  ([a]) => (typeof a === 'bigint' && a === int64Min ? null : -a!),
);
export const abs = partial(
  'abs',
  'size without sign',
  'select abs(0 - 3) as x from events limit 1',
  same('abs'),
  ([a]) => (a! < 0 ? (a === int64Min ? null : -a!) : a!),
);
export const round = partial(
  'round',
  'nearest whole number, halves away from zero; round(x, n) keeps n decimals',
  'select round(2.5) as x from events limit 1',
  (args) => {
    const checked = checkArguments('round', args, [isNumber, isNumber], 'float', 1);
    if (args.length === 2 && args[1]!.type === 'float')
      return { error: 'round wants a whole number of decimals', hint: 'Write round(x, 2).' };
    return 'type' in checked ? { type: args[0]!.type === 'int' ? 'int' : 'float' } : checked;
  },
  ([a, decimals]) =>
    typeof a === 'bigint' ? roundInt(a, Number(decimals ?? 0)) : roundDecimal(a!, Number(decimals ?? 0)),
);
export const floor = partial(
  'floor',
  'largest whole number not above',
  'select floor(2.5) as x from events limit 1',
  same('floor'),
  ([a]) => (typeof a === 'bigint' ? a : Math.floor(a!)),
);
export const ceil = partial(
  'ceil',
  'smallest whole number not below',
  'select ceil(2.5) as x from events limit 1',
  same('ceil'),
  ([a]) => (typeof a === 'bigint' ? a : Math.ceil(a!)),
);
export const sqrt = partial('sqrt', 'square root', 'select sqrt(2) as x from events limit 1', float('sqrt'), ([a]) =>
  Math.sqrt(Number(a)),
);
export const ln = partial('ln', 'natural logarithm', 'select ln(2) as x from events limit 1', float('ln'), ([a]) =>
  Number(a) <= 0 ? null : Math.log(Number(a)),
);
export const log10 = partial(
  'log10',
  'decimal logarithm',
  'select log10(100) as x from events limit 1',
  float('log10'),
  ([a]) => (Number(a) <= 0 ? null : Math.log10(Number(a))),
);
export const pow = partial(
  'pow',
  'power',
  'select pow(2, 10) as x from events limit 1',
  (args) => checkArguments('pow', args, [isNumber, isNumber], 'float'),
  ([a, b]) => Number(a) ** Number(b),
);
export const bin = partial(
  'bin',
  'start of the bin of that width',
  'select bin(17, 5) as x from events limit 1',
  (args) => {
    const checked = checkArguments('bin', args, [isNumber, isNumber], 'float');
    return 'type' in checked && args.every((arg) => arg.type === 'int') ? { type: 'int' } : checked;
  },
  ([a, b]) => {
    if (Number(b) === 0) return null;
    if (typeof a === 'number' && typeof b === 'number') return Math.floor(a / b) * b;
    const [value, width] = [BigInt(a!), BigInt(b!)];
    const rest = value % width;
    const start = value - rest - (rest !== 0n && rest < 0n !== width < 0n ? width : 0n);
    return start < int64Min || start > int64Max ? null : narrowed(start);
  },
);

function extreme(name: string, summary: string, sign: 1 | -1): ScalarFunction {
  return partial(
    name,
    `${summary} of the arguments`,
    `select ${name}(1, 2) as x from events limit 1`,
    (args) => {
      const wrong = args.find((arg) => !isNumber(arg.type));
      if (args.length === 0 || wrong !== undefined)
        return { error: `${name} wants numbers${wrong === undefined ? '' : `, not ${wrong.type}`}` };
      return { type: args.every((arg) => arg.type === 'int') ? 'int' : 'float' };
    },
    (args) => args.reduce((best, value) => (compareNumbers(value, best) * sign > 0 ? value : best)),
  );
}

export const least = extreme('least', 'smallest', -1);
export const greatest = extreme('greatest', 'largest', 1);

/** Half away from zero, on the decimal that the number prints as: round(1.005, 2) is 1.01. */
function roundDecimal(value: number, decimals: number): number {
  if (!Number.isFinite(value)) return value;
  const shifted = Number(shiftExponent(Math.abs(value), decimals));
  // So many decimals that the shifted number is beyond a float: it has fewer itself.
  if (shifted === Infinity) return value;
  return Math.sign(value) * Number(shiftExponent(Math.round(shifted), -decimals));
}

/** An int beyond ±2^53 to a power of ten, half away from zero; null beyond 64 bits. */
function roundInt(value: bigint, decimals: number): number | bigint | null {
  if (decimals >= 0) return value;
  if (decimals < -19) return 0;
  const unit = 10n ** BigInt(-decimals);
  const size = value < 0n ? -value : value;
  const rounded = ((size + unit / 2n) / unit) * unit * (value < 0n ? -1n : 1n);
  return rounded < int64Min || rounded > int64Max ? null : narrowed(rounded);
}

function shiftExponent(value: number, by: number): string {
  const [mantissa, exponent = '0'] = String(value).split('e');
  return `${mantissa}e${Number(exponent) + by}`;
}

function stepped(name: string, sign: 1 | -1): ScalarFunction {
  return {
    name,
    summary: `a time moved ${sign === 1 ? 'on' : 'back'} by a calendar step`,
    example: `select time ${sign === 1 ? '+' : '-'} 1d as x from events limit 1`,
    signature: (args) =>
      args[0]!.type === 'time' || args[0]!.type === 'null'
        ? { type: 'time' }
        : { error: `${args[0]!.type} ${sign === 1 ? '+' : '-'} a duration: only a time takes a duration` },
    evaluate: ([time], context, constants) => {
      const step = parseDuration(String(constants[1]))!;
      return collect(name, time!.length, [time!], context, (row) => {
        const moved = addSteps(numberAt(time!, row), step, sign, context.timezone);
        return isTimeValue(moved) ? moved : null;
      });
    },
  };
}

export const addDuration = stepped('add_duration', 1);
export const subtractDuration = stepped('subtract_duration', -1);
