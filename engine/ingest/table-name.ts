import { VarveError } from '../base/errors.ts';

const pattern = /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/;

/** Checks the name of a table that is to be written. @throws VarveError `usage` when it is none, or the store's own. */
export function checkTableName(table: string): void {
  if (typeof table === 'string' && pattern.test(table)) return;
  throw new VarveError('usage', `"${table}" is no name for a table.`, {
    hint: 'A letter, then letters, digits, _ . and -, at most 128; a leading _ is the store’s own.',
  });
}
