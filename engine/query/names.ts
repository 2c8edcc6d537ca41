import type { Span } from '../base/errors.ts';
import type { Syntax } from './syntax.ts';

/** Words that name nothing unless quoted. */
export const reservedWords: ReadonlySet<string> = new Set(
  (
    'select from where group having order limit every compare sample timezone since until and or not in is ' +
    'like ilike between case when then else end as null true false'
  ).split(' '),
);

/** Words that mean a time unless quoted or a column's name. */
export const timeWords: ReadonlySet<string> = new Set(['now', 'today', 'yesterday']);

/** Words that name an argument of `sessions` and `actors` unless quoted; others name the columns made. */
export const argumentWords: readonly string[] = ['gap', 'per', 'starting', 'ending'];

/** @returns whether a name is read as itself only in double quotes. Time words are read as times without; that is their reader's choice. */
export function needsQuotes(name: string): boolean {
  return !name
    .split('.')
    .every((part) => /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(part) && !reservedWords.has(part.toLowerCase()));
}

/** @returns the name as it has to be written in a query. */
export function printName(name: string): string {
  return needsQuotes(name) ? quoteName(name) : name;
}

/** @returns the name in double quotes, those inside doubled. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** @returns the column of a name that no time word is meant by, quoted as its canonical text has it. */
export function column(name: string, span: Span): Syntax {
  return { kind: 'name', name, quoted: needsQuotes(name) || timeWords.has(name.toLowerCase()), span };
}

/** @returns whether a parameter can be called so, without its $. */
export function isParameterName(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);
}

/** @returns whether a function can be called so; lower case. */
export function isFunctionName(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) && !reservedWords.has(name) && name !== 'cast';
}

/** @returns whether these two words, lower case, mean the start of a period: this week, last month. */
export function isPeriod(words: string): boolean {
  return /^(this|last) (day|week|month|quarter|year)$/.test(words);
}
