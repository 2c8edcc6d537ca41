import { afterAll, describe, expect, it } from 'vitest';
import { hash64OfText } from '../../engine/base/hash64.ts';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import type { Scalar } from '../../engine/column/values.ts';
import { createExecutionEnvironment } from '../../engine/execute/environment.ts';
import type { ExecutionEnvironment } from '../../engine/execute/execution-environment.ts';
import { executePlan } from '../../engine/execute/run.ts';
import type { ExecutionResult } from '../../engine/execute/result.ts';
import { scalarAt } from '../../engine/functions/access.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import { openStore } from '../../engine/store/store.ts';
import type { Store, TableSnapshot } from '../../engine/store/store-types.ts';
import { temporaryFolder } from '../support.ts';
import { randomEventsPlan, randomGroupedPlan, randomOf, randomRows, type Random, type Row } from './random-plans.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_331);
const rounds = process.env['VARVE_LONG'] === undefined ? 3 : 40;
const plansPerRound = 24;
const host = createNodeHost(() => undefined, 0);
const hosts = [1, 4].map((threads) => createNodeHost(() => undefined, threads));
/** Small tables are cut as large ones are: many slices, all of them in the pool where there is one. */
const sizes = { sliceActorsMax: 4, sliceRowsMax: 40, poolRowsMin: 0 };
const memory = 64 * 1024 * 1024;

afterAll(async () => {
  for (const { threads } of hosts) await threads.close();
});

async function storeOf(chunks: readonly (readonly Row[])[]): Promise<Store> {
  const store = await openStore(host, temporaryFolder(), { readOnly: false, create: true });
  for (const rows of chunks) {
    const events = rows.map((row) => ({ ...row, time: new Date(row.time) }));
    const { batch, options } = batchFromRows(events, { time: 'time', actor: 'user' }, store.schema('t'), 0);
    await store.append([{ table: 't', options, bytes: encodeBatch(batch) }]);
  }
  return store;
}

function cut(random: Random, rows: readonly Row[]): Row[][] {
  const chunks: Row[][] = [];
  for (let at = 0; at < rows.length;) {
    const length = 1 + Math.floor(random() * 120);
    chunks.push(rows.slice(at, at + length));
    at += length;
  }
  return chunks;
}

function tablesOf(table: TableSnapshot): ReadonlyMap<string, TableSnapshot> {
  return new Map([['t', table]]);
}

function run(environment: ExecutionEnvironment, table: TableSnapshot, text: string): Promise<ExecutionResult> {
  const schemas = new Map([['t', table.schema]]);
  const plan = compileQuery(text, { schemas, params: {}, now: Date.UTC(2024, 5, 1), timezone: 'UTC' });
  return executePlan(environment, plan, tablesOf(table));
}

function rowsOf(result: ExecutionResult): Scalar[][] {
  return Array.from({ length: result.rowCount }, (_, row) =>
    result.data.map((values) => {
      const value = scalarAt(values, row);
      // -0 is 0 to the language.
      return value === 0 ? 0 : value;
    }),
  );
}

describe('random plans over random tables', () => {
  it.each(Array.from({ length: rounds }, (_, round) => seed + round))(
    'answer as plain loops do, from chunks and segments, on 0, 1 and 4 threads (seed %i)',
    async (own) => {
      const random = randomOf(own);
      const rows = randomRows(random, 300 + Math.floor(random() * 600));
      const store = await storeOf(cut(random, rows));
      const single = await storeOf([rows]);
      const inMemory = store.snapshot();
      await store.compact();
      const inSegments = store.snapshot();
      const whole = single.snapshot();
      expect(inSegments.tables.get('t')!.sources.map(({ kind }) => kind)).toContain('segment');
      const environments = [host, ...hosts].map((own) => ({
        ...createExecutionEnvironment(own, { memory, seed: 0 }),
        sizes,
      }));
      const arrival = new Map(rows.map((row, index) => [row, index]));
      const stored = (row: Row): Scalar[] => {
        const { high, low } = hash64OfText(row.user ?? '');
        return [high, low, arrival.get(row)!];
      };
      for (let number = 0; number < plansPerRound; number++) {
        const plan = number % 3 === 0 ? randomEventsPlan(random, stored) : randomGroupedPlan(random);
        const wanted = plan.answer(rows);
        const [inline, one, four] = environments;
        const runs = [
          [inline, inMemory],
          [inline, whole],
          [inline, inSegments],
          [one, inMemory],
          [four, inSegments],
        ] as const;
        for (const [environment, snapshot] of runs) {
          const result = await run(environment!, snapshot.tables.get('t')!, plan.text);
          expect({ text: plan.text, rows: rowsOf(result) }).toEqual({ text: plan.text, rows: wanted });
        }
      }
      for (const snapshot of [inMemory, inSegments, whole]) snapshot.release();
      await store.close();
      await single.close();
    },
  );
});

describe('a scan in the pool', () => {
  it('ends when it is called off, fails with the error of the thread that failed, and the pool goes on', async () => {
    const rows = randomRows(randomOf(seed), 2000);
    const store = await storeOf([rows.slice(0, 1000), rows.slice(1000)]);
    await store.compact();
    const snapshot = store.snapshot();
    const table = snapshot.tables.get('t')!;
    const environment = { ...createExecutionEnvironment(hosts[1]!, { memory, seed: 0 }), sizes };
    const text = 'select user, count(), sum(f) from t group by user';
    const plan = compileQuery(text, {
      schemas: new Map([['t', table.schema]]),
      params: {},
      now: 0,
      timezone: 'UTC',
    });
    const before = await executePlan(environment, plan, tablesOf(table));
    const controller = new AbortController();
    const running = executePlan(environment, plan, tablesOf(table), { signal: controller.signal });
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await expect(
      executePlan(environment, plan, tablesOf(table), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      code: 'cancelled',
    });
    const lost = table.sources.map((source) =>
      source.kind === 'segment' ? { ...source, path: `${source.path}.gone` } : source,
    );
    await expect(executePlan(environment, plan, tablesOf({ ...table, sources: lost }))).rejects.toMatchObject({
      code: expect.stringMatching(/^(not_found|data_corrupted|storage_failed)$/) as string,
    });
    const after = await executePlan(environment, plan, tablesOf(table));
    expect(rowsOf(after)).toEqual(rowsOf(before));
    snapshot.release();
    await store.close();
  });

  it('reads only the actor that a condition names', async () => {
    const rows = randomRows(randomOf(seed), 500);
    const store = await storeOf([rows]);
    const snapshot = store.snapshot();
    const environment = { ...createExecutionEnvironment(host, { memory, seed: 0 }), sizes };
    const wanted = rows.filter(({ user }) => user === 'u5').length;
    for (const text of ["select count() from t where user = 'u5'", "select count() from t where 'u5' = actor"]) {
      const result = await run(environment, snapshot.tables.get('t')!, text);
      expect([rowsOf(result), result.stats.rowsScanned]).toEqual([[[wanted]], wanted]);
    }
    snapshot.release();
    await store.close();
  });
});
