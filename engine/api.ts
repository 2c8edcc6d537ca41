import type { Table } from 'apache-arrow';
import type { ColumnType } from './column/types.ts';
import type { Scalar } from './column/values.ts';

import type { ImportOptions, ImportSummary } from './ingest/import-types.ts';
import type { QueryInput } from './query/to-syntax.ts';
import type { CompactReport } from './store/store-types.ts';

export type { ColumnType } from './column/types.ts';
export type { ImportDetection, ImportOptions, ImportProgress, ImportSummary } from './ingest/import-types.ts';
export type { CompactReport as CompactSummary } from './store/store-types.ts';

/** Options of `open`. */
export interface OpenOptions {
  /** Opens beside a writer, replays its log in memory, writes nothing. */
  readonly readOnly?: boolean;
  /** Makes the folder when it is not there (default true; reading commands say false). */
  readonly create?: boolean;
  /** Threads beside the calling one, for queries, imports and compaction; 0 = none; default: one a processor. */
  readonly threads?: number;
  /** Bytes that the block cache may take; default: a quarter of the machine's memory, at most 4 GiB. */
  readonly memory?: number;
  /** Seed of the actor hash, for new stores only; default 0. */
  readonly seed?: number;
  /** Receives operator's lines (recovery, torn tails, failures); default: none. */
  readonly onLog?: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** A value to append: what JSON has, and bigint, Date; objects are flattened to dotted columns. */
export type AppendValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Date
  | readonly AppendValue[]
  | { readonly [name: string]: AppendValue };
export type AppendRow = { readonly [name: string]: AppendValue };

export interface AppendRequest {
  /** Idempotency key: the same key with the same rows has effect once. */
  readonly key?: string;
  /** Time and actor columns of a table that is made by this append; else detected. */
  readonly time?: string;
  readonly actor?: string | readonly string[];
}

export interface AppendResult {
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicate: boolean;
  /** The first 20 rejected rows. */
  readonly errors: readonly { readonly row: number; readonly reason: string }[];
}

/** A value that a query's `$name` stands for. */
export type ParameterValue = string | number | bigint | boolean | Date | null | readonly ParameterValue[];

export interface QueryOptions {
  /** Values for `$name`; a list goes with `in`. */
  readonly params?: Readonly<Record<string, ParameterValue>>;
  readonly signal?: AbortSignal;
  /** The most ms that the query may take; beyond it, it fails with `timeout`. */
  readonly timeoutMs?: number;
  /** The most bytes that the query may hold beside the block cache; default: 1 GiB. */
  readonly memory?: number;
  /** "Now" of the query (tests); default: the clock. */
  readonly now?: Date;
  readonly timezone?: string;
}

export interface QueryMeta {
  readonly rows_scanned: number;
  readonly rows_matched: number;
  readonly bytes_scanned: number;
  readonly segments_pruned: number;
  readonly elapsed_ms: number;
  readonly sample: number;
  readonly exact: boolean;
  readonly approximate: readonly string[];
  readonly snapshot: string;
  readonly warnings: readonly string[];
}

/** A result's cell: int is a number when safe, else a bigint; time is a Date; a list an array, a record in one an object. */
export type ResultValue =
  null | boolean | number | bigint | string | Date | readonly ResultValue[] | { readonly [name: string]: ResultValue };

export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** Some rows, as columns. */
export interface RowBatch {
  readonly columns: readonly ResultColumn[];
  readonly rowCount: number;
  /** All rows as one Arrow table, made when first asked for. */
  readonly table: Table;
  /** Rows as objects. */
  rows(): Record<string, ResultValue>[];
  /** One column's values; `time` as UTC ms numbers here. */
  values(column: number): readonly Scalar[];
}

/** What the columns of grouped rows are, by their places; `time` is the bucket of `every`. */
export interface Grouping {
  readonly time: number | null;
  readonly keys: readonly number[];
  readonly measures: readonly number[];
}

/**
 * Which verb of behaviour an answer is of: for whoever draws it. Keys of `group by` are the first of `grouping.keys`; behind
 * them come `step` and `name`, `cohort` and `period`, or `step`, `source` and `target`.
 */
export type AnsweredBehaviour =
  /** `optional`: whether a step may be skipped, in the order of the steps; `at`: whose event the values of `group by` are of. */
  | { readonly kind: 'funnel'; readonly optional: readonly boolean[]; readonly at: 'first' | 'last' | 'each' }
  | { readonly kind: 'retention' | 'paths' | 'lifecycle' };

export interface QueryResult extends RowBatch {
  readonly meta: QueryMeta;
  /** Null where the rows are no groups but events, or facts about the store. */
  readonly grouping: Grouping | null;
  /** Null where the query was no question about behaviour. */
  readonly behaviour: AnsweredBehaviour | null;
}

/** Settings of `export`. */
export interface ExportOptions {
  /** Half-open, since <= time < until: a Date, or a time as queries write it: 2024-03-01, 7d (before now), today. */
  readonly since?: Date | string;
  readonly until?: Date | string;
  readonly timezone?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExportProgress) => void;
}

/** How far an export is: rows given out, and rows passed of all that the table has. */
export interface ExportProgress {
  readonly rows: number;
  readonly rowsPassed: number;
  readonly rowsTotal: number;
  readonly elapsedMs: number;
}

export interface TableSummary {
  readonly name: string;
  readonly rows: number;
  /** Distinct actors, or null where the table has no actor. */
  readonly actors: number | null;
  readonly actor: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly bytes: number;
  readonly columns: readonly ResultColumn[];
}

/** What `inspect` found out about a source without changing anything. */
export interface InspectReport {
  readonly name: string;
  readonly format: string;
  readonly evidence: string;
  readonly compression: string | null;
  readonly rows: number;
  /** Whether the sample was the whole source. */
  readonly complete: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly filled: number;
    readonly distinct: number;
    readonly example: string;
    readonly evidence: string;
  }[];
  readonly time: string | null;
  readonly actor: string | null;
  readonly actorCandidates: readonly { readonly name: string; readonly distinct: number; readonly why: string }[];
  readonly sample: readonly Readonly<Record<string, ResultValue>>[];
  readonly rejected: readonly { readonly reason: string; readonly raw: string }[];
  readonly rejectedCount: number;
  readonly advice: readonly string[];
  /** The command line it proposes. */
  readonly command: string;
}

/** An open store. */
export interface Varve extends AsyncDisposable {
  readonly readOnly: boolean;
  append(table: string, rows: readonly AppendRow[], request?: AppendRequest): Promise<AppendResult>;
  /**
   * Answers a query as text, as JSON or from the builder; as text also `define`, `drop`, `explain`, `show`, `describe`.
   */
  query(question: QueryInput, options?: QueryOptions): Promise<QueryResult>;
  /** @param source a path (file, folder, glob), several of them, or a stream of bytes. */
  import(
    source: string | readonly string[] | AsyncIterable<Uint8Array>,
    options?: ImportOptions,
  ): Promise<ImportSummary>;
  tables(): Promise<TableSummary[]>;
  /**
   * All rows of a table with all columns, a batch at a time, as of the moment of the first: in stored order, that is
   * each actor's events together and by time. There is one batch at least, so that its columns are known.
   * Memory holds a few batches, whatever the table's size.
   */
  export(table: string, options?: ExportOptions): AsyncIterable<RowBatch>;
  /** Writes what is in memory out and merges the segments of a table (of all) by partition. */
  compact(table?: string): Promise<CompactReport>;
  /** Moves a read-only handle to what is durable now. */
  refresh(): Promise<void>;
  check(): Promise<{
    readonly files: number;
    readonly bytes: number;
    readonly findings: readonly { readonly file: string; readonly problem: string }[];
  }>;
  close(): Promise<void>;
}
