import { VarveError } from '../base/errors.ts';

/** @throws VarveError `cancelled` once the query was called off. */
export function checkCancelled(cancelled: Int32Array): void {
  if (Atomics.load(cancelled, 0) !== 0) throw new VarveError('cancelled', 'The query was called off.');
}
