import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultValue } from '../../engine/index.ts';
import { askedLong as long, mebibyte, mixedOrder, openAsked, pickOf, type Asked } from './asked-store.ts';

/** Answers are known from how the events are made. */

const ofOneActor = long ? 5_000_000 : 200_000;
const lonelyActors = long ? 2_000_000 : 50_000;
const travellers = long ? 100_000 : 2_000;
const timeout = long ? 600_000 : 60_000;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 0, 1);
const a = 1;
const now = new Date(start + 400 * day);

describe(`one actor with ${ofOneActor} events`, { timeout }, () => {
  const step = long ? second : 25 * second;
  const days = Math.ceil((ofOneActor * step) / day);
  const triples = Math.floor(ofOneActor / 3);
  let store: Asked;

  beforeAll(async () => {
    const columns = mixedOrder(ofOneActor, (place) => [start + place * step, 0, a + (place % 3)]);
    store = await openAsked(columns, now, long ? 512 * mebibyte : 32 * mebibyte);
    expect(store.layout.partitions).toBeGreaterThan(1);
    expect(store.layout).toMatchObject({ unmerged: 3, inMemory: Math.min(ofOneActor / 10, 100_000) });
  }, timeout);
  afterAll(() => store.close());

  const steps = "funnel event = 'a', event = 'b', event = 'c' from e";

  it.each(['', ' order strict', ' rules clickhouse', ' rules clickhouse order strict', ' rules posthog', ' order any'])(
    'a funnel%s',
    async (rules) => {
      const rows = await store.rows(`${steps} within ${3 * step}ms${rules}`);
      expect(pickOf(rows, 'actors', 'median_time')).toEqual([
        [1, null],
        [1, step],
        [1, step],
      ]);
    },
  );

  it('a funnel that excludes, one that asks for more time than there is, and one a day', async () => {
    const excluded = "funnel event = 'a', event = 'c' from e within 1h exclude event = 'b'";
    expect(pickOf(await store.rows(excluded), 'actors')).toEqual([[1], [0]]);
    expect(pickOf(await store.rows(`${steps} within ${step}ms`), 'actors')).toEqual([[1], [1], [0]]);
    const ofDays = async (entry: string): Promise<number[]> => {
      const rows = await store.rows(`${steps} within ${3 * step}ms entry ${entry} every 1d`);
      expect(rows).toHaveLength(3 * days);
      const own = (of: number) => rows.filter((row) => row['step'] === of);
      return [1, 2, 3].map((of) => own(of).reduce((all, { actors }) => all + Number(actors), 0));
    };
    expect(await ofDays('any')).toEqual([days, days, days]);
    expect(await ofDays('every')).toEqual([triples + 1, triples + 1, triples]);
  });

  it.each(['', ' order strict', ' rules clickhouse', ' rules clickhouse order strict', ' rules posthog', ' order any'])(
    'every entry of a funnel%s costs its own events',
    async (rules) => {
      const entries = await store.rows(`${steps} within ${3 * step}ms${rules} entry every`);
      expect(pickOf(entries, 'actors', 'avg_time')).toEqual([
        [triples + 1, null],
        [triples + 1, step],
        [triples, step],
      ]);
    },
  );

  it('a search that would take for ever ends when its time is over', async () => {
    const query =
      "funnel event = 'a' as first, event = 'b', event = 'c' as last from e within 10d rules posthog exclude event = 'b' between first and last";
    await expect(store.rows(query, undefined, 500)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('retention and lifecycle', async () => {
    const until = `until '${new Date(start + days * day).toISOString()}'`;
    const retained = await store.rows(
      `retention event = 'a' then event = 'b' from e every 1d for 3 mode recurring since '2026-01-01' ${until}`,
    );
    expect(pickOf(retained, 'actors', 'period', 'retained').slice(0, -4)).toEqual(
      Array.from({ length: 4 * days }, (_, cell) => {
        const [cohort, period] = [Math.floor(cell / 4), cell % 4];
        return [1, period, cohort + period < days ? 1 : null];
      }),
    );
    const states = await store.rows(`lifecycle from e every 1d since '2026-01-01' ${until}`);
    expect(pickOf(states, 'new', 'returning', 'resurrecting', 'dormant')).toEqual(
      Array.from({ length: days }, (_, at) => (at === 0 ? [1, 0, 0, 0] : [0, 1, 0, 0])),
    );
  });

  it('one session over all midnights and partitions, or as many as there are events', async () => {
    const sums =
      'count() as n, sum(events) as events, max(duration) as longest, min(opener) as least, max(opener) as most';
    const sessions = (gap: number): string =>
      `select ${sums} from sessions(e, gap => ${gap}ms, opener => first(event))`;
    expect(await store.rows(sessions(step))).toEqual([
      { n: 1, events: ofOneActor, longest: (ofOneActor - 1) * step, least: 'a', most: 'a' },
    ]);
    // A row each.
    expect(await store.rows(sessions(step - 1), 1024 * mebibyte)).toEqual([
      { n: ofOneActor, events: ofOneActor, longest: 0, least: 'a', most: 'c' },
    ]);
  });

  it('one path, or as many as there are events', async () => {
    const one = await store.rows(`paths event from e gap ${step}ms depth 4`);
    expect(pickOf(one, 'step', 'source', 'target', 'events', 'actors', 'avg_time')).toEqual([
      [1, 'a', 'b', 1, 1, step],
      [2, 'b', 'c', 1, 1, step],
      [3, 'c', 'a', 1, 1, step],
      [4, 'a', 'b', 1, 1, step],
    ]);
    const many = await store.rows(`paths event from e gap ${step - 1}ms depth 4`);
    expect(pickOf(many, 'step', 'source', 'target', 'events', 'actors', 'avg_time')).toEqual([
      [1, 'a', null, triples + 1, 1, null],
      [1, 'b', null, triples + 1, 1, null],
      [1, 'c', null, triples, 1, null],
    ]);
  });

  it.each([
    `${steps} within 1h`,
    "retention event = 'a' then any from e every 1d for 3",
    'lifecycle from e every 1d',
    'paths event from e',
    'select count() from sessions(e, gap => 30m)',
  ])('refuses more memory than it is given: %s', async (query) => {
    await expect(store.rows(query, mebibyte)).rejects.toMatchObject({ code: 'limit' });
  });
});

describe(`${lonelyActors} actors with an event each`, { timeout }, () => {
  const days = 40;
  const aDay = lonelyActors / days;
  const thirds = [0, 1, 2].map((third) => Math.floor((lonelyActors + 2 - third) / 3));
  let store: Asked;

  beforeAll(async () => {
    const columns = mixedOrder(lonelyActors, (place) => [
      start + (place % days) * day + (place % 1000) * minute,
      place,
      a + (place % 3),
    ]);
    store = await openAsked(columns, now, 64 * mebibyte);
    expect(store.layout.partitions).toBeGreaterThan(1);
    expect(store.layout.unmerged).toBe(3);
  }, timeout);
  afterAll(() => store.close());

  it('funnels', async () => {
    const steps = "funnel event = 'a', event = 'b', event = 'c' from e within 90d";
    expect(pickOf(await store.rows(steps), 'actors')).toEqual([[thirds[0]!], [0], [0]]);
    expect(pickOf(await store.rows(`${steps} order any`), 'actors')).toEqual([[lonelyActors], [0], [0]]);
    const again = 'funnel true, true as second from e within 1s';
    expect(pickOf(await store.rows(again), 'actors')).toEqual([[lonelyActors], [0]]);
    expect(pickOf(await store.rows(`${again} rules clickhouse`), 'actors')).toEqual([[lonelyActors], [lonelyActors]]);
    expect(pickOf(await store.rows(`${again} entry every every 1d`), 'actors', 'step')).toEqual(
      Array.from({ length: 2 * days }, (_, row) => (row % 2 === 0 ? [aDay, 1] : [0, 2])),
    );
    const grouped = await store.rows(`${again} group by event`);
    expect(pickOf(grouped, 'event', 'actors')).toEqual(
      ['a', 'b', 'c'].flatMap((event, third) => [
        [event, thirds[third]!],
        [event, 0],
      ]),
    );
  });

  const range = `since '2026-01-01' until '${new Date(start + days * day).toISOString()}'`;

  it('retention and lifecycle', async () => {
    const rows = await store.rows(`retention true then any from e every 1d for 1 mode recurring ${range}`);
    expect(pickOf(rows, 'actors', 'period', 'retained').slice(0, -2)).toEqual(
      Array.from({ length: 2 * days }, (_, cell) =>
        cell % 2 === 0 ? [aDay, 0, aDay] : [aDay, 1, cell === 2 * days - 1 ? null : 0],
      ),
    );
    expect(pickOf(rows.slice(-2), 'actors', 'retained')).toEqual([
      [lonelyActors, lonelyActors],
      [lonelyActors - aDay, 0],
    ]);
    expect(
      pickOf(await store.rows(`lifecycle from e every 1d ${range}`), 'new', 'returning', 'resurrecting', 'dormant'),
    ).toEqual(Array.from({ length: days }, (_, at) => [aDay, 0, 0, at === 0 ? 0 : aDay]));
  });

  it('sessions, actors and paths', async () => {
    const rows = 'select count() as n, uniq(actor) as actors, sum(events) as events, max(duration) as longest from';
    // Sessions and actors are rows before they are counted.
    const most = 512 * mebibyte;
    expect(await store.rows(`${rows} sessions(e, gap => 30m)`, most)).toEqual([
      { n: lonelyActors, actors: lonelyActors, events: lonelyActors, longest: 0 },
    ]);
    const active = 'select n, count() as actors from actors(e, n => uniq(bucket(time, 1d))) group by n';
    expect(await store.rows(active, most)).toEqual([{ n: 1, actors: lonelyActors }]);
    expect(pickOf(await store.rows('paths event from e'), 'source', 'target', 'events', 'actors')).toEqual(
      ['a', 'b', 'c'].map((event, third) => [event, null, thirds[third]!, thirds[third]!]),
    );
  });
});

describe(`${travellers} actors whose events lie in every part of a store`, { timeout }, () => {
  // Around the ends of months, over midnight: where partitions part.
  const visits = [Date.UTC(2026, 0, 31, 21), Date.UTC(2026, 1, 28, 21), Date.UTC(2026, 2, 31, 21)];
  const eventsOfVisit = 20;
  let store: Asked;

  beforeAll(async () => {
    const perActor = visits.length * eventsOfVisit;
    const columns = mixedOrder(travellers * perActor, (place) => {
      const [actor, own] = [Math.floor(place / perActor), place % perActor];
      const [visit, at] = [Math.floor(own / eventsOfVisit), own % eventsOfVisit];
      // One pause is as long as the gap.
      return [visits[visit]! + at * 15 * minute + (at > 9 ? 15 * minute : 0), actor, a + visit];
    });
    store = await openAsked(columns, now, 128 * mebibyte);
    expect(store.layout.partitions).toBeGreaterThan(2);
    expect(store.layout.unmerged).toBe(3);
  }, timeout);
  afterAll(() => store.close());

  it('sessions are whole', async () => {
    const rows = await store.rows(
      'select time, events, duration, count() as n, uniq(actor) as actors, min(opener) as opener from sessions(e, gap => 30m, opener => first(event)) group by time, events, duration',
    );
    expect(rows).toEqual(
      visits.map((visit, at) => ({
        ...{ time: new Date(visit), events: eventsOfVisit, duration: eventsOfVisit * 15 * minute },
        ...{ n: travellers, actors: travellers, opener: 'abc'[at] },
      })),
    );
    // A session is its start's, whole.
    const february =
      "select count() as n, sum(events) as events from sessions(e, gap => 30m) since '2026-02-01' until '2026-03-01'";
    expect(await store.rows(february)).toEqual([{ n: travellers, events: travellers * eventsOfVisit }]);
    const parted = 'select count() as n, max(events) as most from sessions(e, gap => 29m)';
    expect(await store.rows(parted)).toEqual([{ n: 2 * visits.length * travellers, most: eventsOfVisit / 2 }]);
  });

  it('funnels, retention, lifecycle and paths', async () => {
    const funnel = "funnel event = 'a', event = 'b', event = 'c' from e within";
    // From the last event of a visit to the first of the one after.
    const [toB, toC] = [1, 2].map((visit) => visits[visit]! - visits[visit - 1]! - eventsOfVisit * 15 * minute);
    const whole = visits[2]! - visits[0]! - eventsOfVisit * 15 * minute;
    const actors = async (query: string): Promise<ResultValue[]> => pickOf(await store.rows(query), 'actors').flat();
    expect(await actors(`${funnel} ${whole / second}s`)).toEqual([travellers, travellers, travellers]);
    expect(await actors(`${funnel} ${whole / second - 1}s`)).toEqual([travellers, travellers, 0]);
    expect(await actors(`${funnel} ${toB! / second - 1}s`)).toEqual([travellers, 0, 0]);
    const strict = await store.rows(`${funnel} 90d order strict`);
    expect(pickOf(strict, 'actors', 'median_time')).toEqual([
      [travellers, null],
      [travellers, toB!],
      [0, null],
    ]);
    expect(toC).toBeGreaterThan(toB!);
    const months = "every 1mo since '2026-01-01' until '2026-05-01'";
    const lifecycle = await store.rows(`lifecycle from e ${months}`);
    const all = travellers;
    // Visits end after midnight, in the month after.
    expect(pickOf(lifecycle, 'new', 'returning', 'dormant')).toEqual([
      [all, 0, 0],
      [0, all, 0],
      [0, all, 0],
      [0, all, 0],
    ]);
    const retained = await store.rows(
      `retention event = 'a' then event = 'c' from e every 1mo for 3 since '2026-01-01' until '2026-05-01'`,
    );
    expect(pickOf(retained, 'actors', 'period', 'retained').slice(0, 4)).toEqual([
      [all, 0, all],
      [all, 1, 0],
      [all, 2, all],
      [all, 3, all],
    ]);
    const paths = await store.rows('paths bin(rid - rid, 1) from e gap 30m depth 2');
    expect(pickOf(paths, 'events', 'actors')).toEqual([[3 * all, all]]);
  });
});
