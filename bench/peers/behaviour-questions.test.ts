import { describe, expect, it } from 'vitest';
import type { QueryResult } from '../../engine/api.ts';
import { withFolder } from '../folders.ts';
import { describeMachine } from '../machine.ts';
import { cellsOfVarve } from './answers.ts';
import { openContest } from './contenders.ts';
import { makeStores } from './make-stores.ts';
import { parsePeersOptions, type DataName } from './options.ts';
import { questionsOf } from './questions.ts';
import { renderPage } from './results-page.ts';
import type { FactsPart, RowResult, RowsPart } from './results.ts';
import { runPart } from './run-part.ts';
import { scanFact, scanFactName } from './scan-ratio.ts';
import { reachedTargets } from './targets.ts';

const behaviour = /^B[2-8]/;

describe('rows of behaviour', () => {
  it('all are asked of the shop, and what does without properties of actors of all data', () => {
    const ids = (data: DataName) => questionsOf(data).flatMap(({ id }) => (behaviour.test(id) ? [id] : []));
    expect(ids('d1')).toEqual(['B2a', 'B2b', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8']);
    for (const data of ['d2', 'd3'] as const) expect(ids(data)).toEqual(['B2a', 'B3']);
  });

  it('peers are asked in the layouts by actor alone, other rows in all', async () => {
    await withFolder(async (folder) => {
      const options = { data: 'd1' as const, events: 2000, seed: 5, threads: 1, clickhouse: false };
      const stores = await makeStores(folder, options, () => undefined);
      const contest = await openContest(stores, { threads: 1, engine: 'duckdb', layout: null });
      const layouts = (id: string) => {
        const question = questionsOf('d1').find((one) => one.id === id)!;
        return [...new Set(contest.contendersOf(question).map(({ layout }) => layout))];
      };
      expect(layouts('B4')).toEqual(['enum_by_actor']);
      expect(layouts('B1a')).toEqual(['text_by_time', 'enum_by_time', 'enum_by_actor']);
      await contest.close();
    });
  });

  it("of Varve's answer only the columns and rows are compared that peers are asked for", () => {
    const question = questionsOf('d1').find(({ id }) => id === 'B4')!;
    const rows = [
      { cohort: new Date('2026-04-02T00:00:00Z'), actors: 3, period: 1, retained: 2, rate: 2 / 3 },
      { cohort: null, actors: 3, period: 1, retained: 2, rate: 2 / 3 },
    ];
    const columns = Object.keys(rows[0]!).map((name) => ({ name }));
    const result = { columns, rows: () => rows } as unknown as QueryResult;
    expect(cellsOfVarve(result, question)).toEqual([[Date.UTC(2026, 3, 2), '1', '2']]);
  });

  it('a part says what its rows ask', async () => {
    await withFolder(async (folder) => {
      const args = ['--tiny', '--rows', 'B2a,B7', '--without', 'clickhouse', '--out', folder];
      const options = parsePeersOptions(args);
      const part = await runPart({ part: 'warm', options, folder: `${folder}/data` }, () => undefined);
      const { rows, notes } = part as RowsPart;
      expect(rows.map(({ id, errors }) => [id, errors])).toEqual([
        ['B2a', []],
        ['B7', []],
      ]);
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(/^B2a: search, then play, then purchase/);
    });
  });

  it('outside the warm part other rows are asked, fewer of few events', () => {
    const usual = parsePeersOptions([]).otherRows;
    expect(usual).toEqual(expect.arrayContaining(['A1', 'A9', 'B1', 'B2', 'B3']));
    const quick = parsePeersOptions(['--quick']).otherRows;
    expect(quick.length).toBeLessThan(usual.length);
    const ids = questionsOf('d1').map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([...quick]));
  });
});

describe('targets of behaviour', () => {
  const head = {
    date: '2026-01-02 03:04',
    commit: 'abc',
    machine: describeMachine(1 << 12),
    versions: {},
    events: 1000,
    data: 'd1',
    threads: 2,
    seconds: 1,
    notes: [],
  };
  const timing = (engine: string, medianMs: number) => ({
    engine,
    layout: '',
    variant: 0,
    times: [medianMs],
    medianMs,
    spreadPercent: 0,
    cpuMs: medianMs,
  });
  const row = (id: string, ratio: number): RowResult => ({
    id,
    title: id,
    rowsOut: 1,
    timings: [timing('varve', 10), timing('duckdb', 1000), timing('clickhouse', 10 * ratio)],
    errors: [],
  });
  const warm = (...rows: RowResult[]): RowsPart => ({ ...head, part: 'warm', kind: 'rows', rows });
  const footing = (funnel: number, scan: number): FactsPart => ({
    ...head,
    part: 'footing',
    kind: 'facts',
    facts: [{ name: scanFactName, unit: 'ms', values: { funnel, scan } }],
  });
  const stateOf = (what: string, ...results: Parameters<typeof reachedTargets>[0]) => {
    const { reached, state } = reachedTargets(results).find((target) => target.what.includes(what))!;
    return [reached, state];
  };

  it.each([
    [[21, 22], 'goal', 'goal', '21.00× (B1a)'],
    [[40, 4], 'must', 'must', '4.00× (B2a)'],
    [[50, 2.5], 'must', 'missed', '2.50× (B2a)'],
    [[5, 4], 'missed', 'must', '4.00× (B2a)'],
  ] as const)('of ratios %j the mean is %s, the slowest %s', ([first, second], mean, slowest, least) => {
    const part = warm(row('A1', 0.5), row('B1a', first), row('B2a', second));
    expect(stateOf('(B1–B8), geometric mean', part)[1]).toBe(mean);
    expect(stateOf('the slowest row', part)).toEqual([least, slowest]);
  });

  it('a row without a figure is named', () => {
    const part = warm(row('B2a', 30), { ...row('B3', 30), timings: [] });
    expect(stateOf('the slowest row', part)[0]).toBe('30.00× (B2a); no figure: B3');
    expect(stateOf('the slowest row')).toEqual(['–', 'not measured']);
  });

  it.each([
    [15, 10, '1.50×', 'goal'],
    [30, 10, '3.00×', 'must'],
    [31, 10, '3.10×', 'missed'],
  ])('a funnel of %d ms and a scan of %d ms', (funnel, scan, reached, state) => {
    expect(stateOf('against a scan', footing(funnel, scan))).toEqual([reached, state]);
    expect(renderPage([footing(funnel, scan)])).toContain(
      `| ${scanFactName} | ms | funnel ${funnel}.0; scan ${scan}.0 |`,
    );
  });

  it('the funnel and the scan are both timed', async () => {
    await withFolder(async (folder) => {
      const options = { ...parsePeersOptions(['--tiny']), data: folder, clickhouse: false };
      const stores = await makeStores(folder, { ...options, data: 'd1', events: 2000 }, () => undefined);
      const { name, values } = await scanFact(stores, options);
      expect(name).toBe(scanFactName);
      expect(values['funnel']).toBeGreaterThan(0);
      expect(values['scan']).toBeGreaterThan(0);
    });
  });
});
