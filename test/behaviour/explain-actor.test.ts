import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type QueryResult, type Varve } from '../../engine/index.ts';
import { below, chance, pick, randomOf, type Random } from '../oracle/random.ts';
import { temporaryFolder } from '../support.ts';
import { histories, seed } from './histories.ts';

const begin = Date.UTC(2026, 2, 1);
const abc = "funnel event = 'A' as a, event = 'B' as b, event = 'C' as c from e within 60s until '2026-03-02'";
/** Funnels over random histories, each asked of all actors. */
const asked = Math.max(20, Math.round(histories / 25));

let db: Varve;
beforeAll(async () => {
  db = await open(temporaryFolder());
});
afterAll(() => db.close());

/** Appends events as `A0 B5x`: at a second, of a cart. */
async function have(table: string, actor: string, events: string): Promise<void> {
  const rows = events.split(' ').map((event) => {
    const [, name, second, cart] = /^([A-Z])(\d+)(\w*)$/.exec(event)!;
    return {
      time: new Date(begin + 1000 * Number(second)),
      user_id: actor,
      device: `d-${actor}`,
      event: name!,
      cart: cart === '' ? null : cart!,
    };
  });
  await db.append(table, rows);
}

/** A line a row: the second, the steps met, those advanced, and what happened. */
async function told(query: string): Promise<string[]> {
  const result = await db.query(query);
  return result.rows().map(({ time, meets, advances, happened, ...rest }) => {
    const second = time === null ? '' : `${((time as Date).getTime() - begin) / 1000} `;
    const others = Object.values(rest).map((value) => `${JSON.stringify(value)} `);
    return `${second}${others.join('')}${meets === null ? '' : `${JSON.stringify(meets)} `}${JSON.stringify(advances)} ${String(happened)}`;
  });
}

describe('explain funnel … for ACTOR', () => {
  it('tells what each event did, or why nothing, and what came of it', async () => {
    await have('e', 'u1', 'B0 A5 X6 B10 B11 A20 C80');
    expect(await told(`explain ${abc} for 'u1'`)).toEqual([
      '0 [2] [] out of order: before step 1 (a)',
      '5 [1] [1] begins: advances step 1 (a)',
      '6 [] [] no step',
      '10 [2] [2] advances step 2 (b)',
      '11 [2] [] already used: step 2 (b) is done before it',
      '20 [1] [] begins an attempt that reaches step 1 and does not count',
      '80 [3] [] beyond the window: 1m 15s after step 1 (a), within 1m',
      '[1,2] result: step 2 of 3 (b), entry 2026-03-01T00:00:05Z',
    ]);
  });

  it('of exclusions, strict order and held values', async () => {
    await have('e', 'u2', 'A0x C1 X2x B3y B4x C5x C6');
    const lines = await told(`explain ${abc} exclude event = 'X' between a and b holding cart for 'u2'`);
    expect(lines).toEqual([
      '0 [1] [1] begins: advances step 1 (a)',
      '1 [3] [] no value of holding cart',
      "2 [] [] no step; excludes by event = 'X'",
      '3 [2] [] another value of holding cart',
      "4 [2] [] excluded by event = 'X' at 2026-03-01T00:00:02Z",
      '5 [3] [] out of order: step 2 (b) is not done before it',
      '6 [3] [] no value of holding cart',
      '[1] result: step 1 of 3 (a), entry 2026-03-01T00:00:00Z',
    ]);
    await have('e', 'u3', 'A0 B1 X2 C3');
    expect(await told(`explain ${abc} order strict for 'u3'`)).toEqual([
      '0 [1] [1] begins: advances step 1 (a)',
      '1 [2] [2] advances step 2 (b)',
      '2 [] [] no step; comes between strict events',
      '3 [3] [] between strict events: another lies before it, at 2026-03-01T00:00:02Z',
      '[1,2] result: step 2 of 3 (b), entry 2026-03-01T00:00:00Z',
    ]);
    expect(await told(`explain ${abc} order any for 'u3'`)).toEqual([
      '0 [1] [1] begins: 1 of 3 steps done',
      '1 [2] [2] 2 of 3 steps done',
      '2 [] [] no step',
      '3 [3] [3] 3 of 3 steps done',
      '[1,2,3] result: 3 of 3 steps, entry 2026-03-01T00:00:00Z',
    ]);
  });

  it('of entries, of buckets, of events that fill several steps, and of what is pending', async () => {
    await have('e', 'u4', 'A0 A5 A100 B110 C115 B116 C120');
    const every = abc.replace("until '2026-03-02'", "until '2026-03-01 00:02:30'");
    expect(await told(`explain ${every} entry every for 'u4'`)).toEqual([
      '0 [1] [1] [1] begins: advances step 1 (a) of attempt 1',
      '5 [] [1] [] no entry: it lies within another (entry every)',
      '100 [2] [1] [1] begins: advances step 1 (a) of attempt 2',
      '110 [2] [2] [2] advances step 2 (b) of attempt 2',
      '115 [2] [3] [3] advances step 3 (c) of attempt 2',
      '116 [] [2] [] already used: step 2 (b) is done before it',
      '120 [] [3] [] already used: step 3 (c) is done before it',
      '[1] [1] attempt 1: step 1 of 3 (a), entry 2026-03-01T00:00:00Z',
      '[2] [1,2,3] attempt 2: step 3 of 3 (c), entry 2026-03-01T00:01:40Z',
    ]);
    await have('e', 'u5', 'A50 A70 B80');
    expect(await told(`explain ${every} every 1m for 'u5'`)).toEqual([
      '50 [1] [1] [1] begins: advances step 1 (a) of attempt 1',
      '70 [2] [1] [1] begins: advances step 1 (a) of attempt 2',
      '80 [1,2] [2] [2] advances step 2 (b) of attempt 1; advances step 2 (b) of attempt 2',
      '[1] [1,2] attempt 1: step 2 of 3 (b), entry 2026-03-01T00:00:50Z',
      '[2] [1,2] attempt 2: step 2 of 3 (b), entry 2026-03-01T00:01:10Z',
    ]);
    const pending = every.replace('00:02:30', '00:02:05');
    expect((await told(`explain ${pending} for 'u5'`)).at(-1)).toBe(
      '[1,2] result: step 2 of 3 (b), entry 2026-03-01T00:00:50Z; pending: an attempt is still open',
    );
    const twice = "explain funnel event = 'A' as a, event = 'A' as again, optional event = 'X' as x, event = 'B' as b";
    expect(await told(`${twice} from e within 60s repeat until '2026-03-02' for 'u1'`)).toEqual([
      '0 [4] [] out of order: before step 1 (a)',
      '5 [1,2] [1,2] begins: advances step 1 (a), step 2 (again)',
      '6 [3] [3] advances step 3 (x)',
      '10 [4] [4] advances step 4 (b)',
      '11 [4] [] already used: step 4 (b) is done before it',
      '20 [1,2] [] begins an attempt that reaches step 2 and does not count',
      '80 [] [] no step',
      '[1,2,3,4] result: step 4 of 4 (b), entry 2026-03-01T00:00:05Z',
    ]);
  });

  it('of rules, of another column as the actor, and of several tables', async () => {
    await have('e', 'u6', 'B10 A11 A12');
    expect(await told(`explain ${abc} rules mixpanel for 'u6'`)).toEqual([
      '10 [2] [2] advances step 2 (b)',
      '11 [1] [1] begins: advances step 1 (a)',
      '12 [1] [] no entry: only the first counts (entry first)',
      '[1,2] result: step 2 of 3 (b), entry 2026-03-01T00:00:11Z',
    ]);
    await have('calls', 'u6', 'C20 C30');
    const both = abc.replace('from e', 'from e, calls');
    expect(await told(`explain ${both} rules mixpanel for 'u6'`)).toEqual([
      '10 "e" [2] [2] advances step 2 (b)',
      '11 "e" [1] [1] begins: advances step 1 (a)',
      '12 "e" [1] [] no entry: only the first counts (entry first)',
      '20 "calls" [3] [3] advances step 3 (c)',
      '30 "calls" [3] [] already used: step 3 (c) is done before it',
      'null [1,2,3] result: step 3 of 3 (c), entry 2026-03-01T00:00:11Z',
    ]);
    expect(await told(`explain ${both} per device rules mixpanel for 'd-u6'`)).toEqual(
      await told(`explain ${both} rules mixpanel for 'u6'`),
    );
  });

  it('of an actor who did no first step, and of one who is not there', async () => {
    await have('e', 'u7', 'B1 C2');
    expect(await told(`explain ${abc} for 'u7'`)).toEqual([
      '1 [2] [] out of order: step 1 (a) is not done before it',
      '2 [3] [] out of order: step 1 (a) is not done before it',
      '[] result: no attempt, step 1 (a) is never done',
    ]);
    const nobody = await db.query(`explain ${abc} for 'nobody'`);
    expect(nobody.rowCount).toBe(0);
    expect(nobody.meta.warnings).toEqual(['There is no event of "nobody" that passes where and the range.']);
    const unbound = await db.query("explain funnel event = 'A', event = 'B' from e within 60s for 'x y'");
    expect(unbound.meta.warnings).toEqual(['There is no event of "x y".']);
    await expect(db.query("explain funnel event = 'A', evnt = 'B' from e within 60s for 'u1'")).rejects.toMatchObject({
      code: 'unknown_column',
    });
  });
});

/** Appends the same events to two tables, by rounds, some of them merged; equal times are frequent. */
async function haveRandom(random: Random, tables: readonly string[]): Promise<void> {
  let second = 0;
  for (let round = 0; round < 4; round++) {
    for (const table of tables)
      await db.append(
        table,
        Array.from({ length: 30 }, () => ({
          time: new Date(begin + 1000 * ((second += below(random, 2)) % 100)),
          user_id: `p${below(random, 6)}`,
          device: chance(random, 0.1) ? null : below(random, 4),
          event: pick(random, ['A', 'B', 'C', 'X']),
          cart: chance(random, 0.2) ? null : pick(random, ['x', 'y']),
          ok: chance(random, 0.5),
        })),
      );
    if (chance(random, 0.4)) await db.compact();
  }
}

function randomFunnel(random: Random, tables: readonly string[]): { readonly text: string; readonly per: string } {
  const steps = ["event = 'A' as a", `${chance(random, 0.3) ? 'optional ' : ''}event in ('B', 'C') as b`];
  if (chance(random, 0.7)) steps.push(`${pick(random, ["event = 'C'", 'ok', "event != 'X'"])} as c`);
  const order = pick(random, ['', '', ' order strict', ' order any']);
  const per = pick(random, ['user_id', 'user_id', 'device']);
  const options = [
    pick(random, ['', '', " exclude event = 'X'", " exclude event = 'X' between a and b, ok"]),
    pick(random, ['', '', ' holding cart', ' holding cart, ok']),
    pick(random, ['', ' entry any', ' entry first', ' entry every']),
    pick(random, ['', ' once', ' repeat']),
    pick(random, ['', '', ' rules mixpanel', ' rules amplitude', ' rules posthog', ' rules clickhouse']),
    pick(random, ['', ' every 1m']),
    pick(random, ['', " since '2026-03-01 00:00:20'"]),
    pick(random, [" until '2026-03-01 00:01:20'", " until '2026-03-01 00:05:00'"]),
  ];
  const written = order === ' order any' ? steps.map((step) => step.replace('optional ', '')) : steps;
  const from = tables.slice(0, 1 + below(random, tables.length)).join(', ');
  const window = pick(random, ['1s', '3s', '10s', '40s']);
  const ofDevice = per === 'device' ? ' per device' : '';
  return {
    text: `funnel ${written.join(', ')} from ${from}${ofDevice} within ${window}${order}${options.join('')}`,
    per,
  };
}

/** How many attempts did each step, and how many are pending at it. */
function countsOf(result: QueryResult, steps: number): number[][] {
  const counts = Array.from({ length: steps }, () => [0, 0]);
  for (const { step, actors, pending } of result.rows()) {
    counts[Number(step) - 1]![0]! += Number(actors);
    counts[Number(step) - 1]![1]! += Number(pending);
  }
  return counts;
}

describe(`the explanation never contradicts the funnel (seed ${seed}, ${asked} funnels)`, () => {
  it.each(Array.from({ length: asked }, (_, at) => at))('funnel %i', async (at) => {
    const random = randomOf(seed + 104_729 * at);
    const tables = [`r${at}`, `s${at}`];
    await haveRandom(random, tables);
    const { text, per } = randomFunnel(random, tables);
    const actors = per === 'device' ? [0, 1, 2, 3] : ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];
    const total: number[][] = [];
    for (const actor of actors) {
      const told = (await db.query(`explain ${text} for '${actor}'`)).rows();
      const lines = told.filter(({ time }) => time === null);
      const own = told.filter(({ time }) => time !== null);
      const funnel = await db.query(`${text} where ${per} = ${typeof actor === 'number' ? actor : `'${actor}'`}`);
      const steps = Math.max(0, ...funnel.rows().map(({ step }) => Number(step)));
      const expected = countsOf(funnel, steps);
      const counts = Array.from({ length: steps }, () => [0, 0]);
      for (const { advances, happened } of lines) {
        const done = advances as number[];
        for (const step of done) counts[step - 1]![0]!++;
        if (!String(happened).includes('pending')) continue;
        for (let step = done.at(-1)!; step < steps; step++) counts[step]![1]!++;
      }
      expect(counts, `${text} for ${actor}\n${told.map((row) => JSON.stringify(row)).join('\n')}`).toEqual(expected);
      expected.forEach((count, step) => {
        total[step] ??= [0, 0];
        count.forEach((value, which) => (total[step]![which]! += value));
      });
      // The events that advance an attempt are those that its last line tells.
      lines.forEach(({ advances }, attempt) => {
        const steps = own.flatMap(({ advances: met, attempts }) =>
          attempts === undefined || (attempts as number[]).includes(attempt + 1) ? (met as number[]) : [],
        );
        expect([...new Set(steps)].sort()).toEqual(expect.arrayContaining(advances as number[]));
      });
      for (const { advances, happened } of own)
        expect((advances as number[]).length > 0).toBe(/advances|steps done/.test(String(happened)));
    }
    expect(countsOf(await db.query(text), total.length)).toEqual(total);
  });
});
