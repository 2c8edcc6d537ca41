import { textOf, type Cell } from '../cells.ts';
import { below, pick } from '../random.ts';
import { called, constant, grown, infix, int64, type ScalarRule } from './rule.ts';

const str = (cell: Cell | undefined): string => cell as string;
const points = (cell: Cell | undefined): string[] => Array.from(str(cell));

function oneText(name: string, at: (text: string) => string, duck = true): ScalarRule {
  return {
    name,
    result: 'text',
    weight: 1.2,
    make: grown('text'),
    varve: called(name),
    ...(duck ? { duck: called(name) } : {}),
    at: ([a]) => at(str(a)),
  };
}

/** `like`, by the definition: `%` is any text, `_` one code point, the escape takes the next sign as it is. */
function likes(text: readonly string[], pattern: readonly string[], escape: string | null): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return text.length === 0;
  if (head === escape && rest.length > 0) return text[0] === rest[0] && likes(text.slice(1), rest.slice(1), escape);
  if (head === '%') {
    for (let at = 0; at <= text.length; at++) if (likes(text.slice(at), rest, escape)) return true;
    return false;
  }
  return text.length > 0 && (head === '_' || head === text[0]) && likes(text.slice(1), rest, escape);
}

const patterns = [
  '%',
  '',
  '_',
  'D%',
  '%e%',
  '%E',
  '_E',
  'a_c%',
  '%!%%',
  "%'%",
  '%😀%',
  '_😀%',
  'u1%',
  '__',
  '%é',
  '100%',
  '%\\%',
  'DE',
];

const likeRules: readonly ScalarRule[] = (['like', 'ilike'] as const).flatMap((name) =>
  [false, true].flatMap((negated) =>
    [false, true].map((escaped): ScalarRule => ({
      name: `${negated ? 'not ' : ''}${name}${escaped ? ' escape' : ''}`,
      result: 'bool',
      weight: (negated ? 0.4 : 1) * (escaped ? 0.4 : 1),
      make: (random, grow) => [
        grow('text'),
        constant(pick(random, escaped ? ['%!%%', '100!%', 'a!_c%', '!_%', '%!!%', 'D%'] : patterns), 'text'),
        ...(escaped ? [constant('!', 'text')] : []),
      ],
      varve: ([a, b, c]) => `(${a} ${negated ? 'not ' : ''}${name} ${b}${escaped ? ` escape ${c}` : ''})`,
      duck: ([a, b, c]) => `(${a} ${negated ? 'not ' : ''}${name} ${b}${escaped ? ` escape ${c}` : ''})`,
      at: ([a, b, c]) => {
        const fold = (cell: Cell | undefined): string[] =>
          Array.from(name === 'ilike' ? str(cell).toLowerCase() : str(cell));
        return likes(fold(a), fold(b), escaped ? str(c) : null) !== negated;
      },
    })),
  ),
);

/** Written alike in RE2 and in JavaScript. */
const expressions = [
  '^D',
  'E$',
  '[0-9]+',
  'DE|FR',
  'a.c',
  '^.$',
  '^..$',
  'é',
  '^\\d{1,2}$',
  '[^a-z]',
  '(a|b)c*',
  '^$',
  "'",
  'x?y',
  '\\.',
  '^.😀',
];

const regexRules: readonly ScalarRule[] = [false, true].map((negated): ScalarRule => ({
  name: negated ? '!~' : '~',
  result: 'bool',
  weight: 2,
  feature: 'regex',
  make: (random, grow) => [grow('text'), constant(pick(random, expressions), 'text')],
  varve: infix(negated ? '!~' : '~'),
  duck: ([a, b]) => `(${negated ? 'not ' : ''}regexp_matches(${a}, ${b}))`,
  at: ([a, b]) => new RegExp(str(b), 'u').test(str(a)) !== negated,
}));

const parts = ['a', 'e', 'E', 'DE', '', ' ', "'", '😀', 'é', '-', '%', '1'];
const part = (random: () => number): ReturnType<typeof constant> => constant(pick(random, parts), 'text');

const tests: readonly ScalarRule[] = (
  [
    ['contains', (a: string, b: string) => a.includes(b)],
    ['starts_with', (a: string, b: string) => a.startsWith(b)],
    ['ends_with', (a: string, b: string) => a.endsWith(b)],
  ] as const
).map(([name, test]): ScalarRule => ({
  name,
  result: 'bool',
  weight: 1.5,
  make: (random, grow) => [grow('text'), part(random)],
  varve: called(name),
  duck: called(name),
  at: ([a, b]) => test(str(a), str(b)),
}));

function substring(text: readonly string[], from: number, count: number | null): string {
  // Places before the first are passed over, but count.
  return text.filter((_, index) => index + 1 >= from && (count === null || index + 1 < from + count)).join('');
}

const makers: readonly ScalarRule[] = [
  oneText('lower', (text) => text.toLowerCase()),
  oneText('upper', (text) => text.toUpperCase()),
  oneText('trim', (text) => text.trim()),
  {
    name: '||',
    result: 'text',
    weight: 1.5,
    make: grown('text', 'text'),
    varve: infix('||'),
    duck: infix('||'),
    at: ([a, b]) => str(a) + str(b),
  },
  {
    name: 'concat',
    result: 'text',
    weight: 0.7,
    make: (random, grow) => Array.from({ length: 1 + below(random, 3) }, () => grow('text')),
    varve: called('concat'),
    duck: (args) => `(${args.join(' || ')})`,
    at: (args) => args.join(''),
  },
  {
    name: 'replace',
    result: 'text',
    weight: 0.7,
    make: (random, grow) => [grow('text'), part(random), part(random)],
    varve: called('replace'),
    duck: called('replace'),
    at: ([a, b, c]) => (b === '' ? a! : str(a).split(str(b)).join(str(c))),
  },
  {
    name: 'substr from',
    result: 'text',
    weight: 0.7,
    make: (random, grow) => [grow('text'), constant(BigInt(below(random, 6) - 1), 'int')],
    varve: called('substr'),
    duck: (args, [, from]) => (Number((from as { value: Cell }).value) >= 1 ? called('substr')(args) : null),
    at: ([a, from]) => substring(points(a), Number(from), null),
  },
  {
    name: 'substr of length',
    result: 'text',
    weight: 1,
    make: (random, grow) => [
      grow('text'),
      constant(BigInt(below(random, 5) - 1), 'int'),
      constant(BigInt(below(random, 4)), 'int'),
    ],
    varve: called('substr'),
    duck: (args, [, from]) => (Number((from as { value: Cell }).value) >= 1 ? called('substr')(args) : null),
    at: ([a, from, count]) => substring(points(a), Number(from), Number(count)),
  },
  {
    name: 'split_part',
    result: 'text',
    weight: 0.7,
    make: (random, grow) => [
      grow('text'),
      constant(pick(random, ['-', ' ', 'e', '😀']), 'text'),
      constant(BigInt(1 + below(random, 3)), 'int'),
    ],
    varve: called('split_part'),
    duck: called('split_part'),
    at: ([a, b, place]) => str(a).split(str(b))[Number(place) - 1] ?? '',
  },
  {
    name: 'length',
    result: 'int',
    weight: 1.2,
    make: grown('text'),
    varve: called('length'),
    duck: called('length'),
    at: ([a]) => BigInt(points(a).length),
  },
];

function readInt(text: string): bigint | null {
  const trimmed = text.trim();
  if (/^[+-]?\d+$/.test(trimmed)) return int64(BigInt(trimmed.replace('+', '')));
  const number = readFloat(text);
  return number === null || !Number.isFinite(number) ? null : wholeOf(number);
}

function readFloat(text: string): number | null {
  const trimmed = text.trim();
  // What a float without end or value is printed as reads back as itself.
  const special = /^([+-]?)(nan|infinity)$/i.exec(trimmed);
  if (special !== null) return special[2]!.toLowerCase() === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity;
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : NaN;
  return Number.isFinite(number) ? number : null;
}

/** Halves away from zero; null beyond 64 bits. */
function wholeOf(number: number): bigint | null {
  return int64(BigInt(Math.sign(number) * Math.round(Math.abs(number))));
}

function cast(
  from: ScalarRule['result'],
  to: ScalarRule['result'],
  at: (cell: Cell) => Cell,
  duck?: (arg: string) => string,
): ScalarRule {
  return {
    name: `${from}::${to}`,
    result: to,
    weight: 0.7,
    make: grown(from),
    varve: ([a]) => `${a}::${to}`,
    ...(duck === undefined ? {} : { duck: ([a]: readonly string[]) => duck(a!) }),
    at: ([a]) => at(a!),
  };
}

const casts: readonly ScalarRule[] = [
  cast('int', 'text', textOf, (a) => `CAST(${a} AS VARCHAR)`),
  cast('bool', 'text', textOf, (a) => `CAST(${a} AS VARCHAR)`),
  cast('float', 'text', textOf),
  cast('time', 'text', textOf, (a) => `strftime(make_timestamp(${a} * 1000), '%Y-%m-%dT%H:%M:%S.%gZ')`),
  cast('text', 'int', (cell) => readInt(str(cell))),
  cast('text', 'float', (cell) => readFloat(str(cell))),
  cast(
    'int',
    'float',
    (cell) => Number(cell),
    (a) => `CAST(${a} AS DOUBLE)`,
  ),
  cast(
    'float',
    'int',
    (cell) => (Number.isFinite(cell) ? wholeOf(Number(cell)) : null),
    (a) => `whole(${a})`,
  ),
  cast(
    'bool',
    'int',
    (cell) => (cell === true ? 1n : 0n),
    (a) => `CAST(${a} AS BIGINT)`,
  ),
  cast(
    'int',
    'bool',
    (cell) => cell !== 0n,
    (a) => `CAST(${a} AS BOOLEAN)`,
  ),
];

export const textRules: readonly ScalarRule[] = [...makers, ...tests, ...likeRules, ...regexRules, ...casts];
