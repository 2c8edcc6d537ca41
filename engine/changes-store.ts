import { parseStatement } from './query/parse.ts';

/** @returns whether a text is a statement that has to be asked of a store open for writing. */
export function changesStore(text: string): boolean {
  try {
    return ['define', 'drop'].includes(parseStatement(text).kind);
  } catch {
    return false;
  }
}
