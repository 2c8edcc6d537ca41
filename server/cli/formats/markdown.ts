import { textWidth } from '../../../engine/index.ts';
import { textCell } from './cell.ts';
import type { OutputFormat } from './output-format.ts';

/** Cells are padded so that the text reads well too; one that is wider than this is not. */
const paddedMax = 60;

export const markdown: OutputFormat = {
  name: 'markdown',
  summary: 'a table for GitHub and the like; null is an empty cell',
  holdsMeta: false,
  *print(result) {
    if (result.columns.length === 0) return;
    const right = result.columns.map(({ type }) => type === 'int' || type === 'float');
    const columns = result.columns.map(({ name, type }, index) => ({
      head: escaped(name),
      cells: result.values(index).map((value) => escaped(textCell(value, type))),
    }));
    const widths = columns.map(({ head, cells }) =>
      cells.reduce((most, cell) => Math.max(most, Math.min(paddedMax, textWidth(cell))), Math.max(3, textWidth(head))),
    );
    const line = (cells: readonly string[]): string =>
      `| ${cells.map((cell, index) => padded(cell, widths[index]!, right[index]!)).join(' | ')} |\n`;
    yield line(columns.map(({ head }) => head));
    yield `|${widths.map((width, index) => (right[index]! ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|\n`;
    for (let row = 0; row < result.rowCount; row++) yield line(columns.map(({ cells }) => cells[row]!));
  },
};

function padded(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return right ? space + text : text + space;
}

/** What would end the cell, begin markup or a tag, or be taken for one that was escaped. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*|]|~(?=~)|\[(?=[^\]]*\]\()|_(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])_/gu, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/\r\n|[\r\n]/g, '<br>');
}
