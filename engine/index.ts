/**
 * Varve, embedded: `open` a store, `append` events, `query` them. Importing this starts no thread and opens no file.
 */
export { open } from './open.ts';
export { inspect } from './inspect.ts';
export { VarveError, isVarveError, errorCodes, type ErrorCode } from './base/errors.ts';
export { renderError } from './query/render-error.ts';
export { isRecordsType, recordFields, type RecordsType } from './column/types.ts';
export { clipToWidth } from './base/text-width.ts';
export type {
  AppendRequest,
  AppendResult,
  AppendRow,
  AppendValue,
  ColumnType,
  CompactSummary,
  ImportDetection,
  ImportOptions,
  ImportProgress,
  ImportSummary,
  InspectReport,
  OpenOptions,
  QueryMeta,
  QueryOptions,
  QueryParameter,
  QueryResult,
  ResultColumn,
  ResultValue,
  TableSummary,
  Varve,
} from './api.ts';
