/**
 * Varve, embedded: `open` a store, `append` events, `query` them. Importing this starts no thread and opens no file.
 */
export { open } from './open.ts';
export { inspect } from './inspect.ts';
export { VarveError, isVarveError, errorCodes, type ErrorCode } from './base/errors.ts';
export { quotedName, vocabulary, type FunctionInfo, type Vocabulary } from './vocabulary.ts';
export { renderError } from './query/render-error.ts';
export { clipToWidth, textWidth } from './base/text-width.ts';
export { nearestNames } from './base/nearest.ts';
export { createArrowStream } from './query-result.ts';
export type {
  AppendRequest,
  AppendResult,
  AppendRow,
  AppendValue,
  ColumnType,
  CompactSummary,
  ExportOptions,
  ExportProgress,
  Grouping,
  ImportDetection,
  ImportOptions,
  ImportProgress,
  ImportSummary,
  InspectReport,
  OpenOptions,
  QueryMeta,
  QueryOptions,
  QueryResult,
  ResultColumn,
  ResultValue,
  RowBatch,
  TableSummary,
  Varve,
} from './api.ts';
