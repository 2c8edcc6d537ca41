import type { QueryResult } from '../../../engine/index.ts';

/** @returns whether a column holds numbers. */
export function isNumeric(type: string): boolean {
  return type === 'int' || type === 'float';
}

/** @returns the columns of a grouped answer that can be drawn: measures that are numbers. None where rows are events. */
export function measuresOf({ grouping, columns }: QueryResult): readonly number[] {
  // Groups without a key are one row.
  if (grouping === null || (grouping.time === null && grouping.keys.length === 0)) return [];
  return grouping.measures.filter((index) => isNumeric(columns[index]!.type));
}
