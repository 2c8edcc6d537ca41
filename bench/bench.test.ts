import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateColumns } from '../data/columns.ts';
import { decodeBatch, encodeBatch } from '../engine/column/batch-codec.ts';
import { textsOfDictionary } from '../engine/column/dictionary.ts';
import { encodingList } from '../engine/column/encodings/index.ts';
import { valuesFromVector } from '../engine/column/values-from-vector.ts';
import { scalarAt } from '../engine/functions/access.ts';
import { createSharedMemory } from '../engine/kernels/memory.ts';
import { createScalarKernels } from '../engine/kernels/scalar/scalar-kernels.ts';
import { open } from '../engine/open.ts';
import { batchFromPlain } from './batch-from-plain.ts';
import { dataSets, makeEventStore } from './event-store.ts';
import { withFolder } from './folders.ts';
import { createKernelTasks, memoryOfTasks } from './kernel-tasks.ts';
import { describeMachine } from './machine.ts';
import { measure, median, tinyEffort } from './measure.ts';
import { benchOptions, parseCommandLine } from './options.ts';
import { readQueries } from './query.ts';
import { renderTable, type BenchTable } from './report.ts';
import { resultHash } from './result-hash.ts';
import { benches, main } from './run.ts';

const tiny = benchOptions({ tiny: true });
const machine = describeMachine(1 << 16);
const columnOf = (table: BenchTable, name: string): unknown[] =>
  table.rows.map((row) => row[table.columns.indexOf(name)]);
const tablesOf = (name: string): Promise<readonly BenchTable[]> => benches.get(name)!(tiny, machine);

describe('the benches, as small as can be', () => {
  it('import NDJSON and a combined log, every row', async () => {
    const [table] = await tablesOf('ingest');
    expect(columnOf(table!, 'format')).toEqual(['ndjson', 'combined']);
    const events = columnOf(table!, 'events') as number[];
    expect(events.every((count) => count >= tiny.fileEvents * 0.9 && count <= tiny.fileEvents * 1.5)).toBe(true);
    expect((columnOf(table!, 'bytes/event stored') as number[]).every((bytes) => bytes > 0)).toBe(true);
  });

  it('ask ten questions, whose answers are not empty and are the same every time', async () => {
    const [first] = await tablesOf('query');
    const [second] = await tablesOf('query');
    expect(columnOf(first!, 'query')).toEqual((await readQueries()).map(({ name }) => name));
    expect(first!.rows).toHaveLength(10);
    expect((columnOf(first!, 'rows out') as number[]).every((count) => count > 0)).toBe(true);
    expect((columnOf(first!, 'answer') as string[]).every((hash) => /^[0-9a-f]{12}$/.test(hash))).toBe(true);
    expect(columnOf(second!, 'answer')).toEqual(columnOf(first!, 'answer'));
  });

  it('time every kernel and every encoding', async () => {
    const [kernels, encodings] = await tablesOf('kernels');
    const names = (columnOf(kernels!, 'kernel') as string[]).join(' ');
    for (const name of [
      'filterRangeU8',
      'sumF64',
      'gatherU32',
      'unpackU16',
      'groupCount of 20,000',
      'hashTexts',
      'decodeLz4',
    ])
      expect(names).toContain(name);
    expect(new Set(columnOf(encodings!, 'encoding'))).toEqual(new Set(encodingList.map(({ name }) => name)));
    expect((columnOf(encodings!, 'bytes/value') as number[]).every((bytes) => bytes > 0)).toBe(true);
  });

  it('leave out no kernel that there is', () => {
    const rows = 4096;
    const bytes = memoryOfTasks(65_536);
    const memory = createSharedMemory({ initialBytes: bytes, maximumBytes: bytes });
    const kernels = createScalarKernels(memory);
    const called = new Set<string>();
    const watched = new Proxy(kernels, {
      get(target, name) {
        called.add(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    for (const task of createKernelTasks(memory, rows, 1)) task.run(watched);
    // These are measured as what they are for: decoding a block, see the encodings.
    const decoding = /^(sumVarints|sumTextLengths|decode(Runs|Delta)|clearNulls|divide|areSafeInts|maxU(8|16)$)/;
    const all = Object.keys(kernels).filter((name) => name !== 'kind' && !decoding.test(name));
    expect(all.filter((name) => !called.has(name))).toEqual([]);
  });

  it('time scalars and aggregates', async () => {
    const [table] = await tablesOf('functions');
    expect((columnOf(table!, 'function') as string[]).join(' ')).toContain('url_param');
    expect((columnOf(table!, 'ns/row') as number[]).every((time) => time > 0)).toBe(true);
  });

  it('measure the footing of the built package', async () => {
    const [table] = await tablesOf('footing');
    expect(table!.rows.length).toBeGreaterThan(8);
    expect((columnOf(table!, 'value') as number[]).every((value) => value > 0)).toBe(true);
  });

  it('print their tables and write them as JSON', async () => {
    await withFolder(async (folder) => {
      const json = join(folder, 'results.json');
      let printed = '';
      await main(['kernels', '--tiny', '--json', json], (text) => {
        printed += text;
      });
      expect(printed).toContain('filterRangeU8');
      const results = JSON.parse(await readFile(json, 'utf8')) as { tables: BenchTable[] };
      expect(results.tables.map(({ name }) => name)).toEqual(['kernels', 'encodings']);
      expect(printed).toContain(renderTable(results.tables[1]!));
    });
  });
});

describe('a store made straight from columns', () => {
  it.each([...dataSets.keys()])('answers as its rows are: %s', async (data) => {
    await withFolder(async (directory) => {
      const options = { events: 3000, seed: 7, data };
      const store = await makeEventStore(directory, options);
      const tally = new Map<string, { count: number; amount: number; actors: Set<string> }>();
      for (const batch of dataSets.get(data)!({ rows: 3000, seed: 7 })) {
        const texts = (name: string): string[] => {
          const column = batch.columns.find((one) => one.name === name)!;
          return column.kind === 'text' ? Array.from(column.codes, (code) => column.dictionary[code]!) : [];
        };
        const amount = batch.columns.find((one) => one.name === 'amount')!;
        const actors = texts('actor');
        texts('country').forEach((country, row) => {
          const sums = tally.get(country) ?? { count: 0, amount: 0, actors: new Set<string>() };
          sums.count++;
          sums.amount += Number(amount.kind === 'float' ? amount.values[row] : NaN);
          sums.actors.add(actors[row]!);
          tally.set(country, sums);
        });
      }
      await using db = await open(directory);
      const result = await db.query(
        'select country, count() as n, sum(amount) as amount, uniq(actor) as actors from events group by country',
      );
      expect(store.rows).toBe(3000);
      expect(
        result.rows().map(({ country, n, amount, actors }) => [country, n, Math.round(Number(amount) * 100), actors]),
      ).toEqual(
        [...tally]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([country, { count, amount, actors }]) => [country, count, Math.round(amount * 100), actors.size]),
      );
    });
  });

  it('holds every value of the columns, through the bytes of a batch', () => {
    const [plain] = generateColumns({ rows: 500, seed: 3 });
    const batch = decodeBatch(encodeBatch(batchFromPlain(plain!)));
    const wrong = plain!.columns.filter((column, index) => {
      const { name, type, vector, dictionary } = batch.columns[index]!;
      const values = valuesFromVector(vector, type, dictionary && textsOfDictionary(dictionary), null);
      return Array.from({ length: 500 }, (_, row) => {
        const value = scalarAt(values, row);
        if (column.kind === 'text') return name === column.name && value === column.dictionary[column.codes[row]!];
        if (column.kind === 'wide') return BigInt(value as number) === column.values[row];
        if (column.kind === 'float')
          return value === (((column.validity[row >> 3]! >> (row & 7)) & 1) === 1 ? column.values[row] : null);
        return Number(value) === column.base + column.values[row]!;
      }).includes(false);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe('what the benches stand on', () => {
  it('tells answers apart, but for the last digits of floats', async () => {
    await withFolder(async (folder) => {
      await using db = await open(folder);
      await db.append('t', [{ time: '2026-01-01T00:00:00Z', x: 0.1, y: 'a' }], { time: 'time' });
      const hashOf = async (query: string): Promise<string> => resultHash(await db.query(query));
      const known = await hashOf('select x * 3 as n, y from t');
      expect(await hashOf('select 0.3 as n, y from t')).toBe(known);
      expect(await hashOf('select 0.31 as n, y from t')).not.toBe(known);
      expect(await hashOf('select x * 3 as m, y from t')).not.toBe(known);
    });
  });

  it('runs what it measures as often as asked, and shows each outcome', async () => {
    const outcomes: number[] = [];
    let runs = 0;
    const measured = await measure(
      { warmUps: 1, runs: 3, runsMin: 3, budgetMs: 0 },
      () => Promise.resolve(++runs),
      (outcome) => outcomes.push(outcome),
    );
    expect([measured.runs, runs, outcomes]).toEqual([3, 4, [1, 2, 3, 4]]);
    expect((await measure(tinyEffort, () => Promise.resolve())).runs).toBe(2);
  });

  it.each([
    [[3], 3],
    [[9, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
  ])('the median of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('reads its command line', () => {
    const known = [...benches.keys()];
    expect(parseCommandLine([], known)).toMatchObject({ benches: known, json: null, options: { events: 20_000_000 } });
    expect(parseCommandLine(['query', '--events', '5_000', '--data', 'd2', '--json', 'x'], known)).toMatchObject({
      benches: ['query'],
      json: 'x',
      options: { events: 5000, fileEvents: 5000, data: 'd2', tiny: false },
    });
    expect(() => parseCommandLine(['quarry'], known)).toThrow(/no bench "quarry"/);
    expect(() => parseCommandLine(['--events', '0'], known)).toThrow(/not a whole number above 0/);
    expect(() => parseCommandLine(['--data', 'd9'], known)).toThrow(/no data set "d9"/);
    expect(() => parseCommandLine(['--wrong'], known)).toThrow(/--wrong/);
  });

  it('prints figures to the right and texts to the left', () => {
    const table: BenchTable = {
      name: 'x',
      title: 'Title',
      columns: ['what', 'n'],
      rows: [
        ['a', 1234567],
        ['long name', 0.00012],
        ['b', null],
      ],
      notes: ['note'],
    };
    expect(renderTable(table).split('\n')).toEqual([
      'Title',
      'what               n',
      '---------  ---------',
      'a          1,234,567',
      'long name     1.2e-4',
      'b                  -',
      '  note',
      '',
    ]);
  });
});
