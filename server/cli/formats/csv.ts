import type { RowBatch } from '../../../engine/index.ts';
import { textCell } from './cell.ts';
import type { OutputFormat } from './output-format.ts';

export const csv: OutputFormat = {
  name: 'csv',
  summary: 'RFC 4180 with a header; null is an empty field, the empty text is ""',
  holdsMeta: false,
  *print(result) {
    yield csvHeader(result);
    yield* csvRows(result);
  },
};

/** @returns the line of the names. */
export function csvHeader({ columns }: RowBatch): string {
  return `${columns.map((column) => quoted(column.name)).join(',')}\r\n`;
}

/** Yields a line a row. */
export function* csvRows(batch: RowBatch): Iterable<string> {
  const columns = batch.columns.map((column, index) => ({ type: column.type, values: batch.values(index) }));
  for (let row = 0; row < batch.rowCount; row++) {
    yield `${columns
      .map(({ type, values }) => {
        const value = values[row]!;
        return value === null ? '' : value === '' ? '""' : quoted(textCell(value, type));
      })
      .join(',')}\r\n`;
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
