import { jsonCell } from './cell.ts';
import type { OutputFormat } from './output-format.ts';

export const json: OutputFormat = {
  name: 'json',
  summary: 'one object: columns, rows, meta',
  holdsMeta: true,
  *print(result) {
    const columns = result.columns.map((column, index) => ({ type: column.type, values: result.values(index) }));
    yield `{"columns":${JSON.stringify(result.columns.map(({ name, type }) => ({ name, type })))},"rows":[`;
    for (let row = 0; row < result.rowCount; row++) {
      yield (
        (row === 0 ? '' : ',') + JSON.stringify(columns.map((column) => jsonCell(column.values[row]!, column.type)))
      );
    }
    yield `],"meta":${JSON.stringify(result.meta)}}\n`;
  },
};
