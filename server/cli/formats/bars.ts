/** A left part of a column, by eighths. */
const parts = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * A bar for each value, to one scale: from a common zero to the right, or to the left of it where a value is negative.
 * @param values null and NaN have no bar; an infinite one is as long as bars get.
 * @param width columns of a terminal that the longest takes.
 * @returns texts of at most `width` columns.
 */
export function barsOf(values: readonly (number | null)[], width: number): string[] {
  let least = 0;
  let most = 0;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  // The halves are scaled before they are added: the sum of two large numbers may be none.
  const span = most / 2 - least / 2;
  const left = span === 0 ? 0 : Math.round(width * (-least / 2 / span));
  return values.map((value) => {
    if (value === null || Number.isNaN(value)) return '';
    const share = span === 0 ? 0 : Math.min(1, Math.abs(value / 2) / span) * width;
    if (value < 0) return leftBar(Math.min(share, left), left);
    return left === 0 && value === 0 ? '' : ' '.repeat(left) + rightBar(Math.min(share, width - left), value > 0);
  });
}

function rightBar(length: number, some: boolean): string {
  const eighths = Math.max(Math.round(length * 8), some ? 1 : 0);
  return '█'.repeat(eighths >> 3) + parts[eighths & 7]!;
}

/** There are no blocks that fill a column from its right but the half. */
function leftBar(length: number, room: number): string {
  const halves = Math.max(Math.round(length * 2), 1);
  const columns = (halves + 1) >> 1;
  return ' '.repeat(Math.max(0, room - columns)) + (halves & 1 ? '▐' : '') + '█'.repeat(halves >> 1);
}

/**
 * A series as one line of blocks from `least` to `most`; a gap where there is no value.
 * @param width where the series is longer, each column stands for several values, by their mean.
 */
export function sparkline(
  values: readonly (number | null)[],
  least: number,
  most: number,
  width: number = values.length,
): string {
  const columns = Math.min(values.length, Math.max(1, width));
  let line = '';
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.floor(((column + 1) * values.length) / columns);
    let sum = 0;
    let count = 0;
    for (let at = from; at < to; at++) {
      const value = values[at];
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      sum += value;
      count++;
    }
    if (count === 0) line += ' ';
    else {
      const share = most > least ? (sum / count - least) / (most - least) : most > 0 ? 1 : 0;
      line += levels[Math.min(7, Math.max(0, Math.floor(share * 8)))]!;
    }
  }
  return line;
}
