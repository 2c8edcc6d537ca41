import { VarveError } from './errors.ts';

/**
 * Checks what the code itself must have made true; stays on in production.
 * @throws VarveError `internal` with a message that begins with BUG.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new VarveError('internal', `BUG: ${message}`);
}
