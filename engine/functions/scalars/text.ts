import { checkArguments, isNumber, isText, type TypeTest } from '../signature.ts';
import { likeMatcher } from './like.ts';
import type { ScalarFunction } from './scalar.ts';
import { mapTexts, type TextMapping } from './text-values.ts';

function textFunction(
  name: string,
  summary: string,
  example: string,
  tests: readonly TypeTest[],
  result: TextMapping['result'],
  at: TextMapping['at'],
  least = tests.length,
): ScalarFunction {
  const mapping: TextMapping = { name, result, at };
  return {
    name,
    summary,
    example: `select ${example} as x from events limit 1`,
    signature: (args) => checkArguments(name, args, tests, result, least),
    evaluate: (args, context) => mapTexts(mapping, args, context),
  };
}

export const lower = textFunction('lower', 'in lower case', "lower('Ab')", [isText], 'text', (a) => a.toLowerCase());
export const upper = textFunction('upper', 'in upper case', "upper('Ab')", [isText], 'text', (a) => a.toUpperCase());
export const trim = textFunction('trim', 'without white space at the ends', "trim(' a ')", [isText], 'text', (a) =>
  a.trim(),
);
export const replace = textFunction(
  'replace',
  'every occurrence of a text replaced by another',
  "replace('a-b', '-', '+')",
  [isText, isText, isText],
  'text',
  (a, from, to) => (from === '' ? a : a.replaceAll(from as string, () => to as string)),
);
export const substr = textFunction(
  'substr',
  'part of a text from a place on, counted from 1, to its end or of a length: substr(t, 2, 3)',
  "substr('abc', 2, 1)",
  [isText, isNumber, isNumber],
  'text',
  (a, from, count) => partOf(a, from as number, count as number | undefined),
  2,
);

const surrogates = /[\ud800-\udfff]/;

/** Places before the first are counted like others, and hold nothing. */
function partOf(text: string, from: number, count: number | undefined): string {
  const start = from - 1;
  const end = count === undefined ? text.length : Math.max(0, start + Math.max(0, count));
  if (!surrogates.test(text)) return text.slice(Math.max(0, start), end);
  return Array.from(text).slice(Math.max(0, start), end).join('');
}

export const splitPart = textFunction(
  'split_part',
  "the n-th piece between separators, from 1, or from the end with -1; the empty text where there is none: split_part(path, '/', 2)",
  "split_part('a/b', '/', 2)",
  [isText, isText, isNumber],
  'text',
  (a, separator, place) => pieceOf(a, separator as string, place as number),
);

function pieceOf(text: string, separator: string, place: number): string {
  if (separator === '') return place === 1 || place === -1 ? text : '';
  if (place < 0) {
    const pieces = text.split(separator);
    return pieces[pieces.length + place] ?? '';
  }
  let from = 0;
  for (let passed = 1; passed < place; passed++) {
    const next = text.indexOf(separator, from);
    if (next < 0) return '';
    from = next + separator.length;
  }
  if (!(place >= 1) || !Number.isInteger(place)) return '';
  const end = text.indexOf(separator, from);
  return end < 0 ? text.slice(from) : text.slice(from, end);
}

export const contains = textFunction(
  'contains',
  "whether a text lies within: contains(url, '/docs/')",
  "contains('abc', 'b')",
  [isText, isText],
  'bool',
  (a, b) => a.includes(b as string),
);
export const startsWith = textFunction(
  'starts_with',
  'whether a text begins so',
  "starts_with('abc', 'a')",
  [isText, isText],
  'bool',
  (a, b) => a.startsWith(b as string),
);
export const endsWith = textFunction(
  'ends_with',
  'whether a text ends so',
  "ends_with('abc', 'c')",
  [isText, isText],
  'bool',
  (a, b) => a.endsWith(b as string),
);
export const join = textFunction(
  '||',
  'two texts joined',
  "'a' || 'b'",
  [isText, isText],
  'text',
  (a, b) => a + (b as string),
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
      : {
          error: `concat wants a text as argument ${wrong + 1}, not ${args[wrong]!.type}`,
          hint: 'Cast it: x::text.',
          argument: wrong,
        };
  },
  evaluate: ([first, ...others], context) =>
    others.reduce((joined, next) => mapTexts(joining, [joined, next], context), first!),
};

const joining: TextMapping = { name: 'concat', result: 'text', at: (a, b) => a + (b as string) };

function likeFunction(name: 'like' | 'ilike'): ScalarFunction {
  const fold = name === 'ilike';
  const at = (check?: () => void): TextMapping['at'] => {
    return (a, pattern, escape) => likeMatcher(pattern as string, escape as string | undefined, fold)(a, check);
  };
  const made = textFunction(
    name,
    `whole text against a pattern: % any text, _ one character${fold ? ', either case' : ''}`,
    `'abc' ${name} 'a%'`,
    [isText, isText, isText],
    'bool',
    at(),
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
    evaluate: (args, context, constants) => {
      const [pattern, escape] = constants.slice(1);
      const check = (): void => context.check?.();
      // Of one pattern the matcher is found once, not once a row.
      if (typeof pattern !== 'string' || (args.length > 2 && typeof escape !== 'string'))
        return mapTexts({ name, result: 'bool', at: at(check) }, args, context);
      const matcher = likeMatcher(pattern, escape as string | undefined, fold);
      return mapTexts({ name, result: 'bool', at: (a) => matcher(a, check) }, args.slice(0, 1), context);
    },
  };
}

export const like = likeFunction('like');
export const ilike = likeFunction('ilike');
