import type { Values } from '../../column/values.ts';
import { isNullAt, textAt } from '../access.ts';
import { checkArguments, isText } from '../signature.ts';
import { patternOf } from './pattern.ts';
import type { ArgumentShape, ScalarContext, ScalarFunction, SignatureResult } from './scalar.ts';

/** Between two questions whether to go on: some milliseconds' work. */
const checkedCharacters = 1_000_000;

function regexFunction(name: '~' | '!~', summary: string, found: 0 | 1): ScalarFunction {
  return {
    name,
    summary,
    example: `select count() from events where event ${name} '^sign_?(up|in)$'`,
    signature: (args) => signatureOf(name, args),
    evaluate: ([text, pattern], context, constants) =>
      matches(name, text!, pattern!, typeof constants[1] === 'string', found, context),
  };
}

function signatureOf(name: string, args: readonly ArgumentShape[]): SignatureResult {
  const checked = checkArguments(name, args, [isText, isText], 'bool');
  const source = args[1]?.constant;
  if ('error' in checked || typeof source !== 'string') return checked;
  const pattern = patternOf(source);
  if ('find' in pattern) return checked;
  return {
    error: `'${source}' is no pattern: ${pattern.problem}`,
    hint: 'Patterns have the syntax of RE2: no look-around, no backreferences; \\ before a sign takes it as it is.',
    argument: 1,
  };
}

function matches(
  name: string,
  texts: Values,
  patterns: Values,
  fixed: boolean,
  found: 0 | 1,
  context: ScalarContext,
): Values {
  const { length } = texts;
  const values = new Uint8Array(length);
  let nulls: Uint8Array | null = null;
  let missing = 0;
  let since = 0;
  let pattern = fixed && length > 0 ? patternOf(textAt(patterns, 0)) : null;
  let source = '';
  for (let row = 0; row < length; row++) {
    if (isNullAt(texts, row) || isNullAt(patterns, row)) continue;
    if (!fixed && (pattern === null || textAt(patterns, row) !== source)) {
      source = textAt(patterns, row);
      pattern = patternOf(source);
    }
    if (!('find' in pattern!)) {
      nulls ??= new Uint8Array(length);
      nulls[row] = 1;
      missing++;
      continue;
    }
    const text = textAt(texts, row);
    if ((since += text.length) > checkedCharacters) {
      since = 0;
      context.check?.();
    }
    values[row] = pattern.find(text) ? found : 1 - found;
  }
  if (missing > 0) context.noteNoValue(name, missing);
  return { kind: 'bool', length, values, nulls };
}

export const matchesPattern = regexFunction(
  '~',
  "whether a pattern is found anywhere in a text: url ~ '^/docs/'; RE2 syntax, (?i) at its start for either case",
  1,
);
export const lacksPattern = regexFunction(
  '!~',
  "whether a pattern is found nowhere in a text: url !~ 'bot|crawler'",
  0,
);
