/** Every code a `VarveError` can bear. Closed: adding one means adding it to the table in `docs/errors.md`. */
export const errorCodes = [
  'syntax',
  'unknown_table',
  'unknown_column',
  'unknown_function',
  'type',
  'usage',
  'limit',
  'timeout',
  'cancelled',
  'conflict',
  'unauthenticated',
  'forbidden',
  'busy',
  'not_found',
  'locked',
  'data_corrupted',
  'snapshot_expired',
  'unsupported_version',
  'storage_failed',
  'storage_full',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** A place in a query's text: UTF-16 offsets, half-open. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ErrorDetails {
  /** What the reader can do about it: the nearest right name, or the mend. One sentence. */
  readonly hint?: string | undefined;
  /** Where in the query's text; low layers attach it, the top joins it with the text. */
  readonly span?: Span | undefined;
  readonly cause?: unknown;
}

/** The one error class of the product: a code out of a closed list, a message for people, a hint, a place. */
export class VarveError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly span: Span | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'VarveError';
    this.code = code;
    this.hint = details.hint;
    this.span = details.span;
  }

  /** Offset in the query's text where the error lies, if it lies in one. */
  get position(): number | undefined {
    return this.span?.start;
  }
}

/** Recognises a `VarveError` by shape: two copies of the class may live in one process (source and built). */
export function isVarveError(value: unknown): value is VarveError {
  return (
    value instanceof Error &&
    value.name === 'VarveError' &&
    (errorCodes as readonly string[]).includes((value as { code?: string }).code ?? '')
  );
}

/** Normalises whatever was thrown; called once at each boundary (thread, command line, embedding). */
export function errorFromUnknown(value: unknown): VarveError {
  if (isVarveError(value)) return value;
  const message = value instanceof Error ? value.message : String(value);
  return new VarveError('internal', message, { cause: value });
}

/** A `VarveError` as plain data, for crossing a thread. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly span?: Span | undefined;
}

/** @returns the error as plain data, without its stack and cause. */
export function wireFromError(error: VarveError): WireError {
  return { code: error.code, message: error.message, hint: error.hint, span: error.span };
}

/** @returns the error that `wireFromError` made plain. */
export function errorFromWire(wire: WireError): VarveError {
  return new VarveError(wire.code, wire.message, { hint: wire.hint, span: wire.span });
}
