import { afterAll, describe, expect, it } from 'vitest';
import { hash64OfText } from '../../engine/base/hash64.ts';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import type { Scalar } from '../../engine/column/values.ts';
import { createExecutionEnvironment } from '../../engine/execute/environment.ts';
import type { ExecutionEnvironment } from '../../engine/execute/execution-environment.ts';
import { executePlan } from '../../engine/execute/run.ts';
import { scalarAt } from '../../engine/functions/access.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import type { SelectPlan } from '../../engine/plan/select.ts';
import { openStore } from '../../engine/store/store.ts';
import type { Store } from '../../engine/store/store-types.ts';
import { temporaryFolder } from '../support.ts';
import { plainAnswer, type PlainRow, type PlainTables } from './plain-plans.ts';
import { randomOf, type Random } from './random-plans.ts';
import { actorOfTable, randomPlan, randomTable, type TableRow } from './random-sources.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_241_124);
const rounds = process.env['VARVE_LONG'] === undefined ? 3 : 40;
const plansPerRound = 25;
const host = createNodeHost(() => undefined, 0);
const hosts = [1, 4].map((threads) => createNodeHost(() => undefined, threads));
const sizes = { sliceActorsMax: 4, sliceRowsMax: 40, poolRowsMin: 0, blockRowsMax: 16 };
const memory = 64 * 1024 * 1024;

afterAll(async () => {
  for (const { threads } of hosts) await threads.close();
});

async function storeOf(
  random: Random,
  tables: ReadonlyMap<string, readonly TableRow[]>,
  cut: boolean,
  hashSeed: number,
): Promise<Store> {
  const store = await openStore(host, temporaryFolder(), { readOnly: false, create: true, seed: hashSeed });
  for (const [table, rows] of tables) {
    for (let at = 0; at < rows.length;) {
      const length = cut ? 1 + Math.floor(random() * 90) : rows.length;
      const events = rows.slice(at, at + length).map((row) => ({ ...row, time: new Date(row.time) }));
      const choice = { time: 'time', actor: actorOfTable(table) };
      const { batch, options } = batchFromRows(events, choice, store.schema(table), 0);
      await store.append([{ table, options, bytes: encodeBatch(batch) }]);
      at += length;
    }
  }
  return store;
}

function plainTables(tables: ReadonlyMap<string, readonly TableRow[]>, hashSeed: number): PlainTables {
  const rowsOf = (name: string, rows: readonly TableRow[]): PlainRow[] =>
    rows.map(({ time, ...own }, arrival) => {
      const id = own[actorOfTable(name)] ?? null;
      const { high, low } = hash64OfText(String(id ?? ''), hashSeed);
      const values = new Map(Object.entries(own));
      const actor = id === null ? null : String(id);
      return { time, actor, table: 0, tableName: name, place: [high, low, arrival], values };
    });
  return new Map([...tables].map(([name, rows]) => [name, rowsOf(name, rows)]));
}

async function answer(
  environment: ExecutionEnvironment,
  store: Store,
  plan: SelectPlan,
): Promise<readonly (readonly Scalar[])[]> {
  const snapshot = store.snapshot();
  try {
    const result = await executePlan(environment, plan, snapshot.tables);
    return Array.from({ length: result.rowCount }, (_, row) =>
      result.data.map((values) => {
        const value = scalarAt(values, row);
        return value === 0 ? 0 : value;
      }),
    );
  } finally {
    snapshot.release();
  }
}

function textOf(rows: unknown): string {
  return JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

describe('random plans over several tables, answers, lives and sets', () => {
  it.each(Array.from({ length: rounds }, (_, round) => seed + round))(
    'answer as plain loops do, whatever the threads and the sources (seed %i)',
    async (own) => {
      const random = randomOf(own);
      const hashSeed = own % 2 === 0 ? 0 : own;
      const tables = new Map(['web', 'calls', 'crm'].map((name) => [name, randomTable(random, name)]));
      const plain = plainTables(tables, hashSeed);
      const chunks = await storeOf(random, tables, true, hashSeed);
      const whole = await storeOf(random, tables, false, hashSeed);
      const segments = await storeOf(random, tables, true, hashSeed);
      await segments.compact();
      const [inline, one, four] = [host, ...hosts].map((each) => ({
        ...createExecutionEnvironment(each, { memory, seed: hashSeed }),
        sizes,
      }));
      let rows = 0;
      for (let number = 0; number < plansPerRound; number++) {
        const plan = randomPlan(random);
        const wanted = plainAnswer(plan, plain, hashSeed).rows.map((row) =>
          row.map((value) => (value === 0 ? 0 : value)),
        );
        rows += wanted.length;
        const runs = [
          [inline, chunks],
          [{ ...inline!, sizes: { ...sizes, blockRowsMax: 65_536, sliceActorsMax: 10_000, sliceRowsMax: 1e6 } }, whole],
          [inline, segments],
          [one, chunks],
          [four, segments],
        ] as const;
        // One of them every time, the others in turn.
        const chosen = [runs[0], runs[1 + (number % 4)]!];
        for (const [environment, store] of chosen) {
          const found = await answer(environment!, store, plan);
          if (textOf(found) !== textOf(wanted))
            expect({ number, plan, rows: found }).toEqual({ number, plan, rows: wanted });
        }
      }
      expect(rows).toBeGreaterThan(plansPerRound);
      for (const store of [chunks, whole, segments]) await store.close();
    },
  );
});
