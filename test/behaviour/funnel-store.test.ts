import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type Varve } from '../../engine/index.ts';
import { temporaryFolder } from '../support.ts';

/** Of the funnels of vendors, case by case: which events an actor has, and how far it gets. */
const cases: readonly (readonly [id: string, query: string, events: string, reached: number])[] = [
  ['F1', 'A B C within 60s', 'A0 A30 B45 C75', 3],
  ['F1 once', 'A B C within 60s rules mixpanel', 'A0 A30 B45 C75', 2],
  ['F2', 'A B within 60s', 'A0 A30 B75', 2],
  ['F2 mixpanel', 'A B within 60s rules mixpanel', 'A0 A30 B75', 1],
  ['F4', 'A B C D E within 100s', 'A0 B1 D2 C3 D4 E5', 5],
  ['F4 strict', 'A B C D E within 100s rules clickhouse order strict', 'A0 B1 D2 C3 D4 E5', 2],
  ['F5', 'A B C within 100s', 'A0 X1 B2 C3', 3],
  ['F5 strict', 'A B C within 100s order strict', 'A0 X1 B2 C3', 1],
  ['F6', 'A B within 60s', 'B10 A10', 1],
  ['F6 clickhouse', 'A B within 60s rules clickhouse', 'B10 A10', 2],
  ['F7', 'A B within 60s', 'A10 B70', 2],
  ['F8 amplitude', 'A B within 60s rules amplitude', 'B10 A11', 2],
  ['F9', 'A A B within 60s', 'A0 B5', 1],
  ['F9 repeat', 'A A B within 60s repeat', 'A0 B5', 3],
  ['F10', 'A A B within 60s', 'A0 A1 B5', 3],
  ['F11', 'A B C within 60s', 'A0 B10 A50 C70', 2],
  ['F13', 'A B C within 60s', 'A0 B10 A20 C30', 3],
];

const begin = Date.UTC(2026, 2, 1);

/** `A B C within 60s` as the query of one actor. */
function funnelOf(text: string, actor: string): string {
  const [, steps, rest] = /^((?:[A-E] )+)(.*)$/.exec(text)!;
  const written = steps!.trim().split(' ');
  return `funnel ${written.map((name) => `event = '${name}'`).join(', ')} from e ${rest!} where user_id = '${actor}'`;
}

describe('a funnel over a store', () => {
  let db: Varve;

  beforeAll(async () => {
    db = await open(temporaryFolder());
    for (const [id, , events] of cases)
      await db.append(
        'e',
        events.split(' ').map((event) => ({
          time: new Date(begin + 1000 * Number(event.slice(1))),
          user_id: id,
          event: event[0],
          country: id.length % 2 === 0 ? 'DE' : null,
        })),
      );
  });

  afterAll(() => db.close());

  it.each(cases)('%s: %s', async (id, query, _, reached) => {
    const rows = (await db.query(funnelOf(query, id))).rows();
    expect(rows.filter(({ actors }) => actors === 1).length).toBe(reached);
    expect(rows.map(({ step }) => step)).toEqual(rows.map((_row, at) => at + 1));
  });

  it('counts all actors, tells shares and times, and parts them by keys', async () => {
    const query = "funnel event = 'A' as begun, event = 'B' from e within 60s until '2026-03-02'";
    const rows = (await db.query(query)).rows();
    expect(rows.map(({ name }) => name)).toEqual(['begun', "event = 'B'"]);
    expect(rows[0]).toMatchObject({ step: 1, conversion: 1, step_conversion: 1, pending: 0, median_time: null });
    const begun = Number(rows[0]!['actors']);
    expect(begun).toBe(cases.length);
    expect(rows[1]!['conversion']).toBe(Number(rows[1]!['actors']) / begun);
    const parted = (await db.query(`${query} group by country`)).rows();
    expect(parted.map(({ country, step }) => [country, step])).toEqual([
      ['DE', 1],
      ['DE', 2],
      [null, 1],
      [null, 2],
    ]);
    const sum = (step: number): number =>
      parted.filter((row) => row['step'] === step).reduce((all, { actors }) => all + Number(actors), 0);
    expect([sum(1), sum(2)]).toEqual(rows.map(({ actors }) => actors));
  });

  it('a key that bears the name of a column of the answer keeps it, and the column gets another', async () => {
    const query = "funnel event = 'A', event = 'B' from e within 60s group by country as name, user_id as step";
    const { columns } = await db.query(query);
    expect(columns.map(({ name }) => name).slice(0, 5)).toEqual(['name', 'step', 'step_2', 'name_2', 'actors']);
  });

  it('parts by the actor itself', async () => {
    const rows = (await db.query("funnel event = 'A', event = 'B' from e within 60s group by user_id")).rows();
    const done = new Map(rows.filter(({ step }) => step === 2).map(({ user_id, actors }) => [user_id, actors]));
    expect(done.size).toBe(cases.length);
    expect([done.get('F7'), done.get('F6')]).toEqual([1, 0]);
  });

  it('says that a median of very many times is not exact, and refuses more buckets than can be filled', async () => {
    const rows = Array.from({ length: 70_000 }, (_, actor) => [
      { time: new Date(begin), user_id: `m${actor}`, event: 'A' },
      { time: new Date(begin + 1000 + 7 * actor), user_id: `m${actor}`, event: 'B' },
    ]).flat();
    await db.append('many', rows);
    const result = await db.query("funnel event = 'A', event = 'B' from many within 1h");
    expect(result.rows().map(({ actors }) => actors)).toEqual([70_000, 70_000]);
    expect(result.meta.approximate).toEqual(['median_time']);
    expect(result.meta.exact).toBe(false);
    const filled = db.query("funnel event = 'A', event = 'B' from many within 1h every 1h group by user_id");
    expect((await filled).rowCount).toBe(140_000);
    const wide = db.query(
      "funnel event = 'A', event = 'B' from many within 1h since '2026-03-01' until '2026-03-03' every 1h group by user_id",
    );
    await expect(wide).rejects.toMatchObject({ code: 'limit' });
  });

  it('refuses paths of more nodes than anybody follows, at once', async () => {
    await expect(db.query('paths event from e depth 1000000000')).rejects.toMatchObject({ code: 'limit' });
    const far = db.query("retention event = 'A' then any from e every 1d for 100000000 until '2026-03-02'");
    await expect(far).rejects.toMatchObject({ code: 'limit' });
  });

  it('tells who is pending: by actor, by entry, and by the bucket that attempts began in', async () => {
    const at = (user_id: string, event: string, second: number) => ({
      time: new Date(begin + 1000 * second),
      user_id,
      event,
    });
    const stream = [at('p', 'A', 50), at('q', 'A', 10), at('q', 'B', 20), at('r', 'A', 10), at('s', 'A', 10)];
    await db.append('ends', [...stream, at('s', 'A', 90)]);
    const until = new Date(begin + 100_000).toISOString();
    const ask = async (options: string): Promise<unknown[][]> => {
      const query = `funnel event = 'A', event = 'B' from ends within 60s until '${until}' ${options}`;
      const rows = (await db.query(query)).rows();
      return rows.map(({ actors, pending, conversion, conversion_closed }) => [
        actors,
        pending,
        conversion,
        conversion_closed,
      ]);
    };
    expect(await ask('')).toEqual([
      [4, 0, 1, 1],
      [1, 2, 1 / 4, 1 / 2],
    ]);
    // Of s the first entry is over, the second open.
    expect(await ask('entry every')).toEqual([
      [5, 0, 1, 1],
      [1, 2, 1 / 5, 1 / 3],
    ]);
    // In its first minute s has an attempt that is over.
    expect(await ask('every 1m')).toEqual([
      [4, 0, 1, 1],
      [1, 1, 1 / 4, 1 / 3],
      [1, 0, 1, null],
      [0, 1, 0, null],
    ]);
  });
});
