/**
 * Varve, embedded: `open` a store, `append` events, `query` them. Importing this starts no thread and opens no file.
 */
export { open } from './open.ts';
export { inspect } from './inspect.ts';
export { optimizeLate } from './host/optimize-late.ts';
export { VarveError, isVarveError, errorCodes, type ErrorCode } from './base/errors.ts';
export { vocabulary, type FunctionInfo, type Vocabulary } from './vocabulary.ts';
export { changesStore } from './changes-store.ts';
export { renderError } from './query/render-error.ts';
export { isRecordsType, recordFields, type RecordsType } from './column/types.ts';
export { actors, from, sessions } from './query/builder.ts';
export type {
  ActorsOptions,
  AnyRow,
  Askable,
  Columns,
  CutSource,
  MadeColumns,
  QueryBuilder,
  SessionsOptions,
  Source,
} from './query/builder.ts';
export { FunnelStep, funnel, lifecycle, paths, retention, step } from './query/builder-behaviour.ts';
export type {
  FunnelBuilder,
  LifecycleBuilder,
  PathsBuilder,
  RetentionBuilder,
  StepGiven,
} from './query/builder-behaviour.ts';
export { Aggregate, Expression, col } from './query/builder-expression.ts';
export type {
  Buildable,
  DurationText,
  GroupKey,
  Named,
  Operand,
  Order,
  TopOptions,
} from './query/builder-expression.ts';
export {
  abs,
  actorHash,
  and,
  any,
  avg,
  bin,
  browser,
  bucket,
  caseOf,
  caseWhen,
  ceil,
  coalesce,
  concat,
  contains,
  count,
  countIf,
  dayOfMonth,
  dayOfWeek,
  device,
  duration,
  endsWith,
  first,
  float,
  floor,
  fn,
  greatest,
  has,
  histogram,
  hourOfDay,
  ifElse,
  last,
  least,
  length,
  ln,
  log10,
  lower,
  max,
  median,
  min,
  month,
  not,
  or,
  original,
  os,
  p50,
  p90,
  p95,
  p99,
  param,
  pow,
  quantile,
  rate,
  replace,
  round,
  splitPart,
  sqrt,
  startsWith,
  stddev,
  substr,
  sum,
  timeWord,
  topk,
  trim,
  uniq,
  uniqApprox,
  unnest,
  upper,
  urlHost,
  urlParam,
  urlPath,
  value,
  variance,
  year,
  type AggregateOperand,
  type Branch,
  type TimeWord,
} from './query/builder-functions.ts';
export { printName as quotedName } from './query/names.ts';
export { queryFromJson } from './query/json-read.ts';
export { queryToJson } from './query/json-write.ts';
export { parseQuery } from './query/parse.ts';
export { printQuery } from './query/print.ts';
export { querySchema } from './query/query-schema.ts';
export { toSyntax, type QueryInput, type ReadQuery } from './query/to-syntax.ts';
export type {
  ExpressionJson,
  FunnelJson,
  LifecycleJson,
  PathsJson,
  QueryJson,
  RetentionJson,
  SelectJson,
  SourceJson,
} from './query/query-json.ts';
export type { BehaviourSyntax, QuerySyntax } from './query/syntax-behaviour.ts';
export type { SelectSyntax, Statement, Syntax } from './query/syntax.ts';
export { clipToWidth, textWidth } from './base/text-width.ts';
export { nearestNames } from './base/nearest.ts';
export { createArrowStream } from './query-result.ts';
export type {
  AnsweredBehaviour,
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
  ParameterValue,
  QueryMeta,
  QueryOptions,
  QueryResult,
  ResultColumn,
  ResultValue,
  RowBatch,
  TableSummary,
  Varve,
} from './api.ts';
