import type { Span } from '../base/errors.ts';
import type { Cursor } from './cursor.ts';
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

/** @returns whether a name stands next: quoted, or a word that is not reserved. */
export function isName(cursor: Cursor): boolean {
  const token = cursor.peek();
  return token.kind === 'name' || (token.kind === 'word' && !reservedWords.has(token.lower));
}

/**
 * Reads `a.b.c`, one name with dots, each part plain or quoted.
 * @param wanted what the name is of, for the error: "the name of a table is wanted after from".
 * @throws VarveError `syntax` where something else stands.
 */
export function parseName(cursor: Cursor, wanted: string, hint?: string): string {
  const token = cursor.peek();
  if (token.kind === 'word' && reservedWords.has(token.lower))
    cursor.fail(wanted, hint ?? `"${token.text}" is a word of the language: as a name it is written in double quotes.`);
  if (token.kind === 'text')
    cursor.fail(wanted, `Names are written without quotes or in double quotes: ${printName(token.text.slice(0, 60))}.`);
  if (token.kind !== 'word' && token.kind !== 'name') cursor.fail(wanted, hint);
  cursor.next();
  return parseDots(cursor, token.text);
}

/** @returns the whole name whose first part has been read. */
export function parseDots(cursor: Cursor, first: string): string {
  let name = first;
  while (cursor.isSign('.')) {
    const part = cursor.peek(1);
    if (part.kind !== 'word' && part.kind !== 'name') break;
    cursor.next();
    cursor.next();
    name += `.${part.text}`;
  }
  return name;
}
