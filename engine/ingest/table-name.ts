import { VarveError } from '../base/errors.ts';

const tableName = /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/;

/** Checks what a user calls a table. @throws VarveError `usage`: a leading `_` is the store's own. */
export function checkTableName(table: unknown): void {
  if (typeof table === 'string' && tableName.test(table)) return;
  throw new VarveError('usage', `${JSON.stringify(table) ?? 'undefined'} is no name for a table.`, {
    hint: 'A letter, then letters, digits, _ . and -, at most 128; a leading _ is the store’s own.',
  });
}
