import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type ImportOptions, type ImportSummary, type Varve } from '../../dist/engine/index.js';
import { hasShared, shared, temporaryFolder } from '../support.ts';
import { edgeFiles } from './edge-files.ts';

const data = join(shared, 'data');

let db: Varve;
beforeAll(async () => {
  db = await open(join(temporaryFolder(), 'store'));
});
afterAll(() => db.close());

const importInto = (table: string, file: string, options: ImportOptions = {}): Promise<ImportSummary> =>
  db.import(join(data, file), { table, ...options });

/** The answer as rows of plain values; times as ISO text. */
async function answer(query: string): Promise<unknown[][]> {
  const result = await db.query(query);
  return result
    .rows()
    .map((row) => Object.values(row).map((value) => (value instanceof Date ? value.toISOString() : value)));
}

describe.skipIf(!hasShared)('real files through the real import, their documented answers to the digit', () => {
  it('wikiticker', async () => {
    const file = 'wikiticker/wikiticker-2015-09-12-sampled.json.gz';
    const detected = { format: 'json', time: 'time', actor: 'user' };
    expect(await importInto('wiki', file)).toMatchObject({ rows: 39_244, rejected: 0, detected });
    expect(await answer('select min(time), max(time) from wiki')).toEqual([
      ['2015-09-12T00:46:58.771Z', '2015-09-12T23:59:59.200Z'],
    ]);
    expect(
      await answer(
        'select count(), uniq(actor), uniq(user), uniq(page), uniq(channel), sum(added), sum(deleted), sum(delta) from wiki',
      ),
    ).toEqual([[39_244, 10_531, 10_531, 35_143, 51, 9_385_573, 394_298, 8_991_275]]);
    expect(await answer('select page, count() as n from wiki group by page order by n desc, page limit 5')).toEqual([
      ['Wikipedia:Vandalismusmeldung', 33],
      ['User:Cyde/List of candidates for speedy deletion/Subpage', 28],
      ['Jeremy Corbyn', 27],
      ["Wikipedia:Administrators' noticeboard/Incidents", 21],
      ['Flavia Pennetta', 20],
    ]);
    expect(await answer('select page, count() as n from wiki group by page having n in (17, 18)')).toHaveLength(5);
    const hours = await answer('select sum(deleted) from wiki every 1h');
    expect(hours).toHaveLength(24);
    expect(hours.slice(0, 8).map((row) => row[1])).toEqual([1761, 16_208, 14_543, 13_101, 12_040, 6399, 9036, 11_409]);
    expect(
      await answer(
        'select page, countryName, count() as n from wiki where countryName is not null ' +
          'group by page, countryName order by n desc, page limit 3',
      ),
    ).toEqual([
      ['Constructive vote of no confidence', 'Croatia', 10],
      ['The Naked Brothers Band (TV series)', 'United States', 10],
      ['Radio Galega', 'Germany', 7],
    ]);
    expect(await answer('select p50(added), p90(added), p95(added), p99(added), median(added) from wiki')).toEqual([
      [18, 356, 934, 3807.84, 18],
    ]);
    expect(await answer('select topk(page, 5) from wiki')).toEqual([
      [
        [
          { value: 'Wikipedia:Vandalismusmeldung', count: 33 },
          { value: 'User:Cyde/List of candidates for speedy deletion/Subpage', count: 28 },
          { value: 'Jeremy Corbyn', count: 27 },
          { value: "Wikipedia:Administrators' noticeboard/Incidents", count: 21 },
          { value: 'Flavia Pennetta', count: 20 },
        ],
      ],
    ]);
  });

  it('anonreviews', async () => {
    expect(await importInto('reviews', 'anonreviews/anonreviews.csv.gz')).toMatchObject({
      rows: 578_805,
      rejected: 0,
      detected: { format: 'csv', actor: 'reviewerId' },
    });
    const [[first, last, reviewers, mean]] = (await answer(
      'select min(time), max(time), uniq(actor), avg(rating) from reviews',
    )) as [[string, string, number, number]];
    expect([first.slice(0, 10), last.slice(0, 10), reviewers]).toEqual(['2003-05-07', '2008-02-23', 400_141]);
    expect(mean.toFixed(6)).toBe('4.679671');
    expect(await answer('select rating, count(), uniq(reviewerId) from reviews group by rating')).toEqual([
      [0, 530, 62],
      [1, 11_870, 11_489],
      [2, 10_377, 10_145],
      [3, 14_971, 14_442],
      [4, 74_205, 65_584],
      [5, 466_852, 325_237],
    ]);
    expect(
      await answer(
        'select reviewerId, count() as n, uniq(vendorId) as vendors, avg(rating) as mean from reviews ' +
          'group by reviewerId having vendors = 1 and n > 5 and mean = 0 order by n desc limit 4',
      ),
    ).toEqual([
      [10_392, 94, 1, 0],
      [17_033, 51, 1, 0],
      [21_046, 25, 1, 0],
      [11_479, 20, 1, 0],
    ]);
    const happy = await answer(
      'select reviewerId, count() as n from reviews group by reviewerId ' +
        'having uniq(vendorId) = 1 and n > 5 and avg(rating) = 5 order by n desc',
    );
    expect([happy.length, happy[0], happy[1]]).toEqual([31, [183_751, 73], [260_225, 69]]);
    const [[spread]] = (await answer('select stddev(rating) from reviews')) as [[number]];
    expect(spread.toFixed(6)).toBe('0.800891');
    const perReviewer = 'select count() as n, uniq(vendorId) as vendors from reviews group by reviewerId';
    const lives = 'actors(reviews, vendors => uniq(vendorId))';
    for (const from of [`(${perReviewer})`, lives]) {
      const n = from === lives ? 'events' : 'n';
      const [[events, sd, most, vendors, mostVendors]] = (await answer(
        `select avg(${n}), stddev(${n}), max(${n}), avg(vendors), max(vendors) from ${from}`,
      )) as [[number, number, number, number, number]];
      expect([events.toFixed(6), sd.toFixed(6), most]).toEqual(['1.446503', '1.541802', 168]);
      expect([vendors.toFixed(6), mostVendors]).toEqual(['1.357017', 32]);
    }
    expect(
      await answer(
        'select count() from actors(reviews, vendors => uniq(vendorId), mean => avg(rating)) ' +
          'where vendors = 1 and events > 5 and mean = 0',
      ),
    ).toEqual([[14]]);
  });

  it('apache access log: one malformed line of 10,000', async () => {
    const detected = { format: 'apache', time: 'time', actor: 'host' };
    expect(await importInto('apache', 'apache/access.log')).toMatchObject({ rows: 9999, rejected: 1, detected });
    const malformed = readFileSync(join(data, 'apache/access.log'), 'utf8').split('\n')[8898];
    expect(await answer('select raw from _rejected')).toEqual([[malformed]]);
    const [[first, last, hosts]] = (await answer('select min(time), max(time), uniq(actor) from apache')) as [
      [string, string, number],
    ];
    expect([first.slice(0, 16), last.slice(0, 16), hosts]).toEqual(['2015-05-17T10:05', '2015-05-20T21:05', 1753]);
  });

  it('git history: time zones', async () => {
    const detected = { time: 'author_time', actor: 'author' };
    expect(await importInto('commits', 'git-duckdb/commits.csv.gz')).toMatchObject({
      rows: 82_410,
      rejected: 0,
      detected,
    });
    expect(
      await answer('select year(time) as y, count() from commits where year(time) between 2021 and 2023 group by y'),
    ).toEqual([
      [2021, 6488],
      [2022, 9817],
      [2023, 14_585],
    ]);
    expect(await answer('select uniq(author), count() filter (where parents < 2) from commits')).toEqual([
      [878, 61_897],
    ]);
    expect(await importInto('changes', 'git-duckdb/changes.csv.gz')).toMatchObject({
      rows: 307_008,
      rejected: 0,
      detected,
    });
    const [[first, last]] = (await answer('select min(time), max(time) from commits')) as [[string, string]];
    expect([first.slice(0, 10), last.slice(0, 10)]).toEqual(['2018-07-13', '2026-08-20']);
  });

  it('Windows events: 64-bit extremes; a CSV of 166 columns with BOM', async () => {
    expect(await importInto('sysmon', 'splunk/windows-sysmon.ndjson.gz')).toMatchObject({
      rows: 8220,
      rejected: 0,
      detected: { time: 'EventTime', actor: 'UserID' },
    });
    expect(await answer('select min(Keywords) from sysmon')).toEqual([[-9_223_372_036_854_775_808n]]);
    const [[first, last]] = (await answer('select min(time), max(time) from sysmon')) as [[string, string]];
    expect([first.slice(0, 10), last.slice(0, 10)]).toEqual(['2020-08-01', '2020-08-01']);
    const copilot = await importInto('copilot', 'splunk/copilot_prompt_logs.csv');
    expect(copilot.rows + copilot.rejected).toBe(177);
    const columns = (await db.tables()).find(({ name }) => name === 'copilot')!.columns.map(({ name }) => name);
    expect(columns.filter((name) => name.includes('\uFEFF'))).toEqual([]);
  });

  it('nginx status snapshots: seven levels deep, nobody acts', async () => {
    const detected = { time: 'timestamp', actor: null };
    expect(await importInto('status', 'nginx-plus-json/status.json')).toMatchObject({
      rows: 500,
      rejected: 0,
      detected,
    });
    const [[first, last]] = (await answer('select min(time), max(time) from status')) as [[string, string]];
    expect([first.slice(0, 16), last.slice(0, 16)]).toEqual(['2015-10-30T23:58', '2015-10-31T00:40']);
    // Of 329 leaves many are the same field of several objects in a list: 199 columns.
    expect((await db.tables()).find(({ name }) => name === 'status')!.columns).toHaveLength(199);
  });

  it('adds nothing when all of them come again', async () => {
    const files = ['wikiticker', 'anonreviews', 'apache', 'nginx-plus-json'];
    const tables = ['wiki', 'reviews', 'apache', 'status'];
    for (const [index, folder] of files.entries())
      expect(await importInto(tables[index]!, folder)).toMatchObject({ rows: 0, rejected: 0, resumed: 1 });
  });
});

describe.skipIf(!hasShared)('odd files', () => {
  const walk = (folder: string): string[] =>
    readdirSync(join(data, folder)).flatMap((name) => {
      const path = `${folder}/${name}`;
      return statSync(join(data, path)).isDirectory() ? walk(path) : [path];
    });

  it('each gives its rows, its rejected rows or its error, and every rejected row is in the quarantine', async () => {
    await using odd = await open(join(temporaryFolder(), 'odd'), { threads: 0 });
    const found: Record<string, unknown> = {};
    let rejected = 0;
    for (const [index, file] of ['csv-edge', 'json-edge'].flatMap(walk).entries()) {
      const outcome = await odd
        .import(join(data, file), { table: `t${index}` })
        .catch((error: { code: string }) => error.code);
      found[file] = typeof outcome === 'string' ? outcome : [outcome.rows, outcome.rejected];
      if (typeof outcome !== 'string') rejected += outcome.rejected;
    }
    expect(found).toEqual(edgeFiles);
    expect((await odd.query('select count() from _rejected')).values(0)).toEqual([rejected]);
  }, 120_000);

  it('of one row a line, none is lost: rows and rejected rows are the lines', async () => {
    const plain = Object.entries(edgeFiles).filter(([file]) =>
      /csv-edge\/(rejects\/incorrect|error\/mixed|timings)/.test(file),
    );
    expect(plain.length).toBeGreaterThan(5);
    for (const [file, outcome] of plain) {
      const lines = readFileSync(join(data, file), 'latin1')
        .split(/\r?\n/)
        .filter((line) => line !== '').length;
      const [rows, rejected] = outcome as readonly [number, number];
      expect([file, [0, 1].includes(lines - rows - rejected)]).toEqual([file, true]);
    }
  });
});
