import type { QueryResult } from '../../../../engine/index.ts';
import { printable, textCell } from '../cell.ts';

/** Groups that are drawn, one below the other; a terminal does not hold many. */
export const groupsShown = 20;

/** Rows that belong together. */
export interface RowGroup {
  /** `country = DE, plan = ∅`; empty where there are no keys. */
  readonly label: string;
  readonly rows: readonly number[];
}

/**
 * Parts an answer by its first keys; rows of a group follow one another.
 * @param own how many of the answer's keys, the last, are no keys of `group by`.
 */
export function groupsOf(result: QueryResult, own: number): RowGroup[] {
  const all = result.grouping?.keys ?? [];
  const keys = all.slice(0, Math.max(0, all.length - own)).map((index) => {
    const { name, type } = result.columns[index]!;
    const values = result.values(index);
    return {
      name: printable(name),
      textAt: (row: number) => (values[row] === null ? null : textCell(values[row]!, type)),
    };
  });
  const groups: { readonly label: string; readonly rows: number[] }[] = [];
  let before = '';
  for (let row = 0; row < result.rowCount; row++) {
    const cells = keys.map(({ textAt }) => textAt(row));
    // A text may look like no value, so labels do not tell groups apart.
    const identity = JSON.stringify(cells);
    if (row > 0 && identity === before) groups.at(-1)!.rows.push(row);
    else groups.push({ label: labelOf(keys, cells), rows: [row] });
    before = identity;
  }
  return groups;
}

function labelOf(keys: readonly { readonly name: string }[], cells: readonly (string | null)[]): string {
  return keys.map(({ name }, key) => `${name} = ${cells[key] === null ? '∅' : printable(cells[key]!)}`).join(', ');
}

/** @returns a column's numbers by row, null where there is none. */
export function numbersOf(result: QueryResult, column: number): (row: number) => number | null {
  const values = result.values(column);
  return (row) => {
    const value = values[row] ?? null;
    return value === null ? null : Number(value);
  };
}
