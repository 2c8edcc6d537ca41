import type { MergeColumn } from './merge-columns.ts';
import type { MergedDictionary } from './merge-dictionaries.ts';

/** A column of the segments that a build makes. */
export interface BuildColumn {
  readonly id: number;
  readonly name: string;
  readonly merged: MergedDictionary | null;
  /** Its rows; null where it is the actor as text: the directory holds it. */
  readonly rows: MergeColumn | null;
}
