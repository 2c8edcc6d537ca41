import { afterAll, describe, expect, it } from 'vitest';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import { isToldInTasks } from '../../engine/execute/cohort.ts';
import { createExecutionEnvironment } from '../../engine/execute/environment.ts';
import { executePlan } from '../../engine/execute/run.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import type { QueryPlan } from '../../engine/plan/query.ts';
import { compileQuestion } from '../../engine/query/compile.ts';
import { openStore } from '../../engine/store/store.ts';
import type { Store, TableSnapshot } from '../../engine/store/store-types.ts';
import { temporaryFolder } from '../support.ts';
import { randomOf, type Random } from './random-plans.ts';
import { rowsOf } from './stores.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_241_126);
const inline = createNodeHost(() => undefined, 0);
const pooled = createNodeHost(() => undefined, 2);
const start = Date.UTC(2024, 2, 1);
const day = 86_400_000;
const rowsPerBatch = 250;
/** Some slices, in the pool where there is one. */
const slices = { sliceActorsMax: 16, sliceRowsMax: 150, poolRowsMin: 0 };
/** How many cohorts each plan is asked with; the tables are asked with different ones. */
const turns = 2;

afterAll(() => pooled.threads.close());

interface Row {
  readonly time: Date;
  readonly user: string | null;
  readonly event: string;
  readonly n: number | null;
}

/** Rows of some days: what comes later knows other actors, too. */
function randomRows(random: Random, fromDay: number): Row[] {
  return Array.from({ length: rowsPerBatch }, () => ({
    time: new Date(start + fromDay * day + Math.floor((random() * 10 * day) / 1000) * 1000),
    user: random() < 0.08 ? null : `u${Math.floor(random() ** 2 * 60) + 2 * fromDay}`,
    event: ['view', 'view', 'buy', 'play'][Math.floor(random() * 4)]!,
    n: random() < 0.2 ? null : Math.floor(random() * 40),
  }));
}

async function append(store: Store, table: string, rows: readonly Row[]): Promise<void> {
  const { batch, options } = batchFromRows(
    rows.map((row) => ({ ...row })),
    { time: 'time', actor: 'user' },
    store.schema(table),
    0,
  );
  await store.append([{ table, options, bytes: encodeBatch(batch) }]);
}

/** Two tables, each in segments of some days and in the memtable; a third in the memtable alone. */
async function makeStore(random: Random): Promise<Store> {
  const sizes = { partitionRowsMin: 150, partitionRowsMax: 250, segmentRowsMax: 400 };
  const store = await openStore(inline, temporaryFolder(), { readOnly: false, create: true, sizes });
  for (const [at, fromDay] of [0, 10, 20].entries()) {
    await append(store, 'a', randomRows(random, fromDay));
    if (at > 0) await append(store, 'b', randomRows(random, fromDay));
  }
  await store.compact();
  for (const table of ['a', 'b', 'fresh']) await append(store, table, randomRows(random, 24));
  return store;
}

/** Which actors: queries over FROM, `told` unless they are such that have to be answered beforehand. */
const cohorts = [
  "select actor from FROM where event = 'buy' group by actor having count() >= 3",
  'select user from FROM group by user having count() > 9 and count() != 12',
  "select actor from FROM group by actor having count_if(event = 'buy') >= 2 and not (count_if(n > 20) > 4)",
  "select actor from FROM where n < 30 group by actor having count_if(event = 'buy') = 0",
  "select actor from FROM since '2024-03-04' until '2024-03-16' group by actor having count() < 8",
  "select actor from FROM where n is null and event in ('buy', 'play')",
  "select user from FROM since '2024-03-22'",
  "select actor from FROM where event = 'nothing' group by actor",
] as const;

const outers = [
  'select event, count(), sum(n), uniq(actor), count_if(n > 3) from FROM where actor in (IN) group by event',
  'select event, count(), min(time), last(n) from FROM where user not in (IN) group by event',
  "select event, n, count() from FROM since '2024-03-25' where n > 10 and user in (IN) group by event, n order by 3 desc, n limit 9",
  "select count(), count(user), uniq(n) from FROM until '2024-03-09' where actor not in (IN) and event != 'view'",
  'select count() from FROM where actor in (IN) every 1d',
  "select event, count() from FROM since '2024-03-15' until '2024-03-22' where actor in (IN) group by event compare 1w",
  'select user, count() from FROM where actor in (IN) group by user order by 2 desc, user limit 7',
  'select * from FROM where actor in (IN)',
  "select time, user, n from FROM where user not in (IN) and event = 'play' order by time desc, n limit 20",
  'select event, n from FROM where actor in (IN) order by n desc limit 15',
  'select count() from FROM where actor in (IN) and actor not in (select actor from FROM where n > 38)',
  "select event, count() from FROM where actor = 'u41' and actor in (IN) group by event",
  'select count(), sum(events), max(duration) from sessions((select * from FROM where actor in (IN)), gap => 6h)',
  'select n, count() from actors((select * from FROM where actor not in (IN)), n => count()) group by n',
  "funnel event = 'view', event = 'buy', event = 'play' from FROM where actor in (IN) within 3d",
  "retention event = 'buy' then any from FROM where actor in (IN) every 1d for 3",
  'lifecycle from FROM where actor not in (IN) every 1w',
  'paths event from FROM where actor in (IN) depth 3',
] as const;

describe(`cohorts that are told in tasks (seed ${seed})`, () => {
  const compile = (tables: ReadonlyMap<string, TableSnapshot>, text: string): QueryPlan => {
    const schemas = new Map([...tables].map(([name, { schema }]) => [name, schema]));
    return compileQuestion(text, { schemas, params: {}, now: Date.UTC(2024, 5, 1), timezone: 'UTC' });
  };

  it.each(['a', 'b', 'a, b', 'fresh'])('leave the rows of %s that a set answered before leaves', async (from) => {
    const random = randomOf(seed);
    const store = await makeStore(random);
    const snapshot = store.snapshot();
    const { tables } = snapshot;
    const kinds = tables.get('a')!.sources.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'segment').length).toBeGreaterThan(1);
    expect(kinds).toContain('chunk');
    const environments = [
      createExecutionEnvironment(inline, { memory: 64 * 1024 * 1024, seed: 0 }),
      { ...createExecutionEnvironment(inline, { memory: 64 * 1024 * 1024, seed: 0 }), sizes: slices },
      { ...createExecutionEnvironment(pooled, { memory: 64 * 1024 * 1024, seed: 0 }), sizes: slices },
    ];
    let told = 0;
    for (const [number, outer] of outers.entries())
      for (let turn = 0; turn < turns; turn++) {
        const cohort = cohorts[(number + turn * 3 + from.length) % cohorts.length]!;
        const text = outer.replaceAll('IN', cohort).replaceAll('FROM', from);
        // A limit that leaves all has to be answered.
        const answered = outer.replaceAll('IN', `${cohort} limit 100000`).replaceAll('FROM', from);
        const plan = compile(tables, text);
        if (plan.subqueries.length > 0 && isToldInTasks(plan, 0)) told++;
        const before = compile(tables, answered);
        if (plan.subqueries.length === 1) expect(isToldInTasks(before, 0), answered).toBe(false);
        const wanted = await executePlan(environments[0]!, before, tables);
        for (const environment of environments) {
          const found = await executePlan(environment, plan, tables);
          expect([text, rowsOf(found)]).toEqual([text, rowsOf(wanted)]);
          expect(found.warnings).toEqual(wanted.warnings);
        }
      }
    // Sessions and lives have theirs in a plan of their own.
    expect(told).toBe((outers.length - 2) * turns);
    snapshot.release();
    await store.close();
  });

  it('are answered where more is asked than rows of actors, or by more than conditions that all rows fulfil', async () => {
    const store = await makeStore(randomOf(seed));
    const snapshot = store.snapshot();
    const isTold = (text: string): boolean => isToldInTasks(compile(snapshot.tables, text), 0);
    const counted = 'select actor from a group by actor having count() > 2';
    expect(isTold(`select count() from a where actor in (${counted})`)).toBe(true);
    for (const text of [
      `select count() from b where actor in (${counted})`,
      `select count() from a, b where actor in (${counted})`,
      `select count() from a where actor in (${counted}) or n > 3`,
      `select count_if(actor in (${counted})) from a`,
      `select count() from a where event in (select event from a)`,
      `select count() from a where actor in (${counted} limit 3)`,
      `select count() from a where actor in (select actor from a group by actor having sum(n) > 2)`,
      `select count() from a where actor in (select actor from a group by actor having count() * 2 > 8)`,
      `select count() from a where actor in (select actor from a where lower(event) = 'buy')`,
      `select count() from a where actor in (select actor from a where actor = 'u3')`,
      `select count() from a where actor in (select actor from a where actor in (select actor from b))`,
      `select count() from a where actor in (select event from a)`,
    ])
      expect([text, isTold(text)]).toEqual([text, false]);
    snapshot.release();
    await store.close();
  });
});
