import { DuckDBInstance } from '@duckdb/node-api';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateColumns } from '../../data/columns.ts';
import { root, withFolder } from '../folders.ts';
import { describeMachine } from '../machine.ts';
import { tinyEffort } from '../measure.ts';
import { cellsOfClickHouse, cellsOfDuckdb, difference } from './answers.ts';
import { hasClickHouse } from './clickhouse-package.ts';
import { openContest } from './contenders.ts';
import { makeStores } from './make-stores.ts';
import { measureRow } from './measure-row.ts';
import { dataNames, parsePeersOptions, type DataName } from './options.ts';
import { drawPicture } from './picture.ts';
import { questionsOf, unaskable, type Question } from './questions.ts';
import { geometricMean, groupOf, ratioOf } from './ratios.ts';
import { hasRealFiles, realFolder } from './real-columns.ts';
import { readPart, writePart, type FactsPart, type RowResult, type RowsPart, type Timing } from './results.ts';
import { renderPage } from './results-page.ts';
import { isSound, report } from './run.ts';
import { runPart } from './run-part.ts';
import { stageColumns } from './stage-columns.ts';
import { reachedTargets } from './targets.ts';

const clickhouse = hasClickHouse();
if (!clickhouse)
  process.stderr.write(
    '\nSKIPPED: ClickHouse in the tests of bench:peers, because chdb is not installed (npm install --no-save in bench/).\n',
  );
if (!hasRealFiles())
  process.stderr.write(`\nSKIPPED: data set d3 of bench:peers, because ${realFolder} is not there.\n`);

const events = 20_000;

describe('peers over few events', () => {
  it.each(dataNames.filter((data) => data !== 'd3' || hasRealFiles()))(
    'all engines, layouts and texts give the same answer to every row of %s',
    async (data: DataName) => {
      await withFolder(async (folder) => {
        const stores = await makeStores(folder, { data, events, seed: 3, threads: 2, clickhouse }, () => undefined);
        expect(stores.rows).toBe(events);
        const again = await makeStores(folder, { data, events, seed: 3, threads: 2, clickhouse }, () => {
          throw new Error('made anew');
        });
        expect(again).toEqual(stores);
        const contest = await openContest(stores, { threads: 1, engine: null, layout: null });
        for (const question of questionsOf(data)) {
          const contenders = contest.contendersOf(question);
          expect(new Set(contenders.map(({ engine }) => engine)).size).toBe(clickhouse ? 3 : 2);
          const row = await measureRow(question, contenders, tinyEffort);
          expect([question.id, row.errors]).toEqual([question.id, []]);
          expect(row.rowsOut).toBeGreaterThan(0);
          expect(new Set(row.timings.map(({ engine }) => engine)).size).toBe(clickhouse ? 3 : 2);
        }
        await contest.close();
      });
    },
    120_000,
  );

  it('questions find something: no count is nought', async () => {
    await withFolder(async (folder) => {
      const stores = await makeStores(
        folder,
        { data: 'd1', events, seed: 1, threads: 1, clickhouse: false },
        () => undefined,
      );
      const contest = await openContest(stores, { threads: 1, engine: 'varve', layout: null });
      for (const question of questionsOf('d1')) {
        const rows = await contest.contendersOf(question)[0]!.answer();
        expect([question.id, rows.some((row) => row.at(-1) !== '0' && row.at(-1) !== null)]).toEqual([
          question.id,
          true,
        ]);
      }
      await contest.close();
    });
  });

  it('a part writes its figures, and the page and the picture are made of them', async () => {
    await withFolder(async (folder) => {
      const options = parsePeersOptions(['--tiny', '--rows', 'A1,B1b', '--out', join(folder, 'out'), '--seed', '2']);
      const request = { options, folder: join(folder, 'data') };
      for (const part of ['warm', 'cold', 'footing'] as const)
        expect(
          await runPart({ ...request, part, options: { ...options, clickhouse: false } }, () => undefined),
        ).not.toBeNull();
      const results = await report(options, () => undefined);
      expect(results.map(({ part }) => part)).toEqual(['warm', 'cold', 'footing']);
      expect(results.every(isSound)).toBe(true);
      const warm = await readPart(options.out, 'warm');
      expect(warm).toMatchObject({ kind: 'rows', events, threads: options.threads });
      expect((warm as RowsPart).rows.map(({ id }) => id)).toEqual(['A1', 'B1b']);
      const page = await readFile(join(options.out, 'RESULTS.md'), 'utf8');
      for (const part of [
        'D1, all threads, warm',
        'D1, all threads, cold',
        '## Footing',
        'process start to first answer',
      ])
        expect(page).toContain(part);
      expect(existsSync(join(options.out, 'results.svg'))).toBe(true);
      // Rows that are not asked again keep their figures.
      await runPart(
        { ...request, part: 'warm', options: { ...options, clickhouse: false, rows: ['A1'] } },
        () => undefined,
      );
      const merged = (await readPart(options.out, 'warm')) as RowsPart;
      expect(merged.rows.map(({ id }) => id)).toEqual(['A1', 'B1b']);
      expect(merged.rows[1]).toEqual((warm as RowsPart).rows[1]);
      expect(merged.notes[0]).toContain('B1b: of ');
    });
  }, 120_000);

  it('files are read by all engines to the same rows', async () => {
    await withFolder(async (folder) => {
      const options = { ...parsePeersOptions(['--tiny', '--out', join(folder, 'out')]), clickhouse };
      const part = await runPart({ part: 'ingest', options, folder: join(folder, 'data') }, () => undefined);
      expect(part).toMatchObject({ kind: 'rows', events: events / 20 });
      const { rows } = part as RowsPart;
      expect(rows.map(({ id, errors }) => [id, errors])).toEqual([
        ['I1', []],
        ['I2', []],
      ]);
      for (const { timings } of rows) expect(timings).toHaveLength(clickhouse ? 3 : 2);
    });
  });

  it('the command runs every part that needs no other data, as it was built', async () => {
    await withFolder(async (folder) => {
      const parts = ['warm', 'one', 'cold', 'footing', 'ingest'];
      const args = [
        '--tiny',
        '--rows',
        'A1,I1,I2',
        '--parts',
        parts.join(),
        '--without',
        'clickhouse',
        '--out',
        folder,
      ];
      const command = join(root, 'dist', 'bench', 'peers', 'run.js');
      const run = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
      expect([run.status, run.stderr]).toEqual([0, '']);
      for (const part of parts) {
        const result = await readPart(folder, part as 'warm');
        expect(result).toMatchObject({ part });
        if (result!.kind !== 'rows') continue;
        const timed = result!.rows.map(({ timings }) => new Set(timings.map(({ engine }) => engine)));
        expect(timed, part).toEqual(timed.map(() => new Set(['varve', 'duckdb'])));
        expect(timed.length, part).toBe(part === 'ingest' ? 2 : 1);
      }
    });
  }, 120_000);

  it('DuckDB is handed every value of the columns', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const texts = await stageColumns(connection, generateColumns({ rows: 5000, seed: 9, batchRows: 3000 }));
    expect(texts).toEqual(['actor', 'event', 'url', 'country', 'platform', 'plan']);
    const sql =
      'select time, a.text, u.text, duration, case when isnan(amount) then null else amount end, id from staged s ' +
      'join actor_texts a on s.actor = a.code join url_texts u on s.url = u.code order by id & 4294967295';
    const rows = (await connection.runAndReadAll(sql)).getRowsJS();
    const expected = [...generateColumns({ rows: 5000, seed: 9, batchRows: 3000 })].flatMap((batch) => {
      const valueOf = (name: string, row: number): unknown => {
        const column = batch.columns.find((one) => one.name === name)!;
        if (column.kind === 'text') return column.dictionary[column.codes[row]!];
        if (column.kind === 'wide') return column.values[row];
        if (column.kind === 'float')
          return ((column.validity[row >> 3]! >> (row & 7)) & 1) === 1 ? column.values[row] : null;
        const value = column.base + column.values[row]!;
        return column.kind === 'time' ? BigInt(value) : value;
      };
      const names = ['time', 'actor', 'url', 'duration', 'amount', 'id'];
      return Array.from({ length: batch.rowCount }, (_, row) => names.map((name) => valueOf(name, row)));
    });
    expect(rows).toEqual(expected);
    connection.closeSync();
  });
});

describe('comparing answers', () => {
  const question: Question = {
    id: 'X',
    title: '',
    varve: '',
    duckdb: [],
    clickhouse: [],
    columns: ['time', 'text', 'int', 'float'],
    order: 'none',
  };
  const duck = (...rows: unknown[][]) => cellsOfDuckdb(rows, question.columns);
  const day = new Date('2026-04-02T00:00:00Z');

  it('takes rows of all engines to the same cells', () => {
    const clickhouse = cellsOfClickHouse(
      '["2026-04-02 00:00:00.000","a","5",1.5]\n["2026-04-02","",7,null]\n',
      question.columns,
    );
    expect(clickhouse).toEqual(duck([day, 'a', 5n, 1.5], [day, null, 7, null]));
    expect(cellsOfDuckdb([['a', [1, 2]]], ['text', 'float', 'float'])).toEqual([['a', 1, 2]]);
  });

  it.each<[string, unknown[][], unknown[][], Partial<Question>, boolean]>([
    [
      'another order',
      [
        [day, 'a', 1, 1],
        [day, 'b', 2, 1],
      ],
      [
        [day, 'b', 2, 1],
        [day, 'a', 1, 1],
      ],
      {},
      true,
    ],
    [
      'another order that matters',
      [
        [day, 'a', 1, 1],
        [day, 'b', 2, 1],
      ],
      [
        [day, 'b', 2, 1],
        [day, 'a', 1, 1],
      ],
      { order: 'all' },
      false,
    ],
    ['last digits of a float', [[day, 'a', 1, 0.1 + 0.2]], [[day, 'a', 1, 0.3]], {}, true],
    ['another float', [[day, 'a', 1, 0.3]], [[day, 'a', 1, 0.3001]], {}, false],
    ['another int', [[day, 'a', 1, 1]], [[day, 'a', 2, 1]], {}, false],
    ['a missing row', [[day, 'a', 1, 1]], [], {}, false],
    ['a value where none is', [[day, 'a', 1, null]], [[day, 'a', 1, 0]], {}, false],
  ])('%s', (_, own, other, changes, same) => {
    expect(difference({ ...question, ...changes }, duck(...own), duck(...other)) === null).toBe(same);
  });

  it('lets rows differ that tie with the last, and rows that count nothing', () => {
    const last: Question = { ...question, columns: ['time', 'int'], order: 'last' };
    const rows = (...pairs: [number, number][]) => pairs.map(([time, n]) => [time, String(n)]);
    expect(difference(last, rows([9, 1], [5, 2]), rows([9, 1], [5, 3]))).toBeNull();
    expect(difference(last, rows([9, 1], [5, 2]), rows([9, 4], [5, 2]))).toContain('row 1');
    expect(difference({ ...last, order: 'none', fills: true }, rows([9, 1], [5, 0]), rows([9, 1]))).toBeNull();
  });

  it('a row whose answers differ is an error and has no figure', async () => {
    const contender = (layout: string, n: string) => ({
      engine: 'duckdb' as const,
      layout,
      variant: 0,
      text: '',
      ask: () => Promise.resolve(),
      answer: () => Promise.resolve([[0, 'a', n, 1]]),
    });
    const row = await measureRow(question, [contender('x', '1'), contender('y', '2')], tinyEffort);
    expect(row.errors).toEqual(['duckdb x and duckdb y differ: row 0: [0,"a","1",1] is not [0,"a","2",1]']);
    expect(row.timings.map(({ layout }) => layout)).toEqual(['x']);
  });
});

describe('page and picture of known figures', () => {
  const timing = (engine: string, layout: string, medianMs: number): Timing => ({
    engine,
    layout,
    variant: 0,
    times: [medianMs, medianMs],
    medianMs,
    spreadPercent: 3,
    cpuMs: medianMs,
  });
  const row = (id: string, varve: number, duckdb: number, clickhouse: number): RowResult => ({
    id,
    title: `row <${id}>`,
    rowsOut: 1,
    timings: [
      timing('varve', 'store', varve),
      timing('duckdb', 'slow', duckdb * 2),
      timing('duckdb', 'text_by_time', duckdb),
      timing('clickhouse', 'low_by_time', clickhouse),
    ],
    errors: [],
  });
  const head = {
    date: '2026-01-02 03:04',
    commit: 'abc',
    machine: { ...describeMachine(1 << 12), processor: 'processor' },
    versions: { varve: '1' },
    events: 1000,
    data: 'd1',
    threads: 2,
    seconds: 1,
    notes: ['a note'],
  };
  const warm: RowsPart = {
    ...head,
    part: 'warm',
    kind: 'rows',
    rows: [row('A1', 10, 20, 80), row('A2', 10, 900, 80), row('A3', 10, 4, 80), row('B1a', 1, 10, 9)],
  };
  const footing: FactsPart = {
    ...head,
    part: 'footing',
    kind: 'facts',
    facts: [
      { name: 'bytes on disk an event', unit: 'bytes', values: { varve: 16, 'duckdb a': 30, 'clickhouse b': 20 } },
      { name: 'resident, store open and idle', unit: 'MB', values: { varve: 90 } },
    ],
  };

  it('a ratio is that of the better peer in its best layout', () => {
    expect(warm.rows.map((one) => ratioOf(one).ratio)).toEqual([2, 8, 0.4, 9]);
    expect(ratioOf(warm.rows[1]!).better).toBe('clickhouse');
    expect(ratioOf(warm.rows[0]!).duckdb?.layout).toBe('text_by_time');
    expect(ratioOf({ ...warm.rows[0]!, timings: [] }).ratio).toBeNull();
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
    const ratios = warm.rows.map((one) => ratioOf(one));
    expect(groupOf(ratios, 'A')).toMatchObject({ count: 3, below1: ['A3'], belowHalf: ['A3'], missing: [] });
  });

  it('the page names the means, the targets and what was not asked', () => {
    const page = renderPage([footing, warm]);
    expect(page).toContain('| A2 | row <A2> | 10.0 ±3 % | 900 ±3 % | 80.0 ±3 % | **8.00×** | 8.00× |');
    expect(page).toContain('- A: geometric mean **1.86×** of 3 rows (of the least times 1.86×); under 1×: A3.');
    expect(page).toContain('| exact distinct actors (B1), geometric mean | ≥ 6× | ≥ 10× | 9.00× | must |');
    expect(page).toContain('2026-01-02 03:04 UTC, commit abc');
    for (const [id] of unaskable) expect(page).toContain(`| ${id} |`);
    expect(page.indexOf('## D1, all threads, warm')).toBeLessThan(page.indexOf('## Footing'));
  });

  it('says of each target whether it was reached', () => {
    const states = reachedTargets([warm, footing]).map(({ state }) => state);
    expect(states).toEqual([
      'missed',
      'missed',
      'must',
      'missed',
      'goal',
      'not measured',
      'not measured',
      'goal',
      'must',
    ]);
  });

  it('the page names what went wrong', () => {
    const wrong = { ...warm, rows: [{ ...warm.rows[0]!, errors: ['answers differ'] }] };
    expect(renderPage([wrong])).toContain('- **A1: answers differ**');
    expect(isSound(wrong)).toBe(false);
  });

  it('the picture has a bar a row, to the left of 1× where a peer is faster', () => {
    const picture = drawPicture([warm])!;
    const bars = [
      ...picture.matchAll(
        /<rect class="(duckdb|clickhouse)( slow)?" x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="13"/g,
      ),
    ];
    expect(bars.map(([, kind, slow]) => `${kind}${slow ?? ''}`)).toEqual([
      'duckdb',
      'clickhouse',
      'duckdb slow',
      'clickhouse',
    ]);
    const [one, , slow] = bars.map(([, , , x, width]) => ({ from: Number(x), to: Number(x) + Number(width) }));
    expect(slow!.to).toBeCloseTo(one!.from, 1);
    expect(picture).toContain('row &lt;A1&gt;');
    expect(picture).toContain('prefers-color-scheme:dark');
    expect(drawPicture([footing])).toBeNull();
  });

  it('figures of a part stay when another is written', async () => {
    await withFolder(async (out) => {
      await writePart(out, warm);
      await writePart(out, footing);
      await writePart(out, { ...warm, events: 2000, rows: [warm.rows[0]!] });
      expect(((await readPart(out, 'warm')) as RowsPart).rows).toHaveLength(1);
      expect(await readPart(out, 'footing')).toEqual(footing);
      expect(await readPart(out, 'd2')).toBeNull();
    });
  });
});
