import { afterAll, describe, expect, it } from 'vitest';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import type { Scalar } from '../../engine/column/values.ts';
import { createExecutionEnvironment } from '../../engine/execute/environment.ts';
import type { ExecutionEnvironment } from '../../engine/execute/execution-environment.ts';
import type { RunOptions } from '../../engine/execute/query-run.ts';
import type { ExecutionResult } from '../../engine/execute/result.ts';
import { executePlan } from '../../engine/execute/run.ts';
import { scalarAt } from '../../engine/functions/access.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import { openStore } from '../../engine/store/store.ts';
import type { Store, TableSnapshot } from '../../engine/store/store-types.ts';
import { temporaryFolder } from '../support.ts';
import { randomOf } from './random-plans.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_241_125);
const memory = 64 * 1024 * 1024;
const minute = 60_000;
const inline = createNodeHost(() => undefined, 0);
const pooled = createNodeHost(() => undefined, 2);
const sizes = { sliceActorsMax: 8, sliceRowsMax: 60, poolRowsMin: 0, blockRowsMax: 32 };

afterAll(() => pooled.threads.close());

interface Event {
  readonly time: number;
  readonly user: string | null;
  readonly event: string;
  readonly n: number;
}

interface Life {
  readonly actor: string;
  readonly time: number;
  readonly last: number;
  readonly events: readonly Event[];
}

function randomEvents(random: () => number, count: number, names: readonly string[]): Event[] {
  return Array.from({ length: count }, () => ({
    time: Date.UTC(2024, 4, 1) + 5 * minute * Math.floor(random() * 500),
    user: random() < 0.1 ? null : `u${Math.floor(random() * 50)}`,
    event: names[Math.floor(random() * names.length)]!,
    n: Math.floor(random() * 30),
  }));
}

const random = randomOf(seed);
const web = randomEvents(random, 900, ['view', 'buy']);
const calls = randomEvents(random, 400, ['call', 'hang up']);

async function makeStore(): Promise<Store> {
  const store = await openStore(inline, temporaryFolder(), { readOnly: false, create: true });
  for (const [table, rows] of [
    ['web', web],
    ['calls', calls],
  ] as const) {
    for (let at = 0; at < rows.length; at += 300) {
      const events = rows.slice(at, at + 300).map((row) => ({ ...row, time: new Date(row.time) }));
      const { batch, options } = batchFromRows(events, { time: 'time', actor: 'user' }, store.schema(table), 0);
      await store.append([{ table, options, bytes: encodeBatch(batch) }]);
    }
  }
  await store.compact();
  return store;
}

type Tables = ReadonlyMap<string, TableSnapshot>;

function ask(
  environment: ExecutionEnvironment,
  tables: Tables,
  text: string,
  options: RunOptions = {},
): Promise<ExecutionResult> {
  const schemas = new Map([...tables].map(([name, { schema }]) => [name, schema]));
  const plan = compileQuery(text, { schemas, params: {}, now: Date.UTC(2024, 5, 1), timezone: 'UTC' });
  return executePlan(environment, plan, tables, options);
}

function rowsOf(result: ExecutionResult): Scalar[][] {
  return Array.from({ length: result.rowCount }, (_, row) => result.data.map((values) => scalarAt(values, row)));
}

function livesOf(events: readonly Event[], gapMs: number): Life[] {
  const lives: Life[] = [];
  for (const user of new Set(events.map((event) => event.user))) {
    if (user === null) continue;
    let open: Event[] = [];
    for (const event of events.filter((other) => other.user === user).sort((a, b) => a.time - b.time)) {
      if (open.length > 0 && event.time - open.at(-1)!.time > gapMs) {
        lives.push({ actor: user, time: open[0]!.time, last: open.at(-1)!.time, events: open });
        open = [];
      }
      open.push(event);
    }
    lives.push({ actor: user, time: open[0]!.time, last: open.at(-1)!.time, events: open });
  }
  return lives;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const questions: readonly { readonly text: string; readonly answer: () => Scalar[][] }[] = [
  {
    text: `select count(), sum(events), max(duration), sum(total), sum(bought)
      from sessions((select * from web, calls where n < 25), gap => 30m, total => sum(n), bought => count_if(event = 'buy'))`,
    answer: () => {
      const lives = livesOf(
        [...web, ...calls].filter(({ n }) => n < 25),
        30 * minute,
      );
      const all = lives.flatMap(({ events }) => events);
      return [
        [
          lives.length,
          all.length,
          Math.max(...lives.map(({ time, last }) => last - time)),
          sum(all.map(({ n }) => n)),
          all.filter(({ event }) => event === 'buy').length,
        ],
      ];
    },
  },
  {
    text: `select actor, events, longest, time from actors(sessions(web, gap => 1h), longest => max(duration))
      where events > 3 order by actor`,
    answer: () => {
      const lives = livesOf(web, 60 * minute);
      return [...new Set(lives.map(({ actor }) => actor))]
        .map((actor) => lives.filter((life) => life.actor === actor))
        .filter((own) => own.length > 3)
        .map((own) => [
          own[0]!.actor,
          own.length,
          Math.max(...own.map(({ time, last }) => last - time)),
          Math.min(...own.map(({ time }) => time)),
        ])
        .sort(([a], [b]) => (a! < b! ? -1 : 1));
    },
  },
  {
    text: `select event, count() from web where user in (select user from calls where n in (select n from web where event = 'buy' and n > 20))
      and n not in (select n from calls where event = 'call' and n < 3) group by event`,
    answer: () => {
      const numbers = new Set(web.filter(({ event, n }) => event === 'buy' && n > 20).map(({ n }) => n));
      const users = new Set(calls.filter(({ n }) => numbers.has(n)).map(({ user }) => user));
      const not = new Set(calls.filter(({ event, n }) => event === 'call' && n < 3).map(({ n }) => n));
      const kept = web.filter(({ user, n }) => user !== null && users.has(user) && !not.has(n));
      return ['buy', 'view'].map((event) => [event, kept.filter((own) => own.event === event).length]);
    },
  },
];

describe('plans within plans', () => {
  it('answer as plain loops do, here and in the pool', async () => {
    const store = await makeStore();
    const snapshot = store.snapshot();
    for (const host of [inline, pooled]) {
      const environment = { ...createExecutionEnvironment(host, { memory, seed: 0 }), sizes };
      for (const { text, answer } of questions)
        expect([text, rowsOf(await ask(environment, snapshot.tables, text))]).toEqual([text, answer()]);
    }
    snapshot.release();
    await store.close();
  });

  it('add up what they cost, are called off as one, and fail with what failed within', async () => {
    const store = await makeStore();
    const snapshot = store.snapshot();
    const { tables } = snapshot;
    for (const host of [inline, pooled]) {
      const environment = { ...createExecutionEnvironment(host, { memory, seed: 0 }), sizes };
      const text = 'select count() from sessions(web, gap => 30m) where actor in (select user from calls)';
      const before = await ask(environment, tables, text);
      const sessions = livesOf(web, 30 * minute).length;
      expect(before.stats.rowsScanned).toBe(web.length + calls.length + sessions);
      for (const delay of [0, 1, 3, 6]) {
        const controller = new AbortController();
        const running = ask(environment, tables, text, { signal: controller.signal });
        setTimeout(() => controller.abort(), delay);
        const outcome = await running.then(rowsOf, (error: unknown) => error);
        if (!Array.isArray(outcome)) expect(outcome).toMatchObject({ code: 'cancelled' });
        else expect(outcome).toEqual(rowsOf(before));
      }
      for (const lost of ['web', 'calls']) {
        const table = tables.get(lost)!;
        const gone = table.sources.map((source) =>
          source.kind === 'segment' ? { ...source, path: `${source.path}.gone` } : source,
        );
        const broken = new Map([...tables, [lost, { ...table, sources: gone }]]);
        await expect(ask(environment, broken, text)).rejects.toMatchObject({
          code: expect.stringMatching(/^(not_found|data_corrupted|storage_failed)$/) as string,
        });
      }
      await expect(ask(environment, tables, text, { memory: 1000 })).rejects.toMatchObject({ code: 'limit' });
      expect(rowsOf(await ask(environment, tables, text))).toEqual(rowsOf(before));
    }
    snapshot.release();
    await store.close();
  });

  it('say of what is made of inexact values that it is inexact', async () => {
    const store = await makeStore();
    const snapshot = store.snapshot();
    const environment = { ...createExecutionEnvironment(inline, { memory, seed: 0 }), sizes };
    for (const [text, wanted] of [
      ['select max(u) as m, count(), avg(e) from sessions(web, gap => 30m, u => uniq_approx(n), e => max(n))', ['m']],
      ['select u + 1 as v, actor from actors(web, u => uniq_approx(n))', ['v']],
      ['select sum(u), k from (select event as k, uniq_approx(n) as u from web group by event) group by k', ['sum(u)']],
      ['select count() from web where n in (select max(u) from actors(web, u => uniq(n)))', []],
    ] as const)
      expect([text, (await ask(environment, snapshot.tables, text)).approximate]).toEqual([text, wanted]);
    snapshot.release();
    await store.close();
  });
});
