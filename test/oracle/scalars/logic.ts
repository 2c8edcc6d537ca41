import { compareCells, type Cell, type Type } from '../cells.ts';
import { below, chance, pick } from '../random.ts';
import type { Expr } from '../tree.ts';
import { constant, grown, infix, type ScalarRule } from './rule.ts';

type Truth = boolean | null;

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const all = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true);
const any = (truths: readonly Truth[]): Truth => (truths.includes(true) ? true : truths.includes(null) ? null : false);

function compared(a: Cell, b: Cell, decide: (order: number) => boolean): Truth {
  return a === null || b === null ? null : decide(compareCells(a, b));
}

const decisions: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Pairs of types that compare. */
const pairs: readonly (readonly [Type, Type, number])[] = [
  ['text', 'text', 5],
  ['int', 'int', 5],
  ['float', 'float', 3],
  ['int', 'float', 3],
  ['float', 'int', 3],
  ['time', 'time', 3],
  ['bool', 'bool', 1],
];

/** DuckDB rounds an int to compare it with a float. */
function duckComparison(sign: string, [a, b]: readonly string[], [left, right]: readonly Expr[]): string {
  if (left!.type === 'float' && right!.type === 'int') return `(order_of(${a}, ${b}) ${sign} 0)`;
  if (left!.type === 'int' && right!.type === 'float') return `(0 ${sign} order_of(${b}, ${a}))`;
  return `(${a} ${sign} ${b})`;
}

const comparisons: readonly ScalarRule[] = pairs.flatMap(([left, right, weight]) =>
  Object.entries(decisions).map(([sign, decide]): ScalarRule => ({
    name: `${left} ${sign} ${right}`,
    result: 'bool',
    weight: weight * (sign === '=' ? 2 : sign === '<>' ? 0.3 : 1),
    make: (_random, grow) => {
      const args = [grow(left), grow(right)];
      return args.every(({ kind }) => kind === 'constant') ? [grow(left), args[1]!] : args;
    },
    varve: infix(sign),
    duck: (args, parts) => duckComparison(sign, args, parts),
    lenient: true,
    at: ([a, b]) => compared(a!, b!, decide),
  })),
);

const connectives: readonly ScalarRule[] = (['and', 'or'] as const).map((name): ScalarRule => ({
  name,
  result: 'bool',
  weight: 12,
  make: (random, grow) => Array.from({ length: 2 + below(random, 2) }, () => grow('bool')),
  varve: (args) => `(${args.join(` ${name} `)})`,
  duck: (args) => `(${args.join(` ${name} `)})`,
  lenient: true,
  at: (args) => (name === 'and' ? all : any)(args as readonly Truth[]),
}));

const negation: ScalarRule = {
  name: 'not',
  result: 'bool',
  weight: 6,
  make: grown('bool'),
  varve: ([a]) => `(not ${a})`,
  duck: ([a]) => `(not ${a})`,
  at: ([a]) => a !== true,
};

const nullTests: readonly ScalarRule[] = (['is null', 'is not null'] as const).map((name): ScalarRule => ({
  name,
  result: 'bool',
  weight: 4,
  make: (random, grow) => [grow(pick<Type>(random, ['text', 'int', 'float', 'bool', 'time', 'list of text']))],
  varve: ([a]) => `(${a} ${name})`,
  duck: ([a]) => `(${a} ${name})`,
  lenient: true,
  at: ([a]) => (a === null) === (name === 'is null'),
}));

const betweens: readonly ScalarRule[] = (['text', 'int', 'float', 'time'] as const).flatMap((type) =>
  [false, true].map((negated): ScalarRule => ({
    name: `${type}${negated ? ' not' : ''} between`,
    result: 'bool',
    weight: negated ? 0.5 : 1.5,
    make: grown(type, type, type),
    varve: ([a, low, high]) => `(${a} ${negated ? 'not ' : ''}between ${low} and ${high})`,
    duck: ([a, low, high]) => `(${a} ${negated ? 'not ' : ''}between ${low} and ${high})`,
    lenient: true,
    at: ([a, low, high]) => {
      const truth = all([compared(a!, low!, (order) => order >= 0), compared(a!, high!, (order) => order <= 0)]);
      return negated ? not(truth) : truth;
    },
  })),
);

const memberships: readonly ScalarRule[] = (['text', 'int', 'float', 'time'] as const).flatMap((type) =>
  [false, true].map((negated): ScalarRule => ({
    name: `${type}${negated ? ' not' : ''} in`,
    result: 'bool',
    weight: negated ? 1 : 2,
    make: (random, grow) => {
      const values: Expr[] = [];
      const wanted = 1 + below(random, 4);
      for (let tries = 0; tries < 40 && values.length < wanted; tries++) {
        const value = grow(type);
        if (value.kind === 'constant') values.push(value);
      }
      if (values.length === 0) values.push(constant(null, 'null'));
      if (chance(random, 0.08)) values.push(constant(null, 'null'));
      return [grow(type), ...values];
    },
    varve: ([a, ...values]) => `(${a} ${negated ? 'not ' : ''}in (${values.join(', ')}))`,
    duck: ([a, ...values]) => `(${a} ${negated ? 'not ' : ''}in (${values.join(', ')}))`,
    lenient: true,
    at: ([a, ...values]) => {
      const truth = any(values.map((value) => compared(a!, value, (order) => order === 0)));
      return negated ? not(truth) : truth;
    },
  })),
);

/** DuckDB has no value of a type without one: an untyped null in a choice is given the type of the choice. */
const choices: readonly ScalarRule[] = (['text', 'int', 'float', 'bool', 'time'] as const).flatMap(
  (type): ScalarRule[] => [
    {
      name: `case ${type}`,
      result: type,
      weight: 1,
      make: (random, grow) => [
        ...Array.from({ length: 1 + below(random, 2) }, () => [grow('bool'), grow(type)]).flat(),
        ...(chance(random, 0.7) ? [grow(type)] : []),
      ],
      varve: writeCase,
      duck: writeCase,
      lenient: true,
      at: (args) => {
        for (let at = 0; at + 1 < args.length; at += 2) if (args[at] === true) return args[at + 1]!;
        return args.length % 2 === 1 ? args.at(-1)! : null;
      },
    },
    {
      name: `case of ${type}`,
      result: 'int',
      weight: type === 'text' || type === 'int' ? 0.7 : 0,
      make: (_random, grow) => [
        grow(type),
        grow(type),
        constant(1n, 'int'),
        grow(type),
        constant(2n, 'int'),
        grow('int'),
      ],
      varve: ([subject, a, x, b, y, z]) => `(case ${subject} when ${a} then ${x} when ${b} then ${y} else ${z} end)`,
      duck: ([subject, a, x, b, y, z]) => `(case ${subject} when ${a} then ${x} when ${b} then ${y} else ${z} end)`,
      lenient: true,
      at: ([subject, a, x, b, y, z]) => {
        const meets = (value: Cell): boolean => compared(subject!, value, (order) => order === 0) === true;
        return meets(a!) ? x! : meets(b!) ? y! : z!;
      },
    },
    {
      name: `if ${type}`,
      result: type,
      weight: 1,
      make: grown('bool', type, type),
      varve: ([c, a, b]) => `if(${c}, ${a}, ${b})`,
      duck: ([c, a, b]) => `(case when ${c} then ${a} else ${b} end)`,
      lenient: true,
      at: ([c, a, b]) => (c === true ? a! : b!),
    },
    {
      name: `coalesce ${type}`,
      result: type,
      weight: 1,
      make: grown(type, type),
      varve: ([a, b]) => `coalesce(${a}, ${b})`,
      duck: ([a, b]) => `coalesce(${a}, ${b})`,
      lenient: true,
      at: ([a, b]) => a ?? b!,
    },
  ],
);

function writeCase(args: readonly string[]): string {
  const whens: string[] = [];
  for (let at = 0; at + 1 < args.length; at += 2) whens.push(`when ${args[at]} then ${args[at + 1]}`);
  return `(case ${whens.join(' ')}${args.length % 2 === 1 ? ` else ${args.at(-1)}` : ''} end)`;
}

export const logicRules = [
  ...comparisons,
  ...connectives,
  negation,
  ...nullTests,
  ...betweens,
  ...memberships,
  ...choices,
];
