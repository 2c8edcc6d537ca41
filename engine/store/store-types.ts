import type { TableSchema } from '../column/schema.ts';
import type { RowSourceDescriptor } from './row-source.ts';

/** How a table is made when the first batch for it comes in; ignored for a table that exists. */
export interface TableOptions {
  readonly timeName: string;
  readonly actor: string | null;
  readonly actors: readonly string[];
}

/** Rows for one table: an encoded batch (`column/batch-codec.ts`) in a SharedArrayBuffer, handed over for good. */
export interface TableBatch {
  readonly table: string;
  readonly options: TableOptions;
  readonly bytes: Uint8Array;
}

export interface AppendOptions {
  /** Idempotency key, 1–128 bytes of UTF-8. */
  readonly key?: string | undefined;
  /** Digest of what the client sent, to tell a repeat from another payload under the same key. */
  readonly digest?: string | undefined;
  /** The table that the key belongs to; default: that of the first batch. */
  readonly keyTable?: string | undefined;
  /** What a repeat of the key is answered with beside `duplicate`. */
  readonly outcome?: AppendOutcome | undefined;
}

export interface AppendOutcome {
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicate: boolean;
}

/** How far a source has been imported; commits with its rows. Plain data, the importer's own. */
export interface ImportPosition {
  readonly [field: string]: string | number | boolean | null;
}

export interface ImportPart {
  readonly table: string;
  readonly options: TableOptions;
  /** Encoded batches in order of arrival. */
  readonly batches: readonly Uint8Array[];
}

/** One table at one moment: sources in commit order. */
export interface TableSnapshot {
  readonly schema: TableSchema;
  readonly sources: readonly RowSourceDescriptor[];
}

/** The whole store at one moment: a manifest version and a commit sequence. Pins its files until `release`. */
export interface Snapshot {
  /** `MANIFEST-VERSION.SEQUENCE`. */
  readonly id: string;
  readonly tables: ReadonlyMap<string, TableSnapshot>;
  /** Texts of saved queries, by name. */
  readonly definitions: ReadonlyMap<string, string>;
  release(): void;
}

export interface TableInfo {
  readonly name: string;
  readonly schema: TableSchema;
  readonly rows: number;
  readonly bytes: number;
  readonly segments: number;
  readonly timeMin: number | null;
  readonly timeMax: number | null;
}

export interface CheckFinding {
  readonly file: string;
  readonly problem: string;
}

export interface CheckReport {
  readonly files: number;
  readonly bytes: number;
  readonly findings: readonly CheckFinding[];
}

/** What `compact` did. */
export interface CompactReport {
  readonly tables: number;
  readonly segmentsBefore: number;
  readonly segmentsAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly rows: number;
}

/** What the upper layers see of storage. Made by `openStore`. */
export interface Store {
  readonly directory: string;
  readonly readOnly: boolean;
  /** Seed of the actor hash, from the manifest. */
  readonly seed: number;
  tables(): readonly TableInfo[];
  schema(table: string): TableSchema | undefined;
  /**
   * Makes the batches durable (one group commit) and visible, all or none.
   * @throws VarveError `conflict` (same key, other digest), `storage_full`, `storage_failed` (the outcome is unknown).
   */
  append(batches: readonly TableBatch[], options?: AppendOptions): Promise<AppendOutcome>;
  /**
   * Writes the parts as segments, past the log, and makes them and the positions durable and visible in one commit.
   * Several calls may be under way: their segments are built side by side, their commits keep the order of the calls.
   * One call is best given some 512 Ki rows a table: each makes a segment.
   */
  importBatches(parts: readonly ImportPart[], positions: Readonly<Record<string, ImportPosition>>): Promise<void>;
  /** Positions of all imports into a table, by source key. */
  importPositions(): ReadonlyMap<string, ImportPosition>;
  snapshot(): Snapshot;
  /**
   * Saves a query's text under a name, durably; null forgets it.
   * @throws VarveError `storage_full`, `storage_failed`.
   */
  define(name: string, text: string | null): Promise<void>;
  /** Writes the memtable out and merges every table's segments by partition. */
  compact(table?: string): Promise<CompactReport>;
  /** Reads every byte and checks every checksum. */
  check(): Promise<CheckReport>;
  /** Moves a read-only store to what is durable now. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}
