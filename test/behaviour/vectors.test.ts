import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type ResultValue, type Varve } from '../../engine/index.ts';
import { shared, temporaryFolder } from '../support.ts';
import { at, calendarStep } from './histories.ts';
import { eventsOfVector, retentionVectors } from './retention-vectors.ts';

/** Facts of PostHog's own tests (MIT), asked of a store. */

interface VectorEvent {
  readonly actor: string;
  readonly time: number;
  readonly event?: string;
  readonly browser?: string;
}

let db: Varve;
let tables = 0;

beforeAll(async () => {
  db = await open(temporaryFolder(), { threads: 0 });
});

afterAll(() => db.close());

/** @returns the name of a new table of these events; some are merged, some not. */
async function tableOf(events: readonly VectorEvent[]): Promise<string> {
  const name = `t${tables++}`;
  const rows = events.map(({ actor, time, ...rest }) => ({
    time: new Date(time),
    user_id: actor,
    event: 'x',
    ...rest,
  }));
  const half = Math.floor(rows.length / 2);
  if (half > 0) await db.append(name, rows.slice(0, half), { time: 'time', actor: 'user_id' });
  await db.compact(name);
  await db.append(name, rows.slice(half), { time: 'time', actor: 'user_id' });
  return name;
}

async function rowsOf(query: string, now = '2030-01-01'): Promise<Record<string, ResultValue>[]> {
  return (await db.query(query, { now: new Date(now) })).rows();
}

describe('retention', () => {
  const zones = [
    ...retentionVectors.map((vector) => ({ ...vector, zone: 'UTC' })),
    ...retentionVectors
      .filter(({ id }) => id === 'PH-R4')
      .map((vector) => ({ ...vector, zone: 'America/Los_Angeles' })),
  ];
  it.each(zones)('$id, $zone', async ({ unit, start, after, p, expected, zone }) => {
    const count = expected.length;
    // The clocks of that zone show what those of UTC do in the vector.
    const moved = zone === 'UTC' ? 0 : 7 * 3_600_000;
    const table = await tableOf(eventsOfVector(p).map((event) => ({ ...event, time: event.time + moved })));
    const calendar = { zone, step: { count: 1, unit } };
    const since = at(start) + moved;
    const until = calendarStep(since, calendar, count);
    const rows = await rowsOf(
      `retention event = 'x' then any from ${table} every 1${unit} for ${count - 1} mode recurring${after === true ? ' within after' : ''}` +
        ` since '${new Date(since).toISOString()}' until '${new Date(until).toISOString()}' timezone '${zone}'`,
    );
    const cells = rows.filter(({ cohort }) => cohort !== null);
    expect(cells.map(({ cohort }) => (cohort as Date).getTime())).toEqual(
      expected.flatMap((_, cohort) => Array<number>(count).fill(calendarStep(since, calendar, cohort))),
    );
    expect(cells.map(({ actors }) => actors)).toEqual(expected.flatMap((own) => Array<number>(count).fill(own[0]!)));
    expect(cells.map(({ retained }) => retained)).toEqual(
      expected.flatMap((own) => Array.from({ length: count }, (_, period) => own[period] ?? null)),
    );
    const sum = (period: number): number => expected.reduce((kept, own) => kept + (own[period] ?? 0), 0);
    expect(rows.slice(cells.length).map(({ period, retained }) => [period, retained])).toEqual(
      expected.map((_, period) => [period, sum(period)]),
    );
  });
});

describe('lifecycle', () => {
  it('PH-L1, where dormant is a negative count', async () => {
    const days = { p1: [11, 12, 13, 15, 17, 19], p2: [9, 12], p3: [12], p4: [15] };
    const table = await tableOf(eventsOfDays(days));
    const ask = (until: string) => rowsOf(`lifecycle from ${table} every 1d since '2020-01-09' until '${until}'`);
    const rows = await ask('2020-01-20');
    expect(rows.map((row) => ['new', 'returning', 'resurrecting', 'dormant'].map((name) => row[name]))).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, 1],
      [1, 0, 0, 0],
      [1, 1, 1, 0],
      [0, 1, 0, 2],
      [0, 0, 0, 1],
      [1, 0, 1, 0],
      [0, 0, 0, 2],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
      [0, 0, 1, 0],
    ]);
    // What its chart cuts off.
    expect((await ask('2020-01-21')).at(-1)).toMatchObject({ new: 0, returning: 0, resurrecting: 0, dormant: 1 });
  });
});

/** Events at noon of days in January 2020. */
function eventsOfDays(days: Readonly<Record<string, readonly number[]>>, later = 0): VectorEvent[] {
  return Object.entries(days).flatMap(([actor, own]) =>
    own.map((day) => ({ actor, time: Date.UTC(2020, 0, day + later, 12) })),
  );
}

describe('stickiness', () => {
  const days = { p1: [11, 12, 13, 14, 15, 16, 17, 18, 19], p2: [11, 13, 15, 17, 19] };
  // Its weeks begin on Sunday: everything is a day later there.
  it.each([
    ['day', '1d', 0, "since '2020-01-11' until '2020-01-21'", { 5: 1, 9: 1 }],
    ['week', '1w', 1, "since '2020-01-12' until '2020-01-22'", { 3: 2 }],
    ['month', '1mo', 0, "since '2020-01-11' until '2020-01-21'", { 1: 2 }],
    ['hour', '1h', 0, "since '2020-01-11' until '2020-01-12'", { 1: 2 }],
  ])('PH-S1, %s', async (_, every, later, range, expected) => {
    const table = await tableOf(eventsOfDays(days, later));
    const rows = await rowsOf(
      `select active, count() as people from actors((select * from ${table} ${range}), active => uniq(bucket(time, ${every}))) group by active`,
    );
    expect(Object.fromEntries(rows.map(({ active, people }) => [active, people]))).toEqual(expected);
  });
});

/** Events a minute apart. */
function inTurn(actors: Readonly<Record<string, readonly string[]>>): VectorEvent[] {
  return Object.entries(actors).flatMap(([actor, names]) =>
    names.map((event, place) => ({ actor, event, time: Date.UTC(2020, 0, 1) + 60_000 * place })),
  );
}

/** @returns who reached each step. */
async function reachedBy(funnel: string): Promise<string[][]> {
  const rows = await rowsOf(`${funnel} group by user_id`);
  const steps = Math.max(...rows.map(({ step }) => Number(step)));
  return Array.from({ length: steps }, (_, step) =>
    rows.filter((row) => row['step'] === step + 1 && row['actors'] === 1).map(({ user_id }) => String(user_id)),
  );
}

describe('funnels', () => {
  const [signedUp, viewed, insight, other] = ['user signed up', '$pageview', 'insight viewed', 'blaah blaa'];
  const steps = `funnel ${[signedUp, viewed, insight].map((name) => `event = '${name}'`).join(', ')}`;

  it('PH-F1: strict', async () => {
    const table = await tableOf(
      inTurn({
        a1: [signedUp],
        a2: [viewed, signedUp],
        a3: [signedUp, viewed, other, insight],
        a4: [insight, other, viewed, signedUp],
        a5: [viewed, signedUp, other, viewed, insight],
        a6: [other, signedUp, other, viewed],
        a7: [other, signedUp, viewed, insight, other],
        a8: [insight, viewed],
      }),
    );
    const funnel = `${steps} from ${table} within 14d order strict`;
    expect(await reachedBy(funnel)).toEqual([['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'], ['a3', 'a7'], ['a7']]);
    expect((await rowsOf(funnel)).map(({ actors }) => actors)).toEqual([7, 2, 1]);
    expect((await rowsOf(`${funnel} rules posthog`)).map(({ actors }) => actors)).toEqual([7, 2, 1]);
  });

  it('PH-F2: any order', async () => {
    const table = await tableOf(
      inTurn({
        a1: [signedUp],
        a2: [viewed, signedUp],
        a3: [signedUp, viewed, other, insight],
        a4: [insight, viewed, signedUp],
        a5: [viewed, signedUp, other, insight],
        a6: [other, insight],
        a7: [viewed, other],
        a8: [insight, viewed],
      }),
    );
    const funnel = `${steps} from ${table} within 14d order any`;
    const [one, ...more] = await reachedBy(funnel);
    expect(one).toHaveLength(8);
    expect(more).toEqual([
      ['a2', 'a3', 'a4', 'a5', 'a8'],
      ['a3', 'a4', 'a5'],
    ]);
    const rows = await rowsOf(funnel);
    expect(rows.map(({ actors }) => actors)).toEqual([8, 5, 3]);
    expect(rows.map(({ name }) => name)).toEqual(['any 1 of 3', 'any 2 of 3', 'any 3 of 3']);
  });

  it('PH-F3: strict, by the browser at the first step', async () => {
    const event = (actor: string, name: string, time: string, browser: string) => ({
      ...{ actor, event: name, browser },
      time: at(time),
    });
    const table = await tableOf([
      event('p1', 'sign up', '2020-01-01T12:00Z', 'Chrome'),
      event('p1', 'blah', '2020-01-01T13:00Z', 'Chrome'),
      event('p1', 'play movie', '2020-01-01T14:00Z', 'Chrome'),
      event('p2', 'sign up', '2020-01-02T13:00Z', 'Safari'),
      event('p2', 'play movie', '2020-01-02T14:00Z', 'Safari'),
    ]);
    const rows = await rowsOf(
      `funnel event = 'sign up', event = 'play movie' from ${table} within 7d order strict group by browser at first`,
    );
    expect(
      rows.map((row) => ['browser', 'step', 'actors', 'median_time', 'avg_time'].map((name) => row[name])),
    ).toEqual([
      ['Chrome', 1, 1, null, null],
      ['Chrome', 2, 0, null, null],
      ['Safari', 1, 1, null, null],
      ['Safari', 2, 1, 3_600_000, 3_600_000],
    ]);
  });

  it.each([
    ['PH-F4a', '7d', [3, 2, 0, 0, 0, 1, 0], [3, 0, 0, 0, 0, 0, 0]],
    ['PH-F4b', '1d', [3, 2, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, 0, 0]],
  ])('%s: by the day of the entry, within %s', async (_, window, entered, converted) => {
    const actors = {
      one: ['1 01T00', '2 03T00', '3 05T00'],
      two: ['1 02T00', '2 04T00'],
      three: ['1 06T00'],
      four: ['none 06T00'],
      five: ['1 01T01', '2 01T02', '3 01T03'],
      six: ['1 01T00', '2 03T00', '3 05T00'],
      seven: ['1 02T00', '2 04T00'],
    };
    const table = await tableOf(
      Object.entries(actors).flatMap(([actor, events]) =>
        events.map((text) => {
          const [event, time] = text.split(' ');
          return { actor, event: event!, time: at(`2021-05-${time!}:00Z`) };
        }),
      ),
    );
    const rows = await rowsOf(
      `funnel event = '1', event = '2', event = '3' from ${table} within ${window} every 1d since '2021-05-01' until '2021-05-08'`,
    );
    const ofStep = (step: number) => rows.filter((row) => row['step'] === step);
    expect(ofStep(1).map(({ time }) => (time as Date).getUTCDate())).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(ofStep(1).map((row) => row['actors'])).toEqual(entered);
    expect(ofStep(3).map((row) => row['actors'])).toEqual(converted);
    expect(ofStep(3)[0]!['conversion']).toBeCloseTo(converted[0]! / 3, 12);
  });
});

const vectorsPath = join(shared, 'design', 'vectors', 'behaviour.json');
const hasVectors = existsSync(vectorsPath);
if (!hasVectors) process.stderr.write(`\nSKIPPED: the list of vectors, because ${vectorsPath} is not there.\n`);

describe.skipIf(!hasVectors)('the vectors beside the project', () => {
  const { vectors } = (hasVectors ? JSON.parse(readFileSync(vectorsPath, 'utf8')) : { vectors: [] }) as {
    readonly vectors: readonly { readonly id: string; readonly kind: string; readonly expect: unknown }[];
  };
  const source = readFileSync(new URL(import.meta.url), 'utf8');

  it.each(vectors)('$id is asked here', ({ id, kind, expect: expected }) => {
    const known = retentionVectors.find((vector) => vector.id === id);
    if (kind === 'retention') expect(known?.expected).toEqual(expected);
    else expect(source).toContain(`'${id}`);
  });
});
