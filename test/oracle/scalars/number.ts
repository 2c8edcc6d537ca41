import { compareCells, type Cell, type Type } from '../cells.ts';
import { below, pick } from '../random.ts';
import type { Expr } from '../tree.ts';
import { called, constant, grown, infix, int64, type ScalarRule } from './rule.ts';

/** Number where it is one of JavaScript or an int. */
const num = (cell: Cell | undefined): number => Number(cell);
const big = (cell: Cell | undefined): bigint => BigInt(cell as bigint);

/** What no number is: a value that the operands give no reason for. */
function orNull(value: number, args: readonly Cell[]): number | null {
  return Number.isNaN(value) && !args.some((arg) => Number.isNaN(Number(arg))) ? null : value;
}

const onInts: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
};
const onFloats: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
};

const arithmetic: readonly ScalarRule[] = Object.keys(onInts).flatMap((sign): ScalarRule[] => [
  {
    name: `int ${sign} int`,
    result: 'int',
    weight: 4,
    make: grown('int', 'int'),
    varve: infix(sign),
    duck: ([a, b]) => `int64(${a}::HUGEINT ${sign} ${b}::HUGEINT)`,
    at: ([a, b]) => int64(onInts[sign]!(big(a), big(b))),
  },
  ...(
    [
      ['float', 'float'],
      ['int', 'float'],
      ['float', 'int'],
    ] as const
  ).map(([left, right]): ScalarRule => ({
    name: `${left} ${sign} ${right}`,
    result: 'float',
    weight: left === right ? 3 : 1,
    make: grown(left, right),
    varve: infix(sign),
    duck: ([a, b]) => `(${a}::DOUBLE ${sign} ${b}::DOUBLE)`,
    at: ([a, b]) => onFloats[sign]!(num(a), num(b)),
  })),
]);

const numberTypes: readonly Type[] = ['int', 'float'];

const divisions: readonly ScalarRule[] = numberTypes.flatMap((left) =>
  numberTypes.flatMap((right): ScalarRule[] => [
    {
      name: `${left} / ${right}`,
      result: 'float',
      weight: 1.5,
      make: grown(left, right),
      varve: infix('/'),
      duck: ([a, b]) => `fdiv0(${a}, ${b})`,
      at: ([a, b]) => (num(b) === 0 ? null : num(a) / num(b)),
    },
    {
      name: `${left} % ${right}`,
      result: left === 'int' && right === 'int' ? 'int' : 'float',
      weight: 1,
      make: grown(left, right),
      varve: infix('%'),
      duck: ([a, b]) =>
        left === 'int' && right === 'int'
          ? `int64(${a}::HUGEINT % nullif(${b}::HUGEINT, 0))`
          : `fmod0(${a}::DOUBLE, ${b}::DOUBLE)`,
      at: ([a, b]) => {
        // What is no number stays none, whatever it is divided by.
        if (num(b) === 0) return Number.isNaN(num(a)) ? NaN : null;
        return left === 'int' && right === 'int' ? big(a) % big(b) : orNull(num(a) % num(b), [a!, b!]);
      },
    },
  ]),
);

function rounded(value: bigint, decimals: number): bigint | null {
  if (decimals >= 0) return value;
  const unit = 10n ** BigInt(-decimals);
  const size = value < 0n ? -value : value;
  const whole = ((size + unit / 2n) / unit) * unit;
  return int64(value < 0n ? -whole : whole);
}

/** Of eighths and what is made of them, so that the decimals asked for are exact halves or none. */
function roundedEighths(value: number, decimals: number): number {
  if (!Number.isFinite(value)) return value;
  const digits = Math.abs(value).toFixed(20);
  const [whole, part] = digits.split('.') as [string, string];
  const unit = 10n ** BigInt(20 - decimals);
  const all = BigInt(whole + part);
  const size = ((all + unit / 2n) / unit) * unit;
  const text = size.toString().padStart(21, '0');
  return Math.sign(value) * Number(`${text.slice(0, -20)}.${text.slice(-20)}`);
}

function wholeOf(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

const eighths: Expr = { kind: 'column', name: 'f', type: 'float' };

const roundings: readonly ScalarRule[] = [
  ...(['floor', 'ceil', 'round'] as const).flatMap((name): ScalarRule[] => [
    {
      name: `${name} float`,
      result: 'float',
      weight: 0.7,
      make: grown('float'),
      varve: called(name),
      duck: called(name),
      at: ([a]) => (name === 'floor' ? Math.floor(num(a)) : name === 'ceil' ? Math.ceil(num(a)) : wholeOf(num(a))),
    },
    {
      name: `${name} int`,
      result: 'int',
      weight: 0.3,
      make: grown('int'),
      varve: called(name),
      duck: ([a]) => a!,
      at: ([a]) => a!,
    },
  ]),
  {
    name: 'round to decimals',
    result: 'float',
    weight: 0.7,
    make: (random) => [eighths, constant(BigInt(below(random, 3)), 'int')],
    varve: called('round'),
    at: ([a, decimals]) => roundedEighths(num(a), num(decimals)),
  },
  {
    name: 'round to tens',
    result: 'int',
    weight: 0.5,
    make: (random, grow) => [grow('int'), constant(BigInt(-below(random, 4)), 'int')],
    varve: called('round'),
    at: ([a, decimals]) => rounded(big(a), num(decimals)),
  },
];

/** Nulls are passed over, as by aggregates. */
function extreme(name: 'least' | 'greatest', type: 'int' | 'float'): ScalarRule {
  const sign = name === 'least' ? -1 : 1;
  return {
    name: `${name} ${type}`,
    result: type,
    weight: 0.5,
    make: (random, grow) => Array.from({ length: 2 + below(random, 2) }, () => grow(type)),
    varve: called(name),
    duck: called(name),
    lenient: true,
    at: (args) => {
      const there = args.filter((arg) => arg !== null);
      return there.length === 0 ? null : there.reduce((best, arg) => (compareCells(arg, best) * sign > 0 ? arg : best));
    },
  };
}

const unary: readonly ScalarRule[] = [
  ...(['int', 'float'] as const).flatMap((type): ScalarRule[] => [
    {
      name: `- ${type}`,
      result: type,
      weight: 0.7,
      make: grown(type),
      varve: ([a]) => `(-${a})`,
      duck: ([a]) => (type === 'int' ? `int64(-(${a}::HUGEINT))` : `(-${a})`),
      at: ([a]) => (type === 'int' ? int64(-big(a)) : -num(a)),
    },
    {
      name: `abs ${type}`,
      result: type,
      weight: 0.7,
      make: grown(type),
      varve: called('abs'),
      duck: ([a]) => (type === 'int' ? `int64(abs(${a}::HUGEINT))` : `abs(${a})`),
      at: ([a]) => (type === 'int' ? int64(big(a) < 0n ? -big(a) : big(a)) : Math.abs(num(a))),
    },
    extreme('least', type),
    extreme('greatest', type),
  ]),
  ...(['sqrt', 'ln', 'log10'] as const).map((name): ScalarRule => ({
    name,
    result: 'float',
    weight: 0.4,
    make: (random, grow) => [grow(pick(random, numberTypes))],
    varve: called(name),
    duck: ([a]) =>
      `(case when ${a}::DOUBLE ${name === 'sqrt' ? '<' : '<='} 0 then null else ${name}(${a}::DOUBLE) end)`,
    at: ([a]) => {
      const value = num(a);
      if (name === 'sqrt') return orNull(Math.sqrt(value), [a!]);
      return value <= 0 ? null : name === 'ln' ? Math.log(value) : Math.log10(value);
    },
  })),
  {
    name: 'pow',
    result: 'float',
    weight: 0.4,
    make: (random, grow) => [grow(pick(random, numberTypes)), constant(pick(random, [0n, 1n, 2n, 3n]), 'int')],
    varve: called('pow'),
    duck: ([a, b]) => `pow(${a}::DOUBLE, ${b})`,
    at: ([a, b]) => num(a) ** num(b),
  },
  {
    name: 'bin int',
    result: 'int',
    weight: 0.6,
    make: (random, grow) => [grow('int'), constant(pick(random, [1n, 2n, 5n, 10n, 1000n]), 'int')],
    varve: called('bin'),
    duck: ([a, b]) => `int64(${a}::HUGEINT - ((${a} % ${b}) + ${b}) % ${b})`,
    at: ([a, b]) => int64(big(a) - (((big(a) % big(b)) + big(b)) % big(b))),
  },
  {
    name: 'bin float',
    result: 'float',
    weight: 0.6,
    make: (random, grow) => [grow('float'), constant(pick(random, [0.5, 2.5, 4.0]), 'float')],
    varve: called('bin'),
    duck: ([a, b]) => `(floor(${a} / ${b}) * ${b})`,
    at: ([a, b]) => Math.floor(num(a) / num(b)) * num(b),
  },
];

export const numberRules: readonly ScalarRule[] = [...arithmetic, ...divisions, ...roundings, ...unary];
