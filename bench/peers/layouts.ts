import { join } from 'node:path';
import type { DataName } from './options.ts';

/** A way in which a peer keeps the rows. */
export interface Layout {
  readonly name: string;
  /** Texts with few values are an enum, else texts (ClickHouse: LowCardinality). */
  readonly enums: boolean;
  readonly order: 'time' | 'actor';
}

/** DuckDB: each in a file of its own, named after it. */
export const duckdbLayouts: readonly Layout[] = [
  { name: 'text_by_time', enums: false, order: 'time' },
  { name: 'enum_by_time', enums: true, order: 'time' },
  { name: 'enum_by_actor', enums: true, order: 'actor' },
];

/** ClickHouse: tables, named after them. */
export const clickhouseLayouts: readonly Layout[] = [
  { name: 'low_by_time', enums: false, order: 'time' },
  { name: 'low_by_actor', enums: false, order: 'actor' },
  { name: 'enum_by_time', enums: true, order: 'time' },
  { name: 'enum_by_actor', enums: true, order: 'actor' },
];

/** Texts of which all values are known before. A URL is none of them: an enum refuses what it does not know. */
export const enumColumns: readonly string[] = ['event', 'country', 'platform', 'plan'];
/** All columns, in the order of the tables. */
export const columnNames: readonly string[] = [
  'time',
  'actor',
  'event',
  'url',
  'country',
  'platform',
  'plan',
  'duration',
  'amount',
  'id',
];

/** What the page says about the layouts. */
export const layoutNotes: readonly string[] = [
  'DuckDB: a file each, sorted by time with texts (VARCHAR), sorted by time with event, country, platform and plan as ' +
    'ENUM, sorted by actor and time with the same ENUMs.',
  'ClickHouse: MergeTree, one part after OPTIMIZE FINAL, ordered by time and by (cityHash64(actor), time), each with ' +
    'event, country, platform and plan as LowCardinality(String) and as Enum8; url is LowCardinality(String), actor String.',
  "A row counts the fastest of a peer's layouts and, where there are several ways to ask, of its SQL. B2–B8 are asked of the " +
    'layouts by actor alone: by time, both peers took longer for each of them. ClickHouse may group by the 64-bit hash of the actor that its table is ordered by.',
];

/** The stores of all engines over one data set. */
export interface Stores {
  readonly folder: string;
  readonly data: DataName;
  readonly rows: number;
  readonly clickhouse: boolean;
  /** Bytes on disk by `engine layout`. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Seconds that making took, by engine. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** @returns the file of one of DuckDB's layouts. */
export function duckdbFile(folder: string, layout: Layout): string {
  return join(folder, `duckdb-${layout.name}.db`);
}
