import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type Varve } from '../../engine/index.ts';
import { randomOf } from '../oracle/random.ts';
import { temporaryFolder } from '../support.ts';
import { openDuckEvents, type DuckEvents } from './duck-events.ts';
import { seed } from './histories.ts';
import { makeMixedStore, type EventColumns } from './mixed-store.ts';
import { randomVisits } from './random-visits.ts';
import { sqlLifecycle, sqlPaths, sqlRetention, sqlSessions, type SqlPaths, type SqlRetention } from './sql-texts.ts';

const actors = process.env['VARVE_LONG'] === undefined ? 4000 : 40_000;
const minute = 60_000;

describe(`behaviour beside plain SQL (seed ${seed}, ${actors} actors)`, () => {
  let db: Varve;
  let duck: DuckEvents;
  let columns: EventColumns;

  beforeAll(async () => {
    // A clock is put forward in it.
    const from = Date.UTC(2026, 1, 2);
    columns = randomVisits(randomOf(seed), { actors, from, days: 90, names: 9 });
    const folder = temporaryFolder();
    const layout = await makeMixedStore(folder, columns, { partitionRowsMin: 4 * actors, rowsInMemory: 2 * actors });
    expect(layout.partitions).toBeGreaterThan(1);
    expect([layout.unmerged, layout.inMemory]).toEqual([3, 2 * actors]);
    db = await open(folder, { readOnly: true, threads: 0 });
    duck = await openDuckEvents(columns);
  });

  afterAll(async () => {
    await db.close();
    duck.close();
  });

  /** @returns rows as lists, times as ms. */
  async function ask(query: string): Promise<unknown[][]> {
    const result = await db.query(query, { now: new Date(Date.UTC(2026, 11, 1)) });
    const rows = result.columns.map((_, column) => result.values(column));
    return Array.from({ length: result.rowCount }, (_, row) => rows.map((values) => values[row]));
  }

  it('holds the same events', async () => {
    const sums = 'count(), count(event), uniq(user_id), sum(rid), min(time), max(time)';
    const own = await ask(`select ${sums} from e`);
    expect(own[0]![0]).toBe(columns.times.length);
    expect(own).toEqual(
      await duck.ask('select count(*), count(k), count(distinct a), sum(rid)::double, min(t), max(t) from e'),
    );
  });

  const range = { since: '2026-02-09T00:00:00+01:00', until: '2026-05-04T00:00:00+02:00', unit: 'week' } as const;
  const plain: SqlRetention = {
    ...{ ...range, periods: 6, recurring: false, after: false },
    ...{ start: 'true', returning: 'true', key: null },
  };
  const retentions: readonly (readonly [name: string, zone: string, question: SqlRetention])[] = [
    ['first, on, weeks', 'Europe/Berlin', plain],
    ['first, after, weeks', 'Europe/Berlin', { ...plain, after: true }],
    ['recurring, on, weeks', 'Europe/Berlin', { ...plain, recurring: true }],
    ['recurring, after, weeks', 'Europe/Berlin', { ...plain, recurring: true, after: true }],
    [
      'days over a change of the clock, between two events',
      'Europe/Berlin',
      {
        ...{
          ...plain,
          unit: 'day',
          since: '2026-03-20T00:00:00+01:00',
          until: '2026-04-12T00:00:00+02:00',
          periods: 20,
        },
        ...{ start: "k = 'a'", returning: "k in ('b', 'é')", recurring: true },
      },
    ],
    [
      'months, since and until within one',
      'UTC',
      {
        ...{ ...plain, unit: 'month', since: '2026-02-11T07:30:00Z', until: '2026-05-02T00:00:00Z', periods: 2 },
        ...{ start: "k = 'c'", after: true },
      },
    ],
    ['first, by the event that made the cohort', 'UTC', { ...plain, key: 'k', periods: 3 }],
    ['recurring, by the event that made the cohort', 'UTC', { ...plain, key: 'k', recurring: true, periods: 3 }],
  ];
  it.each(retentions)('retention: %s', async (_, zone, question) => {
    const { since, until, unit, periods, recurring, after, key } = question;
    const condition = (sql: string): string => sql.replaceAll(/\bk\b/g, 'event');
    const returning = question.returning === 'true' ? 'any' : condition(question.returning);
    const text =
      `retention ${condition(question.start)} then ${returning} from e every 1${{ day: 'd', week: 'w', month: 'mo' }[unit]} for ${periods}` +
      `${recurring ? ' mode recurring' : ''}${after ? ' within after' : ''} since '${since}' until '${until}'` +
      `${key === null ? '' : ' group by event'} timezone '${zone}'`;
    const rows = (await ask(text)).map((row) => (key === null ? [null, ...row] : row));
    expect(rows.map((row) => row.slice(0, 5))).toEqual(await duck.ask(sqlRetention(question), zone));
    expect(rows.length).toBeGreaterThan(periods);
    for (const [, , size, , retained, rate] of rows as number[][])
      expect(rate).toBe(retained === null || size === 0 ? null : retained! / size!);
    expect(rows.some((row) => row[3] === periods && Number(row[4]) > 0)).toBe(true);
  });

  it.each([
    ['day', 'Europe/Berlin', 'true', '2026-03-20T00:00:00+01:00'],
    ['week', 'Europe/Berlin', 'true', '2026-03-02T00:00:00+01:00'],
    ['month', 'UTC', 'true', '2026-02-01T00:00:00Z'],
    ['week', 'America/New_York', "k in ('a', 'd')", '2026-02-16T00:00:00-05:00'],
  ] as const)('lifecycle: %s, %s, where %s', async (unit, zone, where, since) => {
    const until = zone === 'UTC' ? '2026-05-01T00:00:00Z' : '2026-04-27T00:00:00+02:00';
    const text =
      `lifecycle from e every 1${{ day: 'd', week: 'w', month: 'mo' }[unit]} since '${since}' until '${until}'` +
      ` where ${where.replaceAll(/\bk\b/g, 'event')} timezone '${zone}'`;
    const rows = await ask(text);
    expect(rows.map((row) => row.slice(0, 5))).toEqual(
      await duck.ask(sqlLifecycle({ since, until, unit }, where), zone),
    );
    for (const column of [1, 2, 3, 4])
      expect(rows.reduce((sum, row) => sum + Number(row[column]), 0)).toBeGreaterThan(0);
  });

  it.each([
    ['a gap of 30 minutes', { gap: 30 * minute, starting: 'false', ending: 'false' }, 'true', ''],
    ['a gap of 12 hours', { gap: 720 * minute, starting: 'false', ending: 'false' }, 'true', ''],
    ['starting', { gap: 30 * minute, starting: "k = 'a'", ending: 'false' }, 'true', ''],
    ['starting and ending', { gap: 30 * minute, starting: "k = 'c'", ending: "k in ('b', 'd')" }, 'true', ''],
    [
      'starts within a range',
      { gap: 30 * minute, starting: 'false', ending: 'false' },
      "min(ts) >= timestamptz '2026-03-10T12:00:00Z' and min(ts) < timestamptz '2026-04-01T00:00:00Z'",
      " since '2026-03-10T12:00:00Z' until '2026-04-01T00:00:00Z'",
    ],
  ])('sessions: %s', async (_, cut, having, clauses) => {
    const option = (name: string, sql: string): string =>
      sql === 'false' ? '' : `, ${name} => ${sql.replaceAll(/\bk\b/g, 'event')}`;
    const rows = await ask(
      `select actor, time, last, duration, events, of_a, opener, kinds from sessions(e, gap => ${cut.gap / minute}m` +
        `${option('starting', cut.starting)}${option('ending', cut.ending)},` +
        ` of_a => count_if(event = 'a'), opener => first(event), kinds => uniq(event))${clauses}`,
    );
    const expected = await duck.ask(sqlSessions(cut, having));
    const texts = (all: readonly unknown[][]): string[] => all.map((row) => JSON.stringify(row)).sort();
    expect(rows.length).toBe(expected.length);
    expect(texts(rows)).toEqual(texts(expected));
    expect(rows.length).toBeGreaterThan(actors);
    // A session goes on over midnight, where the partitions of its events end too.
    const days = (row: readonly unknown[]): number[] =>
      [row[1], row[2]].map((ms) => Math.floor(Number(ms) / 86_400_000));
    expect(rows.some((row) => days(row)[0] !== days(row)[1])).toBe(true);
  });

  const paths: readonly (readonly [name: string, question: SqlPaths])[] = [
    ['from the first node', { gap: 30 * minute, depth: 5, limit: 20, from: 'first', match: 'true' }],
    ['few nodes a step', { gap: 30 * minute, depth: 4, limit: 3, from: 'first', match: 'true' }],
    ['long ones', { gap: 720 * minute, depth: 12, limit: 2, from: 'first', match: 'true' }],
    ['from a start', { gap: 60 * minute, depth: 4, limit: 4, from: 'starting', match: "k = 'b'" }],
    ['to an end', { gap: 60 * minute, depth: 4, limit: 4, from: 'ending', match: "k = 'c'" }],
    [
      'to an end that not every event of a node fulfils',
      { gap: 60 * minute, depth: 3, limit: 2, from: 'ending', match: 'rid % 3 = 0' },
    ],
  ];
  it.each(paths)('paths: %s, and mass is conserved', async (_, question) => {
    const { gap, depth, limit, from, match } = question;
    const clause = from === 'first' ? '' : ` ${from} ${match.replaceAll(/\bk\b/g, 'event')}`;
    const text = `paths event from e gap ${gap / minute}m depth ${depth}${clause} limit ${limit}`;
    const rows = (await ask(text)) as [number, string, string | null, number, number, number | null][];
    const expected = await duck.ask(sqlPaths(question));
    expect(rows.map((row) => row.slice(0, 5))).toEqual(expected.map((row) => row.slice(0, 5)));
    for (const [at, row] of rows.entries()) {
      if (row[2] === null) expect([row[5], expected[at]![5]]).toEqual([null, null]);
      else expect(row[5]).toBeCloseTo(Number(expected[at]![5]), 6);
    }
    const sum = (wanted: (row: (typeof rows)[number]) => boolean): number =>
      rows.filter(wanted).reduce((total, row) => total + row[3], 0);
    for (let step = 1; step < depth; step++) {
      const ended = sum((row) => row[0] === step && row[2] === null);
      expect(sum((row) => row[0] === step)).toBe(ended + sum((row) => row[0] === step + 1));
      const entered = new Set(rows.filter((row) => row[0] === step && row[2] !== null).map((row) => row[2]));
      expect(entered.size).toBeGreaterThan(from === 'ending' ? 0 : 1);
      for (const node of entered)
        expect([node, sum((row) => row[0] === step + 1 && row[1] === node)]).toEqual([
          node,
          sum((row) => row[0] === step && row[2] === node),
        ]);
      if (limit < 9 && from !== 'ending') expect(entered.has('(others)')).toBe(true);
    }
  });
});
