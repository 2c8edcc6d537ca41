import { VarveError } from './base/errors.ts';

/** Checks what a caller without types may have got wrong. @throws VarveError `usage` when rows are not in an array. */
export function checkRows(rows: unknown): void {
  if (Array.isArray(rows)) return;
  throw new VarveError('usage', `The rows of an append are an array of objects, not ${shown(rows)}.`, {
    hint: "Write db.append('events', [row]).",
  });
}

/** @throws VarveError `usage` when it is no text; `undefined` passes where the argument may be left out. */
export function checkText(what: string, value: unknown, optional = false): void {
  if (typeof value === 'string' || (optional && value === undefined)) return;
  throw new VarveError('usage', `${what} is a text, not ${shown(value)}.`, { hint: `Write it as a text: '…'.` });
}

/** @throws VarveError `usage` when there is a value and it is no number from 1 on. */
export function checkBytes(what: string, value: unknown): void {
  if (value === undefined || (typeof value === 'number' && value >= 1)) return;
  throw new VarveError('usage', `${what} is a number of bytes, not ${shown(value)}.`, {
    hint: 'Leave it out for the default.',
  });
}

/** @throws VarveError `usage` when there is a value and it is no whole number of at least `least`. */
export function checkWhole(what: string, value: unknown, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= least)) return;
  throw new VarveError('usage', `${what} is a whole number from ${least} on, not ${shown(value)}.`, {
    hint: 'Leave it out for the default.',
  });
}

/** @throws VarveError `usage` when an option of a query is of the wrong kind. */
export function checkQueryOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw new VarveError('usage', `The options of a query are an object, not ${shown(options)}.`, {
      hint: 'Write db.query(question, { params: { … } }).',
    });
  const { now, timeoutMs, memory, signal, timezone } = options as Readonly<Record<string, unknown>>;
  checkText('timezone', timezone, true);
  if (now !== undefined && !(now instanceof Date && !Number.isNaN(now.getTime())))
    throw new VarveError('usage', `now is a valid Date, not ${shown(now)}.`, { hint: 'Leave it out for the clock.' });
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs >= 0))
    throw new VarveError('usage', `timeoutMs is a number of ms from 0 on, not ${shown(timeoutMs)}.`, {
      hint: 'Leave it out for no limit.',
    });
  if (memory !== undefined && !(typeof memory === 'number' && memory >= 0)) checkBytes('memory', memory);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new VarveError('usage', `signal is an AbortSignal, not ${shown(signal)}.`, {
      hint: 'Write signal: controller.signal.',
    });
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null
    ? 'an object'
    : typeof value === 'function'
      ? 'a function'
      : String(value);
}
