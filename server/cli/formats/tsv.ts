import { textCell } from './cell.ts';
import type { OutputFormat } from './output-format.ts';

export const tsv: OutputFormat = {
  name: 'tsv',
  summary: 'tabs between, a header; null is \\N, and tab, line end and backslash are \\t \\n \\r \\\\',
  holdsMeta: false,
  *print(result) {
    const columns = result.columns.map((column, index) => ({ type: column.type, values: result.values(index) }));
    yield `${result.columns.map((column) => escaped(column.name)).join('\t')}\n`;
    for (let row = 0; row < result.rowCount; row++) {
      yield `${columns
        .map(({ type, values }) => {
          const value = values[row]!;
          return value === null ? '\\N' : escaped(textCell(value, type));
        })
        .join('\t')}\n`;
    }
  },
};

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

function escaped(text: string): string {
  return text.replace(/[\t\n\r\\]/g, (character) => escapes[character]!);
}
