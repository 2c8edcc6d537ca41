import type { ColumnType } from '../../engine/column/types.ts';
import type { Scalar } from '../../engine/column/values.ts';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import { createExecutionEnvironment, type OwnEnvironment } from '../../engine/execute/environment.ts';
import type { ExecutionEnvironment } from '../../engine/execute/execution-environment.ts';
import { executePlan } from '../../engine/execute/run.ts';
import type { Host } from '../../engine/host/host.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import { createQueryResult } from '../../engine/query-result.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import { openStore } from '../../engine/store/store.ts';
import { defaultSizes } from '../../engine/store/sizes.ts';
import type { Snapshot, Store } from '../../engine/store/store-types.ts';
import { now, type RawRow, type TableData } from './data.ts';

/** How the same rows may lie. */
export const states = ['memory', 'level 0', 'compacted', 'mixed'] as const;
export type State = (typeof states)[number];

/** A small table is written out, joined and merged as a large one is. */
const sizes = {
  ...defaultSizes,
  partitionRowsMin: 20,
  partitionRowsMax: 60,
  runsMax: 100,
  levelZeroSegmentsMax: 100,
  markDelayMs: 1,
};
/** It is cut and dealt out as a large one is; `usual` leaves it in one piece. */
const slicings = {
  fine: { sliceActorsMax: 4, sliceRowsMax: 40, poolRowsMin: 0 },
  coarse: { sliceActorsMax: 16, sliceRowsMax: 120, poolRowsMin: 0 },
  usual: undefined,
};

export interface OpenStates {
  readonly snapshots: ReadonlyMap<State, Snapshot>;
  close(): Promise<void>;
}

type Batch = { readonly table: TableData; readonly rows: readonly RawRow[] };

/** Batches of all tables in turn. */
function batchesOf(tables: readonly TableData[]): Batch[] {
  const most = Math.max(...tables.map(({ batches }) => batches.length));
  return Array.from({ length: most }, (_, index) =>
    tables.filter(({ batches }) => batches.length > index).map((table) => ({ table, rows: table.batches[index]! })),
  ).flat();
}

async function append(store: Store, { table, rows }: Batch): Promise<void> {
  const { batch, options, rejected } = batchFromRows(
    rows,
    { time: 'time', actor: table.actor },
    store.schema(table.name),
    0,
  );
  if (rejected.length > 0) throw new Error(`Rejected: ${rejected[0]!.reason}`);
  await store.append([{ table: table.name, options, bytes: encodeBatch(batch) }]);
}

/**
 * Stores the same rows once a state, through log, flush and compaction as an application would make them.
 * @param folderOf gives a new folder.
 */
export async function openStates(
  host: Host,
  tables: readonly TableData[],
  folderOf: () => string,
): Promise<OpenStates> {
  const batches = batchesOf(tables);
  const stores: Store[] = [];
  const snapshots = new Map<State, Snapshot>();
  const half = Math.floor(batches.length / 2);
  for (const state of states) {
    const folder = folderOf();
    const reopen = (closeRowsMax: number): Promise<Store> =>
      openStore(host, folder, { readOnly: false, create: true, sizes: { ...sizes, closeRowsMax } });
    let store = await reopen(0);
    for (const [index, batch] of batches.entries()) {
      await append(store, batch);
      // A close writes the memtable out as a segment of level 0.
      const toDisk =
        state === 'level 0'
          ? index % 4 === 3
          : state === 'mixed' && index > half && index < half + 5 && index % 2 === 1;
      if (state === 'mixed' && index === half) await store.compact();
      if (toDisk || (state === 'level 0' && index === batches.length - 1)) {
        await store.close();
        store = await reopen(0);
      }
    }
    if (state === 'compacted') await store.compact();
    stores.push(store);
    snapshots.set(state, store.snapshot());
  }
  return {
    snapshots,
    async close() {
      for (const snapshot of snapshots.values()) snapshot.release();
      for (const store of stores) await store.close();
    },
  };
}

/** A way of running: on so many threads beside this one, cut so. */
export interface Runner {
  readonly name: string;
  readonly threads: number;
  readonly slicing: string;
  /** Each state of the store has an environment of its own: a block cache knows segments by what one store calls them. */
  environment(state: State): ExecutionEnvironment;
}

/** @returns runners on 0, 1 and 4 threads, and what closes them. */
export function openRunners(): { readonly runners: readonly Runner[]; close(): Promise<void> } {
  const hosts = [0, 1, 4].map((threads) => ({ threads, host: createNodeHost(() => undefined, threads) }));
  const environments = new Map<string, OwnEnvironment>();
  const runners = hosts.flatMap(({ threads, host }) =>
    (['fine', 'coarse', 'usual'] as const).map((slicing): Runner => ({
      name: `${threads} threads, ${slicing} slices`,
      threads,
      slicing,
      environment(state) {
        const key = `${state} ${threads}`;
        let known = environments.get(key);
        if (known === undefined)
          environments.set(key, (known = createExecutionEnvironment(host, { memory: 32 * 1024 * 1024, seed: 0 })));
        return slicings[slicing] === undefined ? known : { ...known, sizes: slicings[slicing] };
      },
    })),
  );
  return {
    runners,
    async close() {
      for (const environment of environments.values()) environment.closeFiles();
      for (const { host } of hosts) await host.threads.close();
    },
  };
}

/** What the engine says. */
export interface EngineAnswer {
  readonly names: readonly string[];
  readonly types: readonly ColumnType[];
  readonly rows: readonly (readonly Scalar[])[];
}

/** Asks one state of the store. */
export async function ask(
  { snapshots }: OpenStates,
  state: State,
  runner: Runner,
  text: string,
): Promise<EngineAnswer> {
  const snapshot = snapshots.get(state)!;
  const schemas = new Map([...snapshot.tables].map(([name, { schema }]) => [name, schema]));
  const plan = compileQuery(text, { schemas, params: {}, now, timezone: 'UTC' });
  const { columns, data, rowCount } = await executePlan(runner.environment(state), plan, snapshot.tables);
  const result = createQueryResult(columns, data, rowCount, {} as never);
  const values = columns.map((_, index) => result.values(index));
  return {
    names: columns.map(({ name }) => name),
    types: columns.map(({ type }) => type),
    rows: Array.from({ length: rowCount }, (_, row) => values.map((column) => column[row]!)),
  };
}
