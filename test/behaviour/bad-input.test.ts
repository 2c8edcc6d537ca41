import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isVarveError, open, type Varve } from '../../engine/index.ts';
import { temporaryFolder } from '../support.ts';

const begin = Date.UTC(2026, 2, 1);

/** What is asked wrongly, over a store: an error or a warning that says what is meant. */
describe('questions about behaviour that are hardly meant', () => {
  let db: Varve;

  beforeAll(async () => {
    db = await open(temporaryFolder());
    const rows = ['signup', 'browse', 'purchase'].flatMap((event, at) =>
      ['u1', 'u2', 'u3'].map((user_id) => ({
        time: new Date(begin + 1000 * at),
        user_id,
        account_id: `a-${user_id}`,
        device_id: `d-${user_id}`,
        event,
        ok: true,
        n: at,
      })),
    );
    await db.append('events', rows);
    await db.append('later', [{ time: new Date(begin), user_id: 'u1', event: 'x' }]);
  });

  afterAll(() => db.close());

  async function warningsOf(query: string): Promise<readonly string[]> {
    return (await db.query(query)).meta.warnings;
  }

  async function errorOf(query: string): Promise<string> {
    try {
      await db.query(query);
      return 'none';
    } catch (error) {
      if (!isVarveError(error)) throw error;
      return `${error.code}: ${error.message} ${error.hint ?? ''}`;
    }
  }

  it.each([
    [
      "funnel event = 'signup', event = 'purchas' as bought from events within 7d",
      ["No event fulfils step 2 (bought): event = 'purchas'. Did you mean 'purchase'?"],
    ],
    [
      "funnel event = 'signup', event = 'zzz' from events within 7d",
      ["No event fulfils step 2 (event = 'zzz'): event = 'zzz'. event is 'browse', 'purchase', 'signup'."],
    ],
    [
      "funnel event = 'sign-up', event = 'purchase', 1 = 2 from events within 7d group by device_id every 1d",
      [
        "No event fulfils step 1 (event = 'sign-up'): event = 'sign-up'. Did you mean 'signup'?",
        'No event fulfils step 3 (1 = 2): 1 = 2.',
      ],
    ],
    [
      "funnel event = 'signup', event in ('nosuch') from events within 7d order any per device_id",
      ["No event fulfils step 2 (event in ('nosuch')): event in ('nosuch'). event is 'browse', 'purchase', 'signup'."],
    ],
    ["funnel event = 'signup', n > 100 as far from events within 7d", ['No event fulfils step 2 (far): n > 100.']],
    // Out of the range there are some.
    [
      "funnel event = 'signup', event = 'purchase' from events within 7d until '2026-03-01 00:00:02'",
      ["No event fulfils step 2 (event = 'purchase'): event = 'purchase'. event is 'browse', 'signup'."],
    ],
    // Events fulfil both, and nobody does one behind the other.
    ["funnel event = 'purchase', event = 'signup' from events within 7d", []],
    ["funnel event = 'signup', event = 'purchase' from events within 7d", []],
    ["funnel event = 'signup', event = 'purchase' from events within 7d where event = 'none'", []],
    [
      "retention event = 'sign_up' then event = 'purchas' from events every 1d for 2",
      [
        "No event fulfils the first condition of retention: event = 'sign_up'. Did you mean 'signup'?",
        "No event fulfils the condition behind then: event = 'purchas'. Did you mean 'purchase'?",
      ],
    ],
    ["retention event = 'signup' then any from events every 1d for 2", []],
    [
      "paths event from events starting event = 'brows'",
      ["No event fulfils starting: event = 'brows'. Did you mean 'browse'?"],
    ],
    [
      "funnel event = null, event = 'signup' from events within 7d",
      [
        'event = null is null, never true: write event is null.',
        'No event fulfils step 1 (event = null): event = null.',
      ],
    ],
  ])('%s', async (query, warnings) => {
    expect(await warningsOf(query)).toEqual(warnings);
  });

  const funnel = "funnel event = 'signup', event = 'purchase' from events within 7d where";
  it.each([
    [
      `${funnel} user_id in (select account_id from events)`,
      [
        'user_id in (select account_id …) compares two columns, and user_id is the actor: a cohort of actors is user_id in (select user_id from …).',
      ],
    ],
    [
      `${funnel} user_id in (select account_id from events group by account_id having count() > 1)`,
      [
        'user_id in (select account_id …) compares two columns, and user_id is the actor: a cohort of actors is user_id in (select user_id from …).',
      ],
    ],
    [
      `${funnel} device_id in (select user_id from events group by user_id)`,
      [
        'device_id in (select user_id …) compares two columns, and user_id is an actor: a cohort of device_id is per device_id … where device_id in (select device_id from …).',
      ],
    ],
    [
      'select count() from events where user_id in (select device_id from events)',
      [
        'user_id in (select device_id …) compares two columns, and user_id is the actor: a cohort of actors is user_id in (select user_id from …).',
      ],
    ],
    [`${funnel} user_id in (select user_id from events group by user_id)`, []],
    [`${funnel} actor in (select user_id from events)`, []],
    [`${funnel} user_id in (select actor from actors(events))`, []],
    [`${funnel} user_id in (select user_id as id from later)`, []],
    [`${funnel} account_id in (select account_id from events)`, []],
    [`${funnel} account_id in (select actor from actors(events, per => account_id))`, []],
    [`${funnel} user_id in (select substr(account_id, 3) from events)`, []],
    [`${funnel} user_id in (select event from later)`.replace('event from later', 'user_id from later'), []],
    ['select count() from events where device_id in (select user_id from events)', []],
    ['funnel ok, ok from events per device_id within 7d where device_id in (select device_id from events)', []],
  ])('%s', async (query, warnings) => {
    expect((await warningsOf(query)).filter((warning) => warning.includes('compares two columns'))).toEqual(warnings);
  });

  const many = Array.from({ length: 33 }, () => 'ok').join(', ');
  it.each([
    [
      'funnel ok, ok from events within 0s',
      'syntax: "0s" is no time at all, and a duration is some. The shortest is 1ms.',
    ],
    [`funnel ${many} from events within 7d`, 'syntax: A funnel has at most 32 steps, and this one has 33.'],
    ['funnel ok from events within 7d', 'syntax: A funnel has at least 2 steps, and this one has 1.'],
    [
      'funnel ok as cart, ok as paid from events within 7d exclude ok between crt and paid',
      'usage: No step is called "crt". Did you mean cart?',
    ],
    ['funnel ok, ok from events within 7d rules mixpanl', 'syntax: Rules is one of varve, mixpanel,'],
    [
      'funnel ok, ok from events within 7d entry evry',
      'syntax: Entry is one of any, first, every, not "evry". Write entry every.',
    ],
    ['funnel ok, ok from events within 7d once repeat', 'syntax: '],
    ['funnel ok, false from events within 7d', 'usage: Step 2 is never true: no event can match it.'],
    ['funnel ok, null from events within 7d', 'usage: Step 2 is never true: no event can match it.'],
    [
      'funnel n > 1, ok from (select user_id, count() as n from events group by user_id) within 7d',
      'type: The rows of the query in from have no time',
    ],
    [
      'lifecycle from (select count() from events every 1d) every 1w',
      'type: The rows of the query in from have no actor',
    ],
    ['paths event from events per tags', 'unknown_column: '],
  ])('%s', async (query, error) => {
    expect(await errorOf(query)).toContain(error);
  });
});
