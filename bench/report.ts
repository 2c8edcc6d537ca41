/** One figure or text of a table; null = could not be had. */
export type Cell = number | string | null;

/** What a bench found: a table whose first column names the row. */
export interface BenchTable {
  readonly name: string;
  readonly title: string;
  /** Units stand in the names. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly notes: readonly string[];
}

/** @returns a table as lines of plain text: figures to the right, texts to the left. */
export function renderTable(table: BenchTable): string {
  const texts = table.rows.map((row) => row.map(formatCell));
  const widths = table.columns.map((column, index) =>
    Math.max(column.length, ...texts.map((row) => row[index]!.length)),
  );
  const numeric = table.columns.map((_, index) => table.rows.some((row) => typeof row[index] === 'number'));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (numeric[index] === true ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)))
      .join('  ')
      .trimEnd();
  return [
    table.title,
    line(table.columns),
    line(widths.map((width) => '-'.repeat(width))),
    ...texts.map(line),
    ...table.notes.map((note) => `  ${note}`),
    '',
  ].join('\n');
}

function formatCell(cell: Cell): string {
  if (cell === null) return '-';
  if (typeof cell === 'string') return cell;
  if (cell === 0 || Number.isInteger(cell) || Math.abs(cell) >= 1000)
    return Math.round(cell)
      .toString()
      .replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return Math.abs(cell) < 0.01 ? cell.toExponential(1) : cell.toPrecision(3).replace(/e\+\d+$/, '');
}
