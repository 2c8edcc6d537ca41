import { aggregateFunctions } from './functions/aggregates/index.ts';
import { scalarFunctions } from './functions/scalars/index.ts';
import { boundFunctions, isCalledByName } from './query/bound-functions.ts';
import { reservedWords } from './query/names.ts';

/** A function of the language, for whoever completes or lists names. */
export interface FunctionInfo {
  readonly name: string;
  readonly kind: 'aggregate' | 'function';
  readonly summary: string;
  readonly example: string;
}

/** The words of the language beside the names of tables and columns. */
export interface Vocabulary {
  /** Lower case; some are phrases of two or three words. */
  readonly keywords: readonly string[];
  /** Every name and alias that can stand before a bracket, by name. */
  readonly functions: readonly FunctionInfo[];
}

const phrases = [
  'group by',
  'order by',
  'is null',
  'is not null',
  'show tables',
  'show columns from',
  'show values of',
];
const unreserved = (
  'offset asc desc top others trailing filter escape describe define drop explain analyze sessions actors ' +
  'now today yesterday this last bool int float text time ' +
  'funnel retention paths lifecycle per within exclude holding entry once repeat rules optional ' +
  'for mode gap depth starting ending'
).split(' ');

/** @returns what can stand in a query, out of the registries, so that it is never behind them. */
export function vocabulary(): Vocabulary {
  const functions: FunctionInfo[] = [...boundFunctions];
  const add = (
    kind: FunctionInfo['kind'],
    members: ReadonlyMap<string, { readonly summary: string; readonly example: string }>,
  ): void => {
    // Operators and casts are members too; they have no name that is written before a bracket.
    for (const [name, { summary, example }] of members)
      if (isCalledByName(name) && !reservedWords.has(name)) functions.push({ name, kind, summary, example });
  };
  add('aggregate', aggregateFunctions);
  add('function', scalarFunctions);
  functions.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { keywords: [...new Set([...reservedWords, ...phrases, ...unreserved])], functions };
}
