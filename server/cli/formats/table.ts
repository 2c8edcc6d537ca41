import Table from 'cli-table3';
import { clipToWidth, textWidth, type QueryResult } from '../../../engine/index.ts';
import { barsOf } from './bars.ts';
import { printable, textCell } from './cell.ts';
import type { OutputFormat } from './output-format.ts';
import { seriesLines } from './series.ts';
import { isNumeric, measuresOf } from './measures.ts';
import { styleOf } from './style.ts';
import { viewOf } from './views/index.ts';

const rowsShown = 1000;
const cellWidthMax = 60;
/** A column is cut to no less, however narrow the terminal is. */
const cellWidthMin = 8;
const barWidthMax = 24;
const barWidthMin = 5;
/** A line, and a space on both sides. */
const around = 3;

export const table: OutputFormat = {
  name: 'table',
  summary: 'for people; what a terminal gets: with bars for groups, lines for series, and behaviour drawn',
  holdsMeta: false,
  *print(result, page) {
    if (result.columns.length === 0) return;
    const view = page.bars ? viewOf(result) : null;
    if (view !== null) {
      yield* viewLines(view.lines(result, page));
      return;
    }
    const style = styleOf(page.colors);
    const shown = Math.min(result.rowCount, rowsShown);
    const all = columnsOf(result, shown);
    const columns = columnsThatFit(all, page.width);
    const cut = narrowColumns(columns, page.width);
    const measures = page.bars && result.rowCount > 1 ? measuresOf(result) : [];
    const bars = columns.length < all.length ? null : barColumn(result, measures, shown, page.width - widthOf(columns));
    const head = columns.map(({ name, width }) => style.strong(clipToWidth(name, width)));
    const aligns = columns.map(({ right }): 'left' | 'right' => (right ? 'right' : 'left'));
    if (bars !== null) {
      head.splice(bars.at, 0, '');
      aligns.splice(bars.at, 0, 'left');
    }
    const grid = new Table({ head, colAligns: aligns, style: { head: [], border: [], compact: true }, chars: borders });
    for (let row = 0; row < shown; row++) {
      const cells = columns.map(({ cells: own, width }) =>
        own[row] === null ? style.faint('∅') : clipToWidth(own[row]!, width),
      );
      if (bars !== null) cells.splice(bars.at, 0, style.bar(bars.bars[row]!));
      grid.push(cells);
    }
    yield `${grid.toString()}\n`;
    if (result.rowCount > shown) yield `… ${result.rowCount - shown} more rows (--format ndjson prints all)\n`;
    if (columns.length < all.length) yield hiddenColumns(all.slice(columns.length), page.width);
    if (cut) yield '… cells are cut to the width of the terminal (--format ndjson prints all)\n';
    yield* seriesLines(result, measures, page);
  },
};

/** A view is cut as a table is. */
function* viewLines(lines: Iterable<string>): Iterable<string> {
  let shown = 0;
  let more = 0;
  for (const line of lines) {
    if (shown < rowsShown) {
      yield `${line}\n`;
      shown++;
    } else more++;
  }
  if (more > 0) yield `… ${more} more lines (--format ndjson prints all)\n`;
}

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

interface ShownColumn {
  readonly name: string;
  readonly right: boolean;
  /** Columns of the terminal that it takes at least: part of a number or a time misleads. */
  readonly least: number;
  /** Null where there is no value. */
  readonly cells: readonly (string | null)[];
  width: number;
}

function columnsOf(result: QueryResult, shown: number): ShownColumn[] {
  return result.columns.map(({ name, type }, index) => {
    const cells = result
      .values(index)
      .slice(0, shown)
      .map((value) => {
        if (value === null) return null;
        return printable(typeof value === 'number' && type === 'float' ? shortFloat(value) : textCell(value, type));
      });
    const head = printable(name);
    const widest = cells.reduce((most, cell) => Math.max(most, cell === null ? 1 : textWidth(cell)), textWidth(head));
    const width = Math.min(widest, cellWidthMax);
    const whole = isNumeric(type) || type === 'time';
    return { name: head, right: isNumeric(type), cells, width, least: whole ? width : Math.min(width, cellWidthMin) };
  });
}

function widthOf(columns: readonly ShownColumn[]): number {
  return columns.reduce((sum, { width }) => sum + width + around, 1);
}

/** @returns the first columns, as many as the width has room for when texts are cut; one at least. */
function columnsThatFit(columns: readonly ShownColumn[], width: number): readonly ShownColumn[] {
  let used = 1;
  const count = columns.findIndex(({ least }) => (used += least + around) > width);
  return count < 0 ? columns : columns.slice(0, Math.max(1, count));
}

/** Narrows the widest texts until all columns fit. @returns whether that cut anything. */
function narrowColumns(columns: readonly ShownColumn[], width: number): boolean {
  let cut = false;
  for (let over = widthOf(columns) - width; over > 0; over = widthOf(columns) - width) {
    let widest: ShownColumn | null = null;
    let next = 0;
    for (const column of columns) {
      if (column.width <= column.least) continue;
      if (widest === null || column.width > widest.width) {
        next = Math.max(next, widest?.width ?? 0);
        widest = column;
      } else next = Math.max(next, column.width);
    }
    if (widest === null) break;
    widest.width = Math.max(widest.least, Math.min(widest.width - 1, Math.max(next, widest.width - over)));
    cut = true;
  }
  return cut;
}

function hiddenColumns(columns: readonly ShownColumn[], width: number): string {
  const names = clipToWidth(columns.map(({ name }) => name).join(', '), Math.max(cellWidthMin, width - 20));
  return `… ${columns.length} more column${columns.length === 1 ? '' : 's'}: ${names} (--format ndjson prints all)\n`;
}

function shortFloat(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(8)));
}

/** Bars stand behind the measure that they show, the first; a series of several groups has lines instead. */
function barColumn(
  result: QueryResult,
  measures: readonly number[],
  shown: number,
  room: number,
): { readonly at: number; readonly bars: readonly string[] } | null {
  const width = Math.min(barWidthMax, room - around);
  const several = result.grouping !== null && result.grouping.time !== null && result.grouping.keys.length > 0;
  if (width < barWidthMin || measures.length === 0 || several) return null;
  const values = result.values(measures[0]!).slice(0, shown);
  const bars = barsOf(
    values.map((value) => (value === null ? null : Number(value))),
    width,
  );
  return bars.every((bar) => bar.trim() === '') ? null : { at: measures[0]! + 1, bars };
}
