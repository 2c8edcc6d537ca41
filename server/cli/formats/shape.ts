import type { QueryResult } from '../../../engine/index.ts';

/** Rows that are looked at: a shape shows in the first ones. */
const lookedAt = 1000;

/**
 * What an answer looks like, as far as its columns and values tell: rows of groups with measures, or a series of
 * buckets, for each group or alone. Null for events.
 */
export interface AnswerShape {
  /** The column of buckets, null for groups without `every`. */
  readonly time: number | null;
  readonly keys: readonly number[];
  /** At least one. */
  readonly measures: readonly number[];
}

/** @returns the shape of the answer, or null where its rows are no groups. */
export function shapeOf(result: QueryResult): AnswerShape | null {
  const { columns } = result;
  const all = columns.map((_, index) => index);
  // `every` makes the first column a time and ends in `partial`.
  const series = columns[0]?.type === 'time' && /^partial(_\d+)?$/.test(columns.at(-1)!.name);
  const rest = series ? all.slice(1, -1) : all;
  let measures = rest.filter((index) => isNumeric(columns[index]!.type));
  let keys = rest.filter((index) => !measures.includes(index));
  if (keys.length === 0 && !series && measures.length > 1) {
    // Of numbers alone the first may be what they are grouped by: an hour, a status.
    keys = measures.slice(0, 1);
    measures = measures.slice(1);
  }
  if (measures.length === 0 || (keys.length === 0 && !series) || result.rowCount === 0) return null;
  const shape = { time: series ? 0 : null, keys, measures };
  return hasDistinctKeys(result, shape) ? shape : null;
}

/** @returns whether a column holds numbers. */
export function isNumeric(type: string): boolean {
  return type === 'int' || type === 'float';
}

/** No two rows of groups have the same keys; of events some soon do, and a column of times is nothing to group by. */
function hasDistinctKeys(result: QueryResult, { time, keys }: AnswerShape): boolean {
  if (time === null && keys.some((key) => result.columns[key]!.type === 'time' && result.columns[key]!.name === 'time'))
    return false;
  const columns = [...(time === null ? [] : [time]), ...keys].map((key) => result.values(key));
  const seen = new Set<string>();
  const rows = Math.min(result.rowCount, lookedAt);
  for (let row = 0; row < rows; row++) seen.add(JSON.stringify(columns.map((values) => String(values[row]))));
  return seen.size === rows;
}
