import { VarveError } from '../base/errors.ts';

/** @returns the error for whatever is asked of a store after `close`. */
export function closedError(): VarveError {
  return new VarveError('usage', 'The store was closed.', { hint: 'Open it again.' });
}
