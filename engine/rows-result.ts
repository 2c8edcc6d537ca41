import type { QueryMeta, QueryResult, ResultColumn } from './api.ts';
import type { Scalar, Values } from './column/values.ts';
import { valuesFromScalars } from './functions/values-from-scalars.ts';
import { createQueryResult } from './query-result.ts';

/** Metadata of an answer that read no events. */
export function metaOf(snapshot: string, elapsedMs: number): QueryMeta {
  return {
    rows_scanned: 0,
    rows_matched: 0,
    bytes_scanned: 0,
    segments_pruned: 0,
    elapsed_ms: Math.round(elapsedMs * 1000) / 1000,
    sample: 1,
    exact: true,
    approximate: [],
    snapshot,
    warnings: [],
  };
}

/** Makes a result of rows that lie at hand, a list a row in the order of the columns. */
export function rowsResult(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Scalar[])[],
  meta: QueryMeta,
): QueryResult {
  const data = columns.map((_, index): Values => {
    const values = valuesFromScalars(rows.map((row) => row[index]!));
    return values;
  });
  return createQueryResult(columns, data, rows.length, meta);
}
