import type { ColumnType } from './types.ts';

/** A table's column. `id` never changes and is never used again; `wide`: some int lies beyond ±2^53. */
export interface ColumnSchema {
  readonly id: number;
  readonly name: string;
  readonly type: ColumnType;
  readonly wide: boolean;
}

/** A table as queries see it: columns in order of first appearance, `time` first. */
export interface TableSchema {
  readonly id: number;
  readonly name: string;
  /** What the time column was called in the source; it reads as `time`. */
  readonly timeName: string;
  /** The primary actor column, or null for a table whose events belong to nobody. */
  readonly actor: string | null;
  /** Further actor columns, for `per`. */
  readonly actors: readonly string[];
  readonly columns: readonly ColumnSchema[];
}

/** @returns the column of that name, or undefined. */
export function findColumn(schema: TableSchema, name: string): ColumnSchema | undefined {
  return schema.columns.find((column) => column.name === name);
}
