import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from '../memory/memory-table.ts';
import { hasShared, shared } from '../support.ts';

const data = join(shared, 'data');

const decoder = new TextDecoder();

describe.skipIf(!hasShared)('real files, their documented answers to the digit', () => {
  it('wikiticker', async () => {
    const table = readTable(join(data, 'wikiticker/wikiticker-2015-09-12-sampled.json.gz'));
    expect(table.rejected).toEqual([]);
    expect(await table.rows('select min(time), max(time) from t')).toEqual([
      ['2015-09-12T00:46:58.771Z', '2015-09-12T23:59:59.200Z'],
    ]);
    expect(
      await table.rows(
        'select count(), uniq(user), uniq(page), uniq(channel), sum(added), sum(deleted), sum(delta) from t',
      ),
    ).toEqual([[39_244, 10_531, 35_143, 51, 9_385_573, 394_298, 8_991_275]]);
    expect(await table.rows('select uniq(actor) from t')).toEqual([[10_531]]);
    expect(await table.rows('select page, count() as n from t group by page order by n desc, page limit 5')).toEqual([
      ['Wikipedia:Vandalismusmeldung', 33],
      ['User:Cyde/List of candidates for speedy deletion/Subpage', 28],
      ['Jeremy Corbyn', 27],
      ["Wikipedia:Administrators' noticeboard/Incidents", 21],
      ['Flavia Pennetta', 20],
    ]);
    expect(
      await table.rows('select count() as n, uniq(page) from t group by page having n in (17, 18) order by n desc'),
    ).toHaveLength(5);
    const hours = await table.rows('select sum(deleted) from t every 1h');
    expect(hours).toHaveLength(24);
    expect(hours.slice(0, 8).map((row) => row[1])).toEqual([1761, 16_208, 14_543, 13_101, 12_040, 6399, 9036, 11_409]);
    expect(
      await table.rows(
        'select page, countryName, count() as n from t where countryName is not null ' +
          'group by page, countryName order by n desc, page limit 3',
      ),
    ).toEqual([
      ['Constructive vote of no confidence', 'Croatia', 10],
      ['The Naked Brothers Band (TV series)', 'United States', 10],
      ['Radio Galega', 'Germany', 7],
    ]);
  });

  it('anonreviews', async () => {
    const table = readTable(join(data, 'anonreviews/anonreviews.csv.gz'), { actor: 'reviewerId' });
    expect(table.rejected).toEqual([]);
    expect(await table.rows('select count() from t')).toEqual([[578_805]]);
    const [[first, last, reviewers, mean]] = (await table.rows(
      'select min(time), max(time), uniq(reviewerId), avg(rating) from t',
    )) as [[string, string, number, number]];
    expect([first.slice(0, 10), last.slice(0, 10), reviewers]).toEqual(['2003-05-07', '2008-02-23', 400_141]);
    expect(mean.toFixed(6)).toBe('4.679671');
    expect(await table.rows('select rating, count(), uniq(reviewerId) from t group by rating')).toEqual([
      [0, 530, 62],
      [1, 11_870, 11_489],
      [2, 10_377, 10_145],
      [3, 14_971, 14_442],
      [4, 74_205, 65_584],
      [5, 466_852, 325_237],
    ]);
    expect(
      await table.rows(
        'select reviewerId, count() as n, uniq(vendorId) as vendors, avg(rating) as mean from t group by reviewerId ' +
          'having vendors = 1 and n > 5 and mean = 0 order by n desc limit 4',
      ),
    ).toEqual([
      [10_392, 94, 1, 0],
      [17_033, 51, 1, 0],
      [21_046, 25, 1, 0],
      [11_479, 20, 1, 0],
    ]);
    expect(
      await table.rows(
        'select reviewerId, count() as n from t group by reviewerId ' +
          'having uniq(vendorId) = 1 and n > 5 and avg(rating) = 5',
      ),
    ).toHaveLength(31);
  });

  it('apache access log: one malformed line of 10,000', async () => {
    const table = readTable(join(data, 'apache/access.log'));
    expect(await table.rows('select count() from t')).toEqual([[9999]]);
    const malformed = readFileSync(join(data, 'apache/access.log'), 'utf8').split('\n')[8898];
    expect(table.rejected.map(({ raw }) => decoder.decode(raw))).toEqual([malformed]);
    const [[first, last, hosts]] = (await table.rows('select min(time), max(time), uniq(host) from t')) as [
      [string, string, number],
    ];
    expect([first.slice(0, 16), last.slice(0, 16), hosts]).toEqual(['2015-05-17T10:05', '2015-05-20T21:05', 1753]);
  });

  it('git history: time zones', async () => {
    const table = readTable(join(data, 'git-duckdb/commits.csv.gz'), { time: 'author_time', actor: 'author' });
    expect(table.rejected).toEqual([]);
    expect(
      await table.rows('select year(time) as y, count() from t where year(time) between 2021 and 2023 group by y'),
    ).toEqual([
      [2021, 6488],
      [2022, 9817],
      [2023, 14_585],
    ]);
    expect(await table.rows('select count(), uniq(author) from t')).toEqual([[82_410, 878]]);
    expect(await table.rows('select count() from t where parents < 2')).toEqual([[61_897]]);
    const changes = readTable(join(data, 'git-duckdb/changes.csv.gz'), { time: 'author_time', actor: 'author' });
    expect([await changes.rows('select count() from t'), changes.rejected]).toEqual([[[307_008]], []]);
  });

  it('Windows events: 64-bit extremes', async () => {
    const table = readTable(join(data, 'splunk/windows-sysmon.ndjson.gz'));
    expect([await table.rows('select count() from t'), table.rejected]).toEqual([[[8220]], []]);
    expect(await table.rows('select min(Keywords) from t')).toEqual([[-9_223_372_036_854_775_808n]]);
    const copilot = readTable(join(data, 'splunk/copilot_prompt_logs.csv'), { time: 'Created' });
    const [[rows]] = (await copilot.rows('select count() from t')) as [[number]];
    expect(rows + copilot.rejected.length).toBe(177);
  });

  it('nginx status snapshots: seven levels deep', async () => {
    const table = readTable(join(data, 'nginx-plus-json/status.json'));
    expect([await table.rows('select count() from t'), table.rejected]).toEqual([[[500]], []]);
    const [[first, last]] = (await table.rows('select min(time), max(time) from t')) as [[string, string]];
    expect([first.slice(0, 16), last.slice(0, 16)]).toEqual(['2015-10-30T23:58', '2015-10-31T00:40']);
  });
});
