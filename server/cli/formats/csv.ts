import { textCell } from './cell.ts';
import type { OutputFormat } from './output-format.ts';

export const csv: OutputFormat = {
  name: 'csv',
  summary: 'RFC 4180 with a header; null is an empty field, the empty text is ""',
  holdsMeta: false,
  *print(result) {
    const columns = result.columns.map((column, index) => ({ type: column.type, values: result.values(index) }));
    yield `${result.columns.map((column) => quoted(column.name)).join(',')}\r\n`;
    for (let row = 0; row < result.rowCount; row++) {
      yield `${columns
        .map(({ type, values }) => {
          const value = values[row]!;
          return value === null ? '' : value === '' ? '""' : quoted(textCell(value, type));
        })
        .join(',')}\r\n`;
    }
  },
};

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
