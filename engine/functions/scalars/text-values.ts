import { VarveError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';
import type { Values } from '../../column/values.ts';
import { unionNulls } from '../access.ts';
import type { ScalarContext } from './scalar.ts';

/** What one row of an argument is. */
export type Cell = string | number;
/** What a function makes of one row; null = it has no value there. */
export type Made = string | number | boolean | null;

/** A function of texts, for the kind of values that it makes. */
export interface TextMapping {
  readonly name: string;
  readonly result: 'text' | 'int' | 'bool';
  readonly at: (a: string, b: Cell | undefined, c: Cell | undefined) => Made;
  /** Whether null is an answer like others; else such rows are counted and warned of. */
  readonly quietNulls?: boolean;
}

/**
 * Maps rows of one to three arguments, the first a text. What is coded is mapped once a text by the caller, who sees to
 * nulls too.
 * @throws VarveError `limit` beyond madeCharactersMax.
 */
export function mapTexts(
  { name, result, at, quietNulls }: TextMapping,
  args: readonly Values[],
  context: ScalarContext,
): Values {
  const { length } = args[0]!;
  const [a, b, c] = args.map(cellsOf) as [readonly string[], ArrayLike<Cell> | undefined, ArrayLike<Cell> | undefined];
  const skipped = unionNulls(args, length);
  const texts = result === 'text' ? new Array<string>(length).fill('') : [];
  const numbers = new Float64Array(result === 'int' ? length : 0);
  const bools = new Uint8Array(result === 'bool' ? length : 0);
  let nulls: Uint8Array | null = null;
  let missing = 0;
  let made = 0;
  for (let row = 0; row < length; row++) {
    if (skipped !== null && skipped[row] === 1) continue;
    const value = madeAt(name, at, a[row], b === undefined ? undefined : b[row], c === undefined ? undefined : c[row]);
    if (value === null) {
      nulls ??= new Uint8Array(length);
      nulls[row] = 1;
      missing++;
    } else if (result === 'text') {
      texts[row] = value as string;
      made += texts[row].length;
      if (made > limits.madeCharactersMax) throw tooLong(name);
    } else if (result === 'int') numbers[row] = value as number;
    else bools[row] = value === true ? 1 : 0;
  }
  if (missing > 0 && quietNulls !== true) context.noteNoValue(name, missing);
  if (result === 'text') return { kind: 'text', length, values: texts, nulls };
  if (result === 'int') return { kind: 'number', length, values: numbers, nulls };
  return { kind: 'bool', length, values: bools, nulls };
}

/** A text longer than the platform's longest is one beyond the limit. */
function madeAt(
  name: string,
  at: TextMapping['at'],
  a: string | undefined,
  b: Cell | undefined,
  c: Cell | undefined,
): Made {
  try {
    return at(a!, b, c);
  } catch (error) {
    throw error instanceof RangeError ? tooLong(name, error) : error;
  }
}

function tooLong(name: string, cause?: unknown): VarveError {
  return new VarveError(
    'limit',
    `${name} makes more than ${limits.madeCharactersMax} characters of text at once (madeCharactersMax).`,
    { hint: 'Cut the texts first: substr(x, 1, 1000).', cause },
  );
}

function cellsOf(values: Values): ArrayLike<Cell> {
  switch (values.kind) {
    case 'text':
      return values.values;
    case 'coded': {
      const { texts, codes } = values;
      const own = new Array<string>(values.length);
      for (let row = 0; row < own.length; row++) own[row] = texts[codes[row]];
      return own;
    }
    case 'number':
      return values.values;
    case 'bigint':
      return Float64Array.from(values.values, Number);
    default:
      return [];
  }
}
