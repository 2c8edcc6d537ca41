import Table from 'cli-table3';
import { clipToWidth, type QueryResult } from '../../../engine/index.ts';
import { textCell } from './cell.ts';
import type { OutputFormat } from './output-format.ts';

const rowsShown = 1000;
const cellWidthMax = 60;
const barWidth = 24;

export const table: OutputFormat = {
  name: 'table',
  summary: 'for people; what a terminal gets',
  holdsMeta: false,
  *print(result) {
    if (result.columns.length === 0) return;
    const bars = barsOf(result);
    const grid = new Table({
      head: [
        ...result.columns.map((column) => clipToWidth(clean(column.name), cellWidthMax)),
        ...(bars === null ? [] : ['']),
      ],
      colAligns: result.columns.map((column) => (isNumeric(column.type) ? 'right' : 'left')),
      style: { head: [], border: [], compact: true },
      chars: borders,
    });
    const columns = result.columns.map((column, index) => ({ type: column.type, values: result.values(index) }));
    const shown = Math.min(result.rowCount, rowsShown);
    for (let row = 0; row < shown; row++) {
      const cells = columns.map(({ type, values }) => {
        const value = values[row]!;
        return value === null
          ? '∅'
          : clipToWidth(
              clean(typeof value === 'number' && type === 'float' ? shortFloat(value) : textCell(value, type)),
              cellWidthMax,
            );
      });
      grid.push(bars === null ? cells : [...cells, bars[row]!]);
    }
    yield `${grid.toString()}\n`;
    if (result.rowCount > shown) yield `… ${result.rowCount - shown} more rows (--format ndjson prints all)\n`;
  },
};

const borders = {
  top: '─',
  'top-mid': '┬',
  'top-left': '┌',
  'top-right': '┐',
  bottom: '─',
  'bottom-mid': '┴',
  'bottom-left': '└',
  'bottom-right': '┘',
  left: '│',
  'left-mid': '├',
  mid: '─',
  'mid-mid': '┼',
  right: '│',
  'right-mid': '┤',
  middle: '│',
};

function isNumeric(type: string): boolean {
  return type === 'int' || type === 'float';
}

function shortFloat(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(8)));
}

/** A bar a row for the last numeric column of a grouped answer: one key at least, one measure, no negative values. */
function barsOf(result: QueryResult): string[] | null {
  const index = result.columns.findLastIndex((column) => isNumeric(column.type));
  if (index < 1 || result.rowCount < 2 || result.columns.slice(0, index).every((column) => isNumeric(column.type)))
    return null;
  const values = result
    .values(index)
    .slice(0, rowsShown)
    .map((value) => (value === null ? 0 : Number(value)));
  const most = Math.max(...values);
  if (!(most > 0) || values.some((value) => !(value >= 0))) return null;
  return values.map((value) => '█'.repeat(Math.round((value / most) * barWidth)));
}

/** Control characters would let a log line move the reader's cursor, marks of direction turn its text around. */
function clean(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) =>
      character === '\n' ? '⏎' : '·',
    )
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
