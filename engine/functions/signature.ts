import type { ColumnType } from '../column/types.ts';
import type { ArgumentShape, SignatureResult } from './scalars/scalar.ts';

/** A test of one argument's type; `null` passes every one. */
export type TypeTest = (type: ColumnType) => boolean;

export const isNumber: TypeTest = (type) => type === 'int' || type === 'float' || type === 'null';
export const isText: TypeTest = (type) => type === 'text' || type === 'null';
export const isTime: TypeTest = (type) => type === 'time' || type === 'null';

const named = new Map<TypeTest, string>([
  [isNumber, 'a number'],
  [isText, 'a text'],
  [isTime, 'a time'],
]);

/**
 * Checks arguments one by one.
 * @param tests one a parameter; those beyond `least` may be left out.
 */
export function checkArguments(
  name: string,
  args: readonly ArgumentShape[],
  tests: readonly TypeTest[],
  result: ColumnType,
  least = tests.length,
): SignatureResult {
  if (args.length < least || args.length > tests.length) {
    const wanted = least === tests.length ? String(least) : `${least} to ${tests.length}`;
    return { error: `${name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${args.length}` };
  }
  const wrong = args.findIndex((arg, index) => !tests[index]!(arg.type));
  if (wrong >= 0)
    return {
      error: `${name} wants ${named.get(tests[wrong]!) ?? 'another type'} as argument ${wrong + 1}, not ${args[wrong]!.type}`,
      argument: wrong,
    };
  return { type: result };
}

/** The type that two values meet in to be compared or chosen between, or null when they do not meet. */
export function commonType(a: ColumnType, b: ColumnType): ColumnType | null {
  if (a === b || b === 'null') return a;
  if (a === 'null') return b;
  const numbers = (a === 'int' || a === 'float') && (b === 'int' || b === 'float');
  return numbers ? 'float' : null;
}
