import type { Dictionary } from './dictionary.ts';
import type { ColumnType } from './types.ts';
import type { Vector } from './vector.ts';

/** The name under which every table's time column is stored and queried. */
export const timeColumnName = 'time';

/** One column of a batch. Text (and lists of text) come with the batch's own dictionary for that column. */
export interface BatchColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly vector: Vector;
  readonly dictionary: Dictionary | null;
}

/**
 * Rows on their way in, as columns, in arrival order. The column named `time` is present, of type time, and has a
 * value in every row. Column names are unique; a column whose rows are all null may be left out.
 */
export interface Batch {
  readonly rowCount: number;
  readonly columns: readonly BatchColumn[];
}
