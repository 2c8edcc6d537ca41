import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { demoWorld, generateDemo, type DemoTruth } from './generate.ts';

const seed = 20260630;
const events = 40_000;
const web = 'web/access.log';
const app = 'app/events.ndjson';
const calls = 'support/calls.csv';
const accounts = 'crm/accounts.csv';

interface AppEvent {
  readonly time: string;
  readonly user_id: string;
  readonly event: string;
  readonly level: string;
  readonly device: string;
  readonly country: string;
  readonly artist?: string;
  readonly duration?: number;
}

async function make(options: {
  readonly events: number;
  readonly seed: number;
}): Promise<{ truth: DemoTruth; text: Map<string, string> }> {
  const pieces = new Map<string, Uint8Array[]>();
  const truth = await generateDemo({
    ...options,
    write: (file, bytes) => {
      pieces.set(file, [...(pieces.get(file) ?? []), bytes.slice()]);
      return Promise.resolve();
    },
  });
  return { truth, text: new Map([...pieces].map(([file, parts]) => [file, Buffer.concat(parts).toString('utf8')])) };
}

const countBy = <T>(rows: readonly T[], key: (row: T) => string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[key(row)] = (counts[key(row)] ?? 0) + 1;
  return counts;
};

const { truth, text } = await make({ events, seed });
const appRows = text
  .get(app)!
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as AppEvent);
const webRows = text
  .get(web)!
  .trimEnd()
  .split('\n')
  .map((line) => /^(\S+) - (\S+) \[(.+)\] "(?:\S+ )?(\S+?)(?: HTTP\/1\.1)?" (\d+) (\d+) "[^"]*" "[^"]*"$/.exec(line)!);
const webTime = (time: string): number => Date.parse(time.replace(/^(..)\/(...)\/(....):(.*)$/, '$2 $1 $3 $4'));
// The notes hold line ends and commas; the first seven fields never do.
const callRows = text
  .get(calls)!
  .split(/\n(?=C\d{6},)/)
  .slice(1)
  .map((line) => line.split(','));

describe(`demo of the seed ${seed}`, () => {
  it('the same options give the same bytes, another seed gives others', async () => {
    const digest = (files: ReadonlyMap<string, string>): string[] =>
      [...files].map(([file, all]) => `${file} ${createHash('sha256').update(all).digest('hex')}`);
    const again = await make({ events, seed });
    expect(digest(again.text)).toEqual(digest(text));
    expect(again.truth).toEqual(truth);
    expect(digest((await make({ events, seed: seed + 1 })).text)).not.toEqual(digest(text));
  });

  it('has exactly the rows that were asked for', () => {
    expect(truth.rows).toEqual({
      [web]: webRows.length,
      [app]: appRows.length,
      [calls]: callRows.length,
      [accounts]: text.get(accounts)!.trimEnd().split('\n').length - 1,
    });
    expect(truth.rows[web]! + truth.rows[app]! + truth.rows[calls]!).toBe(events);
    expect([...text.keys()].sort()).toEqual(demoWorld.files.map((file) => file.path).sort());
  });

  it('every line of the web log is in the combined format', () => {
    expect(webRows.filter((row) => row === null)).toEqual([]);
  });

  it('spans 90 days that end with 2026-06-30, in order of time', () => {
    expect([truth.from, truth.to]).toEqual([Date.parse('2026-04-02'), Date.parse('2026-07-01')]);
    const times = {
      [web]: webRows.map((row) => webTime(row[3]!)),
      [app]: appRows.map((row) => Date.parse(row.time)),
      [calls]: callRows.map((row) => Date.parse(`${row[1]!.replace(' ', 'T')}Z`)),
    };
    for (const [file, all] of Object.entries(times)) {
      expect(all).toEqual(
        Float64Array.from(all)
          .sort()
          .reduce<number[]>((list, time) => (list.push(time), list), []),
      );
      expect(truth.span[file]).toEqual({ first: all[0], last: all.at(-1) });
      expect(all[0]).toBeGreaterThanOrEqual(truth.from);
      expect(all.at(-1)).toBeLessThan(truth.to);
    }
    expect(Object.keys(truth.app.byDay)).toHaveLength(90);
  });

  it("counts the app's events", () => {
    expect(truth.app.byEvent).toEqual(countBy(appRows, (row) => row.event));
    expect(truth.app.byCountry).toEqual(countBy(appRows, (row) => row.country));
    expect(truth.app.byLevel).toEqual(countBy(appRows, (row) => row.level));
    expect(truth.app.byDevice).toEqual(countBy(appRows, (row) => row.device));
    expect(truth.app.byDay).toEqual(countBy(appRows, (row) => row.time.slice(0, 10)));
    expect(truth.app.listenedSeconds).toBe(appRows.reduce((sum, row) => sum + (row.duration ?? 0), 0));
    expect(truth.people).toBe(new Set(appRows.map((row) => row.user_id)).size);
    const artists = Object.entries(
      countBy(
        appRows.filter((row) => row.event === 'play'),
        (row) => row.artist!,
      ),
    ).sort((a, b) => b[1] - a[1]);
    expect(truth.app.topArtist).toEqual({ name: artists[0]![0], plays: artists[0]![1] });
    expect(artists[1]![1]).toBeLessThan(artists[0]![1]);
  });

  it('counts the web log and the calls', () => {
    expect(truth.web.byStatus).toEqual(countBy(webRows, (row) => row[5]!));
    expect(truth.web.bytes).toBe(webRows.reduce((sum, row) => sum + Number(row[6]), 0));
    expect(truth.web.hosts).toBe(new Set(webRows.map((row) => row[1])).size);
    expect(truth.web.users).toBe(new Set(webRows.map((row) => row[2]).filter((user) => user !== '-')).size);
    expect(truth.calls.byReason).toEqual(countBy(callRows, (row) => row[3]!));
    expect(truth.calls.people).toBe(new Set(callRows.map((row) => row[2])).size);
  });

  it('counts sessions and the funnel, person by person', () => {
    const byPerson = new Map<string, AppEvent[]>();
    for (const row of appRows) byPerson.set(row.user_id, [...(byPerson.get(row.user_id) ?? []), row]);
    let sessions = 0;
    const reached = [0, 0, 0];
    for (const rows of byPerson.values()) {
      const times = rows.map((row) => Date.parse(row.time));
      sessions += times.filter((time, index) => index === 0 || time - times[index - 1]! > 1_800_000).length;
      const first = rows.findIndex((row) => row.event === 'register');
      const within = (index: number): boolean => times[index]! - times[first]! <= truth.funnel.windowDays * 86_400_000;
      const played =
        first < 0 ? -1 : rows.findIndex((row, index) => index > first && row.event === 'play' && within(index));
      const paid =
        played < 0 ? -1 : rows.findIndex((row, index) => index > played && row.event === 'upgrade' && within(index));
      [first, played, paid].forEach((found, step) => {
        reached[step]! += found < 0 ? 0 : 1;
      });
      expect(rows.filter((row) => row.event === 'register').length).toBeLessThanOrEqual(1);
    }
    expect(truth.app.sessions).toBe(sessions);
    expect(truth.funnel.people).toEqual(reached);
    expect(reached[2]).toBeGreaterThan(0);
  });

  it('tells the story of one person', async () => {
    const { user, rows } = truth.story;
    const seen = [
      ...appRows
        .filter((row) => row.user_id === user)
        .map((row) => ({ file: app, time: Date.parse(row.time), what: row.event })),
      ...webRows.filter((row) => row[2] === user).map((row) => ({ file: web, time: webTime(row[3]!), what: row[4]! })),
      ...callRows
        .filter((row) => row[2] === user)
        .map((row) => ({ file: calls, time: Date.parse(`${row[1]!.replace(' ', 'T')}Z`), what: row[3]! })),
    ];
    const order = (row: { file: string; time: number; what: string }): string => `${row.time} ${row.file} ${row.what}`;
    expect(seen.map(order).sort()).toEqual(rows.map(order).sort());
    expect(rows.filter((row) => row.file === app).map((row) => row.what)).toEqual([
      'register',
      'play',
      'play',
      'thumbs_up',
      'play',
      'upgrade',
      'play',
      'play',
      'downgrade',
      'cancel',
    ]);
    expect((await make({ events: 1000, seed: 1 })).truth.story).toEqual(truth.story);
  });

  it('what people do is plausible', () => {
    const byHour = countBy(webRows, (row) => row[3]!.slice(12, 14));
    expect(Math.max(...Object.values(byHour)) / Math.min(...Object.values(byHour))).toBeGreaterThan(1.5);
    const plays = Object.values(countBy(appRows, (row) => row.time.slice(11, 13)));
    expect(Math.max(...plays) / Math.min(...plays)).toBeGreaterThan(2);
    const weekday = (name: number): number =>
      Object.entries(truth.app.byDay)
        .filter(([day]) => new Date(day).getUTCDay() === name)
        .reduce((sum, [, count]) => sum + count, 0);
    expect(weekday(0)).toBeLessThan(weekday(5));
    const perPerson = Object.values(countBy(appRows, (row) => row.user_id)).sort((a, b) => b - a);
    expect(perPerson[0]! / perPerson[Math.floor(perPerson.length / 2)]!).toBeGreaterThan(5);
    expect(truth.app.byEvent['upgrade']!).toBeGreaterThan(truth.app.byEvent['downgrade']!);
  });

  it.each([1000, 1001, 5000])('%i rows are %i rows', async (wanted) => {
    const { rows } = (await make({ events: wanted, seed: 3 })).truth;
    expect(rows[web]! + rows[app]! + rows[calls]!).toBe(wanted);
  });

  it('refuses what is no demo', async () => {
    await expect(make({ events: 999, seed })).rejects.toMatchObject({ code: 'usage' });
    await expect(make({ events: 1000.5, seed })).rejects.toMatchObject({ code: 'usage' });
  });
});
