import type { Cursor } from './cursor.ts';
import { printName, reservedWords } from './names.ts';

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
