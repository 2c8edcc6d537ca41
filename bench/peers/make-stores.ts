import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { generateColumns } from '../../data/columns.ts';
import type { PlainBatch } from '../../data/plain-batch.ts';
import { generateUniformColumns } from '../../data/uniform-columns.ts';
import { makeEventStoreOf } from '../event-store.ts';
import { openClickHouse } from './clickhouse-package.ts';
import { clickhouseLayouts, columnNames, duckdbFile, duckdbLayouts, enumColumns, type Stores } from './layouts.ts';
import type { DataName } from './options.ts';
import { realColumns } from './real-columns.ts';
import { writeWhole } from './results.ts';
import { stageColumns } from './stage-columns.ts';

export interface StoresOptions {
  readonly data: DataName;
  readonly events: number;
  readonly seed: number;
  readonly threads: number;
  readonly clickhouse: boolean;
}

/** @returns the rows of a data set, made anew at each call. */
export function batchesOf({ data, events, seed }: StoresOptions): Iterable<PlainBatch> {
  switch (data) {
    case 'd1':
      return generateColumns({ rows: events, seed });
    case 'd2':
      return generateUniformColumns({ rows: events, seed });
    case 'd3':
      return realColumns({ rows: events, seed });
  }
}

/** Makes the stores of all engines below `parent`, or takes those that are there complete. */
export async function makeStores(
  parent: string,
  options: StoresOptions,
  print: (text: string) => void,
): Promise<Stores> {
  const folder = join(parent, `${options.data}-${options.events}-${options.seed}`);
  const done = join(folder, 'stores.json');
  if (existsSync(done)) {
    const stores = JSON.parse(await readFile(done, 'utf8')) as Stores;
    if (stores.clickhouse || !options.clickhouse) return { ...stores, folder };
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const bytes: Record<string, number> = {};
  const seconds: Record<string, number> = {};
  const timed = async (engine: string, make: () => Promise<void>): Promise<void> => {
    const started = performance.now();
    await make();
    seconds[engine] = (performance.now() - started) / 1000;
    print(`${options.data}: ${engine} has its rows after ${seconds[engine].toFixed(1)} s\n`);
  };
  let rows = 0;
  await timed('varve', async () => {
    const store = await makeEventStoreOf(join(folder, 'varve'), batchesOf(options));
    rows = store.rows;
    bytes['varve'] = store.bytes;
  });
  const parquet = join(folder, 'rows.parquet');
  await timed('duckdb', () => makeDuckdb(folder, options, bytes, options.clickhouse ? parquet : null));
  if (options.clickhouse) await timed('clickhouse', () => makeClickHouse(folder, options.threads, parquet, bytes));
  await rm(parquet, { force: true });
  const stores: Stores = { folder, data: options.data, rows, clickhouse: options.clickhouse, bytes, seconds };
  await writeWhole(done, JSON.stringify(stores, null, 2));
  return stores;
}

async function makeDuckdb(
  folder: string,
  options: StoresOptions,
  bytes: Record<string, number>,
  parquet: string | null,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(options.threads) });
  const connection = await instance.connect();
  try {
    await connection.run("set timezone = 'UTC'");
    const texts = await stageColumns(connection, batchesOf(options));
    for (const layout of duckdbLayouts) {
      const file = duckdbFile(folder, layout);
      await connection.run(`attach '${file}' as ${layout.name}`);
      await connection.run(`use ${layout.name}`);
      if (layout.enums) await makeEnums(connection);
      const order = layout.order === 'time' ? 'time' : 'actor, time';
      await connection.run(`create table events as ${selectStaged(texts, layout.enums)} order by ${order}`);
      await connection.run('checkpoint');
      if (parquet !== null && layout === duckdbLayouts[0]) await connection.run(`copy (from events) to '${parquet}'`);
      await connection.run('use memory');
      await connection.run(`detach ${layout.name}`);
      bytes[`duckdb ${layout.name}`] = (await stat(file)).size;
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function makeEnums(connection: DuckDBConnection): Promise<void> {
  for (const name of enumColumns)
    await connection.run(`create type ${name}_t as enum (select text from memory.${name}_texts order by text)`);
}

function selectStaged(texts: readonly string[], enums: boolean): string {
  const columns = columnNames.map((name) => {
    if (texts.includes(name)) {
      const text = `${name}_texts.text`;
      return enums && enumColumns.includes(name) ? `${text}::${name}_t as ${name}` : `${text} as ${name}`;
    }
    if (name === 'time') return 'make_timestamp_ms(time) as time';
    if (name === 'duration') return 'duration::integer as duration';
    return name === 'amount' ? 'case when isnan(amount) then null else amount end as amount' : name;
  });
  const joins = texts.map((name) => `join memory.${name}_texts on staged.${name} = ${name}_texts.code`);
  return `select ${columns.join(', ')} from memory.staged ${joins.join(' ')}`;
}

function makeClickHouse(
  folder: string,
  threads: number,
  parquet: string,
  bytes: Record<string, number>,
): Promise<void> {
  const session = openClickHouse(join(folder, 'clickhouse'), [`--max_threads=${threads}`]);
  try {
    for (const layout of clickhouseLayouts) {
      const type = (name: string): string =>
        layout.enums ? enumOf((sql) => session.query(sql, 'TSV'), parquet, name) : 'LowCardinality(String)';
      const columns = [
        "time DateTime64(3, 'UTC')",
        'actor String',
        ...enumColumns.map((name) => `${name} ${type(name)}`),
        'url LowCardinality(String)',
        'duration Int32',
        'amount Nullable(Float64)',
        'id Int64',
      ];
      const order = layout.order === 'time' ? 'time' : 'cityHash64(actor), time';
      session.query(`create table ${layout.name} (${columns.join(', ')}) engine = MergeTree order by (${order})`);
      const names = columns.map((column) => column.split(' ', 1)[0]).join(', ');
      session.query(`insert into ${layout.name} (${names}) select ${names} from file('${parquet}')`);
      session.query(`optimize table ${layout.name} final`);
      const sizes = session.query(
        `select sum(bytes_on_disk) from system.parts where table = '${layout.name}' and active`,
        'TSV',
      );
      bytes[`clickhouse ${layout.name}`] = Number(sizes);
    }
  } finally {
    session.close();
  }
  return Promise.resolve();
}

/** Enum8 where that many values fit, else Enum16. */
function enumOf(query: (sql: string) => string, parquet: string, name: string): string {
  const rows = query(
    `select distinct concat('\\'', replaceAll(replaceAll(${name}, '\\\\', '\\\\\\\\'), '\\'', '\\\\\\''), '\\'') as t ` +
      `from file('${parquet}') order by t format TSVRaw`,
  );
  const texts = rows.split('\n').filter((row) => row !== '');
  return `Enum${texts.length > 127 ? 16 : 8}(${texts.map((text, index) => `${text} = ${index}`).join(', ')})`;
}
