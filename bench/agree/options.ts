import { parseArgs } from 'node:util';
import { VarveError } from '../../engine/base/errors.ts';

export interface AgreeOptions {
  /** Histories; each is asked in every mode. */
  readonly cases: number;
  readonly seed: number;
}

const casesDefault = 2000;

/**
 * Reads `[--cases N] [--seed N]`; without a seed it is that of the moment.
 * @param moment ms.
 * @throws VarveError `usage`.
 */
export function parseAgreeOptions(args: readonly string[], moment: number): AgreeOptions {
  const { cases, seed } = parse(args);
  return {
    cases: cases === undefined ? casesDefault : wholeNumber('cases', cases),
    seed: seed === undefined ? moment % 2 ** 31 : wholeNumber('seed', seed),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { cases: { type: 'string' }, seed: { type: 'string' } } }).values;
  } catch (cause) {
    throw new VarveError('usage', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ''));
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new VarveError('usage', `--${name} ${text} is not a whole number above 0.`);
}
