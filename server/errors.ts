import type { ErrorCode } from '../engine/index.ts';

/** What each error code becomes at the edges of the product. One row a code. */
export const errorTable: Readonly<Record<ErrorCode, { readonly exitCode: number }>> = {
  syntax: { exitCode: 2 },
  unknown_table: { exitCode: 2 },
  unknown_column: { exitCode: 2 },
  unknown_function: { exitCode: 2 },
  type: { exitCode: 2 },
  usage: { exitCode: 2 },
  limit: { exitCode: 1 },
  timeout: { exitCode: 1 },
  cancelled: { exitCode: 1 },
  conflict: { exitCode: 1 },
  unauthenticated: { exitCode: 1 },
  forbidden: { exitCode: 1 },
  busy: { exitCode: 1 },
  not_found: { exitCode: 1 },
  locked: { exitCode: 1 },
  data_corrupted: { exitCode: 1 },
  snapshot_expired: { exitCode: 1 },
  unsupported_version: { exitCode: 1 },
  storage_failed: { exitCode: 74 },
  storage_full: { exitCode: 74 },
  internal: { exitCode: 1 },
};

/** Exit code of a command that did its work but had to leave rows or files out. */
export const exitCodeRejected = 3;
