import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFiles } from '../ingest.ts';
import { openClickHouse } from './clickhouse-package.ts';
import { loadEngine } from './engine-package.ts';
import { isWanted, type PeersOptions } from './options.ts';
import type { Contender } from './contenders.ts';
import { measureRow } from './measure-row.ts';
import type { Question } from './questions.ts';
import { describeRow } from './rows-part.ts';
import type { RowResult, RowsPart } from './results.ts';
import { beginPart } from './versions.ts';

/** A file of the demo's, and how each engine reads it into a table of its own. `{file}` stands for its path. */
interface Intake {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  readonly varve: {
    readonly table: string;
    readonly format: 'json' | 'nginx';
    readonly time: string;
    readonly actor: string;
  };
  readonly varveCheck: string;
  readonly duckdb: string;
  readonly clickhouse: readonly string[];
  readonly check: string;
}

const fields = ['host', 'who', 'time', 'method', 'url', 'protocol', 'status', 'bytes', 'referrer', 'agent'];
/** A combined log's line; `s` is how a text of SQL writes one backslash. */
const combined = (s: string): string =>
  String.raw`^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S*) ?(\S*) ?([^"]*)" (\d+) (\d+) "([^"]*)" "([^"]*)"$`.replaceAll(
    '\\',
    s,
  );

const intakes: readonly Intake[] = [
  {
    id: 'I1',
    title: 'NDJSON file to durable and queryable',
    path: 'app/events.ndjson',
    varve: { table: 'app', format: 'json', time: 'time', actor: 'user_id' },
    varveCheck: 'select count(), uniq(user_id) from app',
    duckdb: "create table t as select * from read_json('{file}', format = 'newline_delimited')",
    clickhouse: [
      'create table t engine = MergeTree order by (user_id, time) settings allow_nullable_key = 1 ' +
        "as select * from file('{file}', 'JSONEachRow')",
    ],
    check: 'select count(*), count(distinct user_id) from t',
  },
  {
    id: 'I2',
    title: 'combined access log to durable and queryable',
    path: 'web/access.log',
    varve: { table: 'web', format: 'nginx', time: 'time', actor: 'user' },
    varveCheck: 'select count(), sum(bytes) from web',
    duckdb:
      "create table t as select g.host, g.who, strptime(g.time, '%d/%b/%Y:%H:%M:%S %z') as time, g.method, g.url, " +
      'g.protocol, g.status::usmallint as status, g.bytes::ubigint as bytes, g.referrer, g.agent from ' +
      `(select regexp_extract(line, '${combined('\\')}', [${fields.map((name) => `'${name}'`).join(', ')}]) g from ` +
      "read_csv('{file}', columns = {'line': 'varchar'}, delim = '\\0', quote = '', escape = '', header = false, " +
      'auto_detect = false))',
    clickhouse: [
      "create table t (host String, who LowCardinality(String), time DateTime('UTC'), method LowCardinality(String), " +
        'url String, protocol LowCardinality(String), status UInt16, bytes UInt64, referrer String, ' +
        'agent LowCardinality(String)) engine = MergeTree order by (who, time)',
      "insert into t select g[1], g[2], parseDateTime(substring(g[3], 1, 20), '%d/%b/%Y:%H:%i:%S', 'UTC'), g[4], g[5], " +
        'g[6], toUInt16(g[7]), toUInt64(g[8]), g[9], g[10] from ' +
        `(select extractGroups(line, '${combined('\\\\')}') g from file('{file}', 'LineAsString'))`,
    ],
    check: 'select count(*), sum(bytes) from t',
  },
];

const fileEventsMax = 1_000_000;

/** Reads files of the demo's world into fresh stores of each engine, until closed and durable as each has it. */
export async function runIngestPart(
  folder: string,
  options: PeersOptions,
  print: (text: string) => void,
): Promise<RowsPart> {
  const fileEvents = Math.min(fileEventsMax, Math.ceil(options.events / 20));
  const head = beginPart('ingest', options, { data: 'demo', threads: options.threads, events: fileEvents });
  const started = performance.now();
  const files = join(folder, 'files');
  await makeFiles(files, { fileEvents, seed: options.seed });
  const rows: RowResult[] = [];
  const notes = [
    'Until the store is closed: Varve has synced its segments, DuckDB has made a checkpoint, ClickHouse has written its part (it syncs nothing by itself).',
  ];
  for (const intake of intakes) {
    if (!isWanted(options.rows, intake.id)) continue;
    const file = join(files, intake.path);
    const effort = { ...options.otherEffort, budgetMs: 3 * options.otherEffort.budgetMs };
    const row = await measureRow(questionOf(intake), contendersOf(intake, file, folder, options), effort);
    rows.push(row);
    const bytes = statSync(file).size;
    notes.push(`${intake.id}: ${(bytes / 1e6).toFixed(0)} MB; ${speedsOf(row, bytes)}`);
    print(`ingest ${describeRow(row)}\n`);
  }
  rmSync(files, { recursive: true, force: true });
  return { ...head, kind: 'rows', rows, seconds: (performance.now() - started) / 1000, notes };
}

function questionOf({ id, title }: Intake): Question {
  return { id, title, varve: '', duckdb: [], clickhouse: [], columns: ['int', 'int'], order: 'none' };
}

function speedsOf({ timings }: RowResult, bytes: number): string {
  return timings.map(({ engine, medianMs }) => `${engine} ${(bytes / 1e3 / medianMs).toFixed(0)} MB/s`).join(', ');
}

/** Every run begins with a folder that is not there. */
function contendersOf(intake: Intake, file: string, folder: string, options: PeersOptions): Contender[] {
  const fresh = (engine: string): string => {
    const path = join(folder, `ingest-${engine}`);
    rmSync(path, { recursive: true, force: true });
    rmSync(`${path}.wal`, { force: true });
    return path;
  };
  const contender = (
    engine: Contender['engine'],
    load: (path: string, check: boolean) => Promise<readonly unknown[]>,
  ): Contender => ({
    engine,
    layout: 'fresh',
    variant: 0,
    text: '',
    ask: () => load(fresh(engine), false),
    answer: async () => [(await load(fresh(engine), true)).map(String)],
  });
  return [
    contender('varve', (path, check) => loadVarve(intake, file, path, check ? intake.varveCheck : null, options)),
    contender('duckdb', (path, check) => loadDuckdb(intake, file, path, check, options)),
    ...(options.clickhouse
      ? [contender('clickhouse', (path, check) => loadClickHouse(intake, file, path, check, options))]
      : []),
  ];
}

async function loadVarve(
  { varve }: Intake,
  file: string,
  path: string,
  check: string | null,
  { threads }: PeersOptions,
): Promise<readonly unknown[]> {
  const { open } = await loadEngine();
  await using db = await open(path, { threads });
  await db.import(file, varve);
  if (check === null) return [];
  const result = await db.query(check);
  return result.rows().flatMap((row) => Object.values(row));
}

async function loadDuckdb(
  { duckdb, check: sql }: Intake,
  file: string,
  path: string,
  check: boolean,
  { threads }: PeersOptions,
): Promise<readonly unknown[]> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(path, { threads: String(threads) });
  const connection = await instance.connect();
  try {
    await connection.run(duckdb.replaceAll('{file}', file));
    await connection.run('checkpoint');
    return check ? (await connection.runAndReadAll(sql)).getRowsJS().flat() : [];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function loadClickHouse(
  { clickhouse, check: sql }: Intake,
  file: string,
  path: string,
  check: boolean,
  { threads }: PeersOptions,
): Promise<readonly unknown[]> {
  const session = openClickHouse(path, [`--max_threads=${threads}`]);
  try {
    for (const statement of clickhouse)
      await session.queryAsync(statement.replaceAll('{file}', file), { format: 'Null' });
    return check ? session.query(sql, 'TSV').trim().split('\t') : [];
  } finally {
    session.close();
  }
}
