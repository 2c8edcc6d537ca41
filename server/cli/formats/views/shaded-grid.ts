import { clipToWidth } from '../../../../engine/index.ts';
import type { Page } from '../output-format.ts';
import { styleOf } from '../style.ts';
import { atLeft, atRight, widest } from './words.ts';

/** A row of shares. */
export interface GridRow {
  readonly label: string;
  /** How many the shares are of. */
  readonly count: string;
  /** Null: not known, and left empty. */
  readonly shares: readonly (number | null)[];
}

export interface Grid {
  /** What labels are of, and counts. */
  readonly labelHead: string;
  readonly countHead: string;
  /** Of the shares' columns. */
  readonly heads: readonly string[];
  readonly rows: readonly GridRow[];
  /** Stands below a rule, and is no row like the others. */
  readonly last: GridRow | null;
}

const labelWidthMax = 40;
/** A block and three digits. */
const cellWidth = 4;
const blocks = ['·', '░', '▒', '▓', '█'];
export const blocksLegend = '· 0   ░ below 25   ▒ below 50   ▓ below 75   █ 75 to 100 %';

/**
 * Draws shares as cells that are shaded: by their ground where there are colors, else by a block before the number. Where the
 * page has no room for numbers, cells are blocks alone.
 */
export function* gridLines(grid: Grid, page: Page): Iterable<string> {
  const style = styleOf(page.colors);
  const all = grid.last === null ? grid.rows : [...grid.rows, grid.last];
  const labelWidth = Math.min(labelWidthMax, widest([grid.labelHead, ...all.map(({ label }) => label)]));
  const countWidth = widest([grid.countHead, ...all.map(({ count }) => count)]);
  const room = page.width - labelWidth - countWidth - 4;
  const numbers = room >= (cellWidth + 1) * grid.heads.length;
  const shown = numbers ? grid.heads.length : Math.max(1, Math.min(grid.heads.length, Math.floor(room)));
  const before = (label: string, count: string): string =>
    `${atLeft(clipToWidth(label, labelWidth), labelWidth)}  ${atRight(count, countWidth)}  `;
  const cellsOf = ({ shares }: GridRow): string =>
    shares
      .slice(0, shown)
      .map((share) => {
        if (share === null) return ' '.repeat(numbers ? cellWidth + 1 : 1);
        if (!numbers) return blockOf(share);
        const text = atRight(wholePercent(share), cellWidth - 1);
        return page.colors ? `${style.shade(` ${text}`, share)} ` : `${blockOf(share)}${text} `;
      })
      .join('');
  const heads = numbers
    ? grid.heads.map((head) => atRight(clipToWidth(head, cellWidth), cellWidth)).join(' ')
    : sparseHeads(grid.heads.slice(0, shown));
  yield style.strong(`${before(grid.labelHead, grid.countHead)}${heads}`.trimEnd());
  for (const row of grid.rows) yield `${before(row.label, row.count)}${cellsOf(row)}`.trimEnd();
  if (grid.last !== null) {
    yield style.faint('─'.repeat(labelWidth + countWidth + 4 + shown * (numbers ? cellWidth + 1 : 1)));
    yield `${before(grid.last.label, grid.last.count)}${cellsOf(grid.last)}`.trimEnd();
  }
  const rest = grid.heads.length - shown;
  if (!numbers) yield style.faint(clipToWidth(blocksLegend, page.width));
  if (rest > 0) yield clipToWidth(`… ${rest} more columns (--no-bars prints all)`, page.width);
}

/** Every fifth, above single columns: two never touch. */
function sparseHeads(heads: readonly string[]): string {
  let line = '';
  heads.forEach((head, at) => {
    if (at % 5 === 0 && line.length <= at) line = `${line.padEnd(at)}${clipToWidth(head, 4)}`;
  });
  return line;
}

function blockOf(share: number): string {
  return share > 0 ? blocks[Math.min(4, 1 + Math.floor(share * 4))]! : blocks[0]!;
}

/** What is not all does not read as all, what is not nothing not as nothing. */
function wholePercent(share: number): string {
  const rounded = Math.round(share * 100);
  if (share > 0 && rounded === 0) return '<1';
  return String(share < 1 ? Math.min(99, rounded) : rounded);
}
