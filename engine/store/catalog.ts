import type { ColumnSchema, TableSchema } from '../column/schema.ts';
import { widenTypes } from '../column/types.ts';
import type { BatchColumn } from '../column/batch.ts';
import type { SegmentMeta } from './row-source.ts';
import type { ImportPosition, TableOptions } from './store-types.ts';

/** A table as the manifest has it. */
export interface TableState {
  readonly schema: TableSchema;
  /** In the order of their commits. */
  readonly segments: readonly SegmentMeta[];
  /** Number of the next column; numbers of columns that never came to be are not used again in this process. */
  readonly nextColumn: number;
}

/** How far a source has been imported, and by which commit: a later one counts, wherever it is written. */
export interface StoredPosition {
  readonly position: ImportPosition;
  readonly commit: number;
}

/** What the manifest says of a key file. */
export interface KeyFile {
  readonly number: number;
  readonly keys: number;
}

/** What the manifest says: one version of the store. Never changed in place. */
export interface Catalog {
  /** Number of the last edit. */
  readonly edit: number;
  readonly seed: number;
  readonly tables: ReadonlyMap<string, TableState>;
  readonly positions: ReadonlyMap<string, StoredPosition>;
  readonly keyFiles: readonly KeyFile[];
  /** Texts of saved queries, by name. */
  readonly definitions: ReadonlyMap<string, string>;
  /** The first log file that holds what no segment does. */
  readonly firstLog: number;
  /** Number of the last frame before that file. */
  readonly frame: number;
  /** The last commit sequence given to rows that segments hold. */
  readonly commit: number;
  readonly nextTable: number;
  readonly nextSegment: number;
  readonly nextKeyFile: number;
}

/** A store that holds nothing. */
export function emptyCatalog(seed: number): Catalog {
  return {
    edit: 0,
    seed,
    tables: new Map(),
    positions: new Map(),
    keyFiles: [],
    definitions: new Map(),
    firstLog: 1,
    frame: 0,
    commit: 0,
    nextTable: 1,
    nextSegment: 1,
    nextKeyFile: 1,
  };
}

/** @returns a table's schema without any column but time. */
export function newTableSchema(id: number, name: string, options: TableOptions): TableSchema {
  const { timeName, actor, actors } = options;
  return { id, name, timeName, actor, actors, columns: [{ id: 1, name: 'time', type: 'time', wide: false }] };
}

/**
 * The columns of a table once a batch is in: new ones at the end, types widened without loss.
 * @param idOf gives the number of a new column.
 */
export function widenColumns(
  columns: readonly ColumnSchema[],
  batch: readonly BatchColumn[],
  idOf: (name: string) => number,
): readonly ColumnSchema[] {
  const places = new Map(columns.map(({ name }, index) => [name, index]));
  let widened: ColumnSchema[] | null = null;
  for (const { name, type, vector } of batch) {
    const wide = vector.kind === 'int' && vector.values instanceof BigInt64Array;
    const index = places.get(name);
    if (index === undefined) {
      widened ??= [...columns];
      places.set(name, widened.length);
      widened.push({ id: idOf(name), name, type, wide });
      continue;
    }
    const known = (widened ?? columns)[index];
    if (known.type === type && (known.wide || !wide)) continue;
    widened ??= [...columns];
    widened[index] = { ...known, ...widenTypes(known, { type, wide }) };
  }
  return widened ?? columns;
}
