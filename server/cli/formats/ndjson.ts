import { jsonCell } from './cell.ts';
import type { OutputFormat } from './output-format.ts';

export const ndjson: OutputFormat = {
  name: 'ndjson',
  summary: 'one JSON object a row; what a pipe gets',
  holdsMeta: false,
  *print(result) {
    const columns = result.columns.map((column, index) => ({
      ...column,
      key: JSON.stringify(column.name),
      values: result.values(index),
    }));
    for (let row = 0; row < result.rowCount; row++) {
      const fields = columns.map(
        (column) => `${column.key}:${JSON.stringify(jsonCell(column.values[row]!, column.type))}`,
      );
      yield `{${fields.join(',')}}\n`;
    }
  },
};
