import type { Values } from '../../column/values.ts';
import { isNullAt, numberAt, textAt } from '../access.ts';
import { checkArguments, isNumber, isText, type TypeTest } from '../signature.ts';
import type { ScalarContext, ScalarFunction } from './scalar.ts';

type Cell = string | number;

function textFunction(
  name: string,
  summary: string,
  example: string,
  tests: readonly TypeTest[],
  result: 'text' | 'int' | 'bool',
  at: (args: readonly Cell[]) => string | number | boolean | null,
  least = tests.length,
): ScalarFunction {
  return {
    name,
    summary,
    example: `select ${example} as x from events limit 1`,
    signature: (args) => checkArguments(name, args, tests, result, least),
    evaluate: (args, context) => evaluate(name, args, context, result, at),
  };
}

function evaluate(
  name: string,
  args: readonly Values[],
  context: ScalarContext,
  result: 'text' | 'int' | 'bool',
  at: (args: readonly Cell[]) => string | number | boolean | null,
): Values {
  const { length } = args[0]!;
  const texts = result === 'text' ? new Array<string>(length).fill('') : [];
  const numbers = new Float64Array(result === 'int' ? length : 0);
  const bools = new Uint8Array(result === 'bool' ? length : 0);
  let nulls: Uint8Array | null = null;
  let missing = 0;
  for (let row = 0; row < length; row++) {
    if (args.some((arg) => isNullAt(arg, row))) continue;
    const value = at(
      args.map((arg) => (arg.kind === 'number' || arg.kind === 'bigint' ? numberAt(arg, row) : textAt(arg, row))),
    );
    if (value === null) {
      nulls ??= new Uint8Array(length);
      nulls[row] = 1;
      missing++;
    } else if (result === 'text') texts[row] = value as string;
    else if (result === 'int') numbers[row] = value as number;
    else bools[row] = value === true ? 1 : 0;
  }
  if (missing > 0) context.noteNoValue(name, missing);
  if (result === 'text') return { kind: 'text', length, values: texts, nulls };
  if (result === 'int') return { kind: 'number', length, values: numbers, nulls };
  return { kind: 'bool', length, values: bools, nulls };
}

export const lower = textFunction('lower', 'in lower case', "lower('Ab')", [isText], 'text', ([a]) =>
  (a as string).toLowerCase(),
);
export const upper = textFunction('upper', 'in upper case', "upper('Ab')", [isText], 'text', ([a]) =>
  (a as string).toUpperCase(),
);
export const trim = textFunction('trim', 'without white space at the ends', "trim(' a ')", [isText], 'text', ([a]) =>
  (a as string).trim(),
);
export const replace = textFunction(
  'replace',
  'every occurrence of a text replaced by another',
  "replace('a-b', '-', '+')",
  [isText, isText, isText],
  'text',
  ([a, from, to]) => (from === '' ? a! : (a as string).replaceAll(from as string, () => to as string)),
);
export const substr = textFunction(
  'substr',
  'part of a text from a place (from 1) on, of a length',
  "substr('abc', 2, 1)",
  [isText, isNumber, isNumber],
  'text',
  ([a, from, count]) => {
    const points = Array.from(a as string);
    const start = (from as number) - 1;
    const end = count === undefined ? points.length : start + Math.max(0, count as number);
    return points.slice(Math.max(0, start), Math.max(0, end)).join('');
  },
  2,
);
export const splitPart = textFunction(
  'split_part',
  'the n-th piece between separators, from 1',
  "split_part('a/b', '/', 2)",
  [isText, isText, isNumber],
  'text',
  ([a, separator, index]) =>
    (separator === '' ? [a as string] : (a as string).split(separator as string))[(index as number) - 1] ?? '',
);
export const contains = textFunction(
  'contains',
  'whether a text lies within',
  "contains('abc', 'b')",
  [isText, isText],
  'bool',
  ([a, b]) => (a as string).includes(b as string),
);
export const startsWith = textFunction(
  'starts_with',
  'whether it begins so',
  "starts_with('abc', 'a')",
  [isText, isText],
  'bool',
  ([a, b]) => (a as string).startsWith(b as string),
);
export const endsWith = textFunction(
  'ends_with',
  'whether it ends so',
  "ends_with('abc', 'c')",
  [isText, isText],
  'bool',
  ([a, b]) => (a as string).endsWith(b as string),
);
export const join = textFunction(
  '||',
  'two texts joined',
  "'a' || 'b'",
  [isText, isText],
  'text',
  ([a, b]) => (a as string) + (b as string),
);

export const concat: ScalarFunction = {
  name: 'concat',
  summary: 'texts joined',
  example: "select concat('a', 'b', 'c') as x from events limit 1",
  signature: (args) => {
    const wrong = args.findIndex((arg) => !isText(arg.type));
    if (args.length === 0) return { error: 'concat takes at least one text' };
    return wrong < 0
      ? { type: 'text' }
      : { error: `concat wants a text as argument ${wrong + 1}, not ${args[wrong]!.type}`, hint: 'Cast it: x::text.' };
  },
  evaluate: (args, context) => evaluate('concat', args, context, 'text', (cells) => cells.join('')),
};

function likeFunction(name: 'like' | 'ilike'): ScalarFunction {
  const made = textFunction(
    name,
    `whole text against a pattern: % any text, _ one character${name === 'ilike' ? ', either case' : ''}`,
    `'abc' ${name} 'a%'`,
    [isText, isText, isText],
    'bool',
    ([a, pattern, escape]) => {
      const fold = name === 'ilike';
      return matchLike(
        Array.from(fold ? (a as string).toLowerCase() : (a as string)),
        likeParts(fold ? (pattern as string).toLowerCase() : (pattern as string), escape as string | undefined),
      );
    },
    2,
  );
  return {
    ...made,
    signature: (args) => {
      const escape = args[2]?.constant;
      return typeof escape === 'string' && Array.from(escape).length !== 1
        ? { error: `escape wants one character, not '${escape}'`, hint: "Write like '100!%' escape '!'." }
        : made.signature(args);
    },
  };
}

type LikePart = string | { readonly wild: '%' | '_' };
const partsCache = new Map<string, readonly LikePart[]>();

function likeParts(pattern: string, escape: string | undefined): readonly LikePart[] {
  const key = `${escape ?? ''}\u0000${pattern}`;
  let parts = partsCache.get(key);
  if (parts === undefined) {
    const made: LikePart[] = [];
    const points = Array.from(pattern);
    for (let i = 0; i < points.length; i++) {
      const point = points[i]!;
      if (escape !== undefined && point === escape && i + 1 < points.length) made.push(points[++i]!);
      else made.push(point === '%' || point === '_' ? { wild: point } : point);
    }
    if (partsCache.size > 100) partsCache.clear();
    parts = made;
    partsCache.set(key, parts);
  }
  return parts;
}

/** Greedy matching with one point of return: linear in text times the longest stretch between two %. */
function matchLike(text: readonly string[], parts: readonly LikePart[]): boolean {
  let at = 0;
  let part = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const wanted = parts[part];
    if (typeof wanted === 'object' && wanted.wild === '%') {
      star = part++;
      resume = at;
    } else if (wanted !== undefined && (typeof wanted === 'object' || wanted === text[at])) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++resume;
    } else return false;
  }
  while (part < parts.length && typeof parts[part] === 'object' && (parts[part] as { wild: string }).wild === '%')
    part++;
  return part === parts.length;
}

export const like = likeFunction('like');
export const ilike = likeFunction('ilike');
