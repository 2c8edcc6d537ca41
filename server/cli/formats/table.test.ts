import { describe, expect, it } from 'vitest';
import type { Grouping, QueryResult } from '../../../engine/index.ts';
import type { ColumnType } from '../../../engine/index.ts';
import { valuesFromScalars } from '../../../engine/functions/values-from-scalars.ts';
import { createQueryResult } from '../../../engine/query-result.ts';
import type { Scalar, Values } from '../../../engine/column/values.ts';
import { markdown } from './markdown.ts';
import type { Page } from './output-format.ts';
import { table } from './table.ts';
import { tsv } from './tsv.ts';

const meta = {
  ...{ rows_scanned: 0, rows_matched: 0, bytes_scanned: 0, segments_pruned: 0, elapsed_ms: 0, sample: 1, exact: true },
  ...{ approximate: [], snapshot: '', warnings: [] },
};
const wide: Page = { width: Infinity, colors: false, bars: true };

type Columns = Readonly<Record<string, readonly [ColumnType, readonly Scalar[]]>>;

function valuesOf(type: ColumnType, cells: readonly Scalar[]): Values {
  const { length } = cells;
  if (type === 'text') {
    const nulls = Uint8Array.from(cells, (cell) => Number(cell === null));
    return { kind: 'text', length, values: cells.map((cell) => String(cell)), nulls };
  }
  return valuesFromScalars(cells);
}

function resultOf(columns: Columns, grouping: Grouping | null = null): QueryResult {
  const entries = Object.entries(columns);
  return createQueryResult(
    entries.map(([name, [type]]) => ({ name, type })),
    entries.map(([, [type, cells]]) => valuesOf(type, cells)),
    entries[0]![1][1].length,
    meta,
    grouping,
  );
}

function lines(format: typeof table, result: QueryResult, page: Page = wide): string[] {
  return [...format.print(result, page)].join('').split('\n');
}

const day = 86_400_000;

describe('a table', () => {
  it('has bars behind the first measure of groups, and none for events', () => {
    const columns: Columns = {
      event: ['text', ['play', '名前', null]],
      count: ['int', [8, 2, 1]],
      people: ['int', [3, 2, 1]],
    };
    expect(lines(table, resultOf(columns, { time: null, keys: [0], measures: [1, 2] }))).toEqual([
      '┌───────┬───────┬──────────────────────────┬────────┐',
      '│ event │ count │                          │ people │',
      '├───────┼───────┼──────────────────────────┼────────┤',
      '│ play  │     8 │ ████████████████████████ │      3 │',
      '│ 名前  │     2 │ ██████                   │      2 │',
      '│ ∅     │     1 │ ███                      │      1 │',
      '└───────┴───────┴──────────────────────────┴────────┘',
      '',
    ]);
    for (const plain of [
      lines(table, resultOf(columns)),
      lines(table, resultOf(columns, { time: null, keys: [0], measures: [1, 2] }), { ...wide, bars: false }),
    ])
      expect(plain[3]).toBe('│ play  │     8 │      3 │');
  });

  it('has a line for each group of a series, in the order of time', () => {
    const result = resultOf(
      {
        time: ['time', [day, 0, 2 * day, 0, day, 2 * day]],
        country: ['text', ['DE', 'DE', 'DE', 'FR', 'FR', 'FR']],
        n: ['int', [4, 0, 8, 7, null, 3.5]],
        partial: ['bool', [false, true, true, true, false, true]],
      },
      { time: 0, keys: [1], measures: [2] },
    );
    expect(lines(table, result).slice(-3)).toEqual(['DE  ▁▅█  0 … 8', 'FR  █ ▅  3.5 … 7', '']);
    expect(lines(table, result).join('')).not.toContain('│ ██');
    expect(lines(table, result, { ...wide, bars: false }).at(-2)).toMatch(/^└/);
    const one = resultOf(
      { time: ['time', [0, day, 2 * day]], n: ['int', [1, 2, 4]], m: ['float', [-1, 0, 1]] },
      { time: 0, keys: [], measures: [1, 2] },
    );
    expect(lines(table, one).slice(-4)).toEqual([expect.stringMatching(/^└/), 'n  ▃▅█  1 … 4', 'm  ▁▅█  -1 … 1', '']);
  });

  it('takes the width there is: texts are cut, columns left out, and both said', () => {
    const result = resultOf({
      time: ['time', [0]],
      text: ['text', ['x'.repeat(50)]],
      n: ['int', [123_456]],
      more: ['text', ['y'.repeat(50)]],
    });
    for (const width of [20, 30, 44, 60, 80, 120]) {
      const shown = lines(table, result, { ...wide, width });
      for (const line of shown.slice(0, 5)) expect(line.length).toBeLessThanOrEqual(Math.max(width, 28));
    }
    expect(lines(table, result, { ...wide, width: 60 }).slice(3)).toEqual([
      '│ 1970-01-01T00:00:00.000Z │ xxxxxxx… │ 123456 │ yyyyyyyy… │',
      '└──────────────────────────┴──────────┴────────┴───────────┘',
      '… cells are cut to the width of the terminal (--format ndjson prints all)',
      '',
    ]);
    expect(lines(table, result, { ...wide, width: 30 }).slice(-2)).toEqual([
      '… 3 more columns: text, n, … (--format ndjson prints all)',
      '',
    ]);
  });

  it('colors where it may, and shows no control character as one', () => {
    const result = resultOf(
      { k: ['text', ['\u001b[31mred\n', null]], n: ['int', [1, 2]] },
      { time: null, keys: [0], measures: [1] },
    );
    const colored = lines(table, result, { ...wide, colors: true });
    expect(colored[1]).toContain('\u001b[1mk\u001b[22m');
    expect(colored[3]).toContain('·[31mred⏎');
    expect(colored[4]).toContain('\u001b[2m∅\u001b[22m');
    expect(lines(table, result).join('')).not.toContain('\u001b');
  });

  it('says how many rows and series it does not show', () => {
    const count = 1200;
    const all = Array.from({ length: count }, (_, n) => n);
    const rows = lines(table, resultOf({ n: ['int', all] }));
    expect(rows.at(-2)).toBe('… 200 more rows (--format ndjson prints all)');
    const series = resultOf(
      {
        time: ['time', all.map((n) => (n % 3) * day)],
        k: ['text', all.map((n) => `k${Math.floor(n / 3)}`)],
        n: ['int', all],
      },
      { time: 0, keys: [1], measures: [2] },
    );
    expect(lines(table, series).at(-2)).toBe('… 380 more series');
  });
});

describe('texts between tabs, and for a page', () => {
  const columns: Columns = {
    'a|b': ['text', ['tab\there', 'line\nend\r', 'back\\slash', '', null, '<b>*x*</b> _y_ user_id [l](u) &amp;']],
    n: ['float', [1.5, -2, null, 0, 1e21, 7]],
    l: ['list of int', [[1, 2], [], null, [3], null, null]],
  };

  it('tsv escapes what would end a cell; null is no text', () => {
    expect(lines(tsv, resultOf(columns))).toEqual([
      'a|b\tn\tl',
      'tab\\there\t1.5\t[1,2]',
      'line\\nend\\r\t-2\t[]',
      'back\\\\slash\t\\N\t\\N',
      '\t0\t[3]',
      '\\N\t1e+21\t\\N',
      '<b>*x*</b> _y_ user_id [l](u) &amp;\t7\t\\N',
      '',
    ]);
  });

  it('markdown escapes what would be markup, and sets numbers to the right', () => {
    const printed = lines(markdown, resultOf(columns));
    expect(printed.map((line) => line.replace(/ +/g, ' '))).toEqual([
      '| a\\|b | n | l |',
      expect.stringMatching(/^\|-+\|-+:\|-+\|$/),
      '| tab\there | 1.5 | [1,2] |',
      '| line<br>end<br> | -2 | [] |',
      '| back\\\\slash | | |',
      '| | 0 | [3] |',
      '| | 1e+21 | |',
      '| &lt;b>\\*x\\*&lt;/b> \\_y\\_ user_id \\[l](u) &amp;amp; | 7 | |',
      '',
    ]);
    expect(new Set(printed.slice(0, 7).map((line) => line.replace('\t', ' ').length)).size).toBe(1);
    expect(lines(markdown, createQueryResult([], [], 0, meta))).toEqual(['']);
  });
});
