import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryResult, Varve } from '../../engine/index.ts';
import { temporaryFolder } from '../support.ts';
import { goldenNow, openGoldenStore } from './tables.ts';

/** Queries in brackets that become a part of the query around them: with a limit of more than there is, they do not. */
const inner = [
  'select * from web',
  'select event, amount, user_id from web where amount > 1',
  'select event, amount from web',
  "select event, amount, code from web since '2024-03-10 09:30' where event != 'view'",
  'select event, amount * 2 as amount, user_id as who from web where code = 7 or code is null',
  'select * from web, calls',
  'select event, amount, agent from calls',
  'select amount, event from (select amount + 1 as amount, event from web) where amount < 10',
  'select event, amount from (select * from web, calls where amount > 1) where user_id in (select user_id from calls)',
];
const outer = [
  'select * from Q',
  'select event, amount from Q order by amount desc, event',
  'select time, actor, event from Q',
  'select user_id from Q limit 2',
  'select count(), uniq(actor), sum(amount) from Q',
  'select event, count() as n, avg(amount) from Q group by event having n > 1',
  'select user_id, count() from Q group by user_id',
  'select uniq(user_id) from Q every 1d',
  "select count() from Q since '2024-03-10 12:00' until '2024-03-13' every 1d",
  "select count(), rate(1h) from Q where time >= '2024-03-11' and amount > 1",
  "select uniq(actor) from Q since '2024-03-11' until '2024-03-14' every 1d trailing 2d",
  "select event, count() from Q since '2024-03-12' until '2024-03-15' group by event compare 2d",
  'select event, first(amount), last(amount) from Q group by event top 2 others',
  'select count() from Q where user_id in (select user_id from Q where amount > 4)',
  'select actor, time, events, n from sessions(Q, gap => 40m, n => sum(amount))',
  "select actor, time, events from sessions(Q, gap => 40m, per => event) since '2024-03-10 10:00'",
  'select actor, last, events, n from actors(Q, n => max(event))',
  'select event, amount from Q, zones',
  'select actor, count() from Q, zones group by actor',
];

let db: Varve;
beforeAll(async () => {
  db = await openGoldenStore(temporaryFolder());
});
afterAll(() => db.close());

async function answer(query: string): Promise<unknown> {
  try {
    const result: QueryResult = await db.query(query, { now: goldenNow });
    const types = result.columns.map(({ name, type }) => `${name} ${type}`);
    return { types, values: types.map((_, index) => result.values(index)) };
  } catch (error) {
    return (error as Error).message;
  }
}

describe.each(inner)('(%s)', (query) => {
  it.each(outer)('answers %s as a plan of its own does', async (around) => {
    const part = await answer(around.replaceAll('Q', `(${query})`));
    const own = await answer(around.replaceAll('Q', `(${query} limit 1000000)`));
    expect(part).toEqual(own);
    expect(part).toHaveProperty('types');
  });
});
