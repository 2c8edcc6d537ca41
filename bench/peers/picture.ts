import { groupOf, ratioOf, type Ratio } from './ratios.ts';
import type { PartResult, RowsPart } from './results.ts';

const width = 760;
const left = 330;
const right = 60;
const top = 66;
const rowHeight = 22;
const barHeight = 13;
const textBase = 4;

/**
 * Draws the warm rows' ratios as bars on a logarithmic scale, to the right of 1× where Varve is faster. Readable on
 * light and dark ground alike.
 * @returns the SVG's text, or null where there are no warm figures.
 */
export function drawPicture(results: readonly PartResult[]): string | null {
  const warm = results.find((result): result is RowsPart => result.part === 'warm' && result.kind === 'rows');
  const ratios = warm?.rows.map((row) => ratioOf(row)).filter(({ ratio }) => ratio !== null) ?? [];
  if (warm === undefined || ratios.length === 0) return null;
  const scale = scaleOf(ratios.map(({ ratio }) => ratio!));
  const height = top + ratios.length * rowHeight + 44;
  const means = [
    ['A', groupOf(ratios, 'A')],
    ['B', groupOf(ratios, 'B')],
  ] as const;
  const caption = means
    .filter(([, { count }]) => count > 0)
    .map(([name, { mean }]) => `${name}: geometric mean ${mean.toFixed(1)}×`)
    .join(', ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">How many times faster than the better of DuckDB and ClickHouse, row by row</title>`,
    style,
    text(16, 24, 'Times faster than the better of DuckDB and ClickHouse', 'head'),
    text(16, 44, `${warm.events.toLocaleString('en-US')} events, ${warm.threads} threads, warm; ${caption}`, 'small'),
    ...scale.ticks.map((tick) => tickOf(tick, scale.x(tick), height)),
    ...ratios.map((ratio, index) => barOf(ratio, top + index * rowHeight, scale.x)),
    text(16, height - 10, 'Colour: the better peer', 'small'),
    legend(190, height - 10, 'duckdb', 'DuckDB'),
    legend(280, height - 10, 'clickhouse', 'ClickHouse'),
    '</svg>',
    '',
  ].join('\n');
}

const style =
  '<style>text{font:12px system-ui,sans-serif;fill:#24292f}.head{font-size:15px;font-weight:600}.small{font-size:11px}' +
  '.end{text-anchor:end}.mid{text-anchor:middle}.grid{stroke:#8884;stroke-width:1}.one{stroke:#888;stroke-width:1.5}' +
  '.duckdb{fill:#d9a400}.clickhouse{fill:#3b82c4}.slow{opacity:.55}' +
  '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.duckdb{fill:#f0c02e}.clickhouse{fill:#6cabe6}}</style>';

interface Scale {
  readonly ticks: readonly number[];
  x(ratio: number): number;
}

/** A logarithmic scale that holds 1 and all ratios. */
function scaleOf(ratios: readonly number[]): Scale {
  const all = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const least = Math.max(all[0]!, Math.min(0.5, ...ratios));
  const most = Math.max(2, ...ratios);
  const from = all.filter((tick) => tick <= least).at(-1) ?? all[0]!;
  const to = all.find((tick) => tick >= most) ?? all.at(-1)!;
  const x = (ratio: number): number => {
    const share = Math.log(Math.min(to, Math.max(from, ratio)) / from) / Math.log(to / from);
    return Math.round((left + share * (width - left - right)) * 10) / 10;
  };
  return { ticks: all.filter((tick) => tick >= from && tick <= to), x };
}

function tickOf(tick: number, x: number, height: number): string {
  const line = `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${x}" x2="${x}" y1="${top - 4}" y2="${height - 32}"/>`;
  return `${line}${text(x, top - 8, `${tick}×`, 'small mid')}`;
}

function barOf({ id, title, ratio, better }: Ratio, y: number, x: (ratio: number) => number): string {
  const [from, to] = ratio! >= 1 ? [x(1), x(ratio!)] : [x(ratio!), x(1)];
  const middle = y + rowHeight / 2 + textBase;
  const long = Math.max(1, Math.round((to - from) * 10) / 10);
  const place = `x="${from}" y="${y + (rowHeight - barHeight) / 2}" width="${long}" height="${barHeight}"`;
  const bar = `<rect class="${better}${ratio! < 1 ? ' slow' : ''}" ${place} rx="2"/>`;
  const label = ratio! >= 10 ? ratio!.toFixed(0) : ratio!.toFixed(1);
  const number =
    ratio! >= 1
      ? text(to + 5, middle, `${label}×`, 'small')
      : text(from - 5, middle, `${ratio!.toFixed(2)}×`, 'small end');
  return `${text(16, middle, `${id}  ${title}`, 'small')}${bar}${number}`;
}

function legend(x: number, y: number, kind: string, name: string): string {
  return `<rect class="${kind}" x="${x}" y="${y - 9}" width="10" height="10" rx="2"/>${text(x + 15, y, name, 'small')}`;
}

function text(x: number, y: number, words: string, kind: string): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text class="${kind}" x="${x}" y="${y}">${safe}</text>`;
}
