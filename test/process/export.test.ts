import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';
import { open, type AppendRow } from '../../engine/index.ts';
import { ndjsonRows, root, temporaryFolder, varve } from '../support.ts';

/** Another reader of Arrow than the library that wrote it; $VARVE_PYTHON names a Python that has pyarrow. */
const python = process.env['VARVE_PYTHON'] ?? 'python3';
const hasPyarrow = spawnSync(python, ['-c', 'import pyarrow'], { stdio: 'ignore' }).status === 0;
if (!hasPyarrow)
  process.stderr.write(
    `\nSKIPPED: reading Arrow by another program, because ${python} has no pyarrow (VARVE_PYTHON names one that has).\n`,
  );

/** Rust's reader of Arrow, which writes Parquet: DuckDB reads that, and has no reader of Arrow without a network. */
interface RustReader {
  readonly Table: { fromIPCStream(bytes: Uint8Array): unknown };
  writeParquet(table: unknown): Uint8Array;
}

function loadRustReader(): RustReader | null {
  try {
    return createRequire(import.meta.url)('parquet-wasm') as RustReader;
  } catch {
    process.stderr.write('\nSKIPPED: reading Arrow by Rust, because parquet-wasm is not installed.\n');
    return null;
  }
}

const rust = loadRustReader();
const folder = temporaryFolder();
const data = join(folder, 'store');
const rowCount = 5000;

/** What each type has that is hard to keep. */
function row(n: number): AppendRow {
  return {
    time: new Date(1_700_000_000_000 + (n % 700) * 86_400_000),
    user_id: n % 5 === 1 ? null : `user ${n % 300}`,
    n,
    id: n % 2 === 0 ? 2n ** 63n - BigInt(n) - 1n : -(2n ** 63n) + BigInt(n),
    x: n % 7 === 1 ? null : (n + 1) / 7,
    ok: n % 3 === 1 ? null : n % 3 === 0,
    text: ['', 'a,"b"', 'line\nend\r\n', '\ttab \\ |', 'ü中😀', '00123', 'true', '-', 'null', '2024-03-01'][n % 10]!,
    ints: n % 4 === 1 ? null : n % 4 === 2 ? [] : [n, -1, 2n ** 60n],
    texts: n % 6 === 0 ? ['a', '', 'ü'] : null,
    'with.dot': n % 2 === 0 ? 'x' : null,
    __proto__: null,
  };
}

beforeAll(async () => {
  await using db = await open(data);
  const rows = Array.from({ length: rowCount }, (_, n) => row(n));
  await db.append('events', rows.slice(0, 3000), { actor: 'user_id' });
  await db.compact();
  await db.append('events', rows.slice(3000));
});

/** Every row with every column, in an order that does not hang on how they came. */
async function rowsOf(store: string): Promise<Record<string, unknown>[]> {
  const all = await varve(['query', 'select * from events order by n', '--data', store]);
  expect(all.errors).toBe('');
  return ndjsonRows(all.output);
}

describe('varve export', { timeout: 60_000 }, () => {
  it('as ndjson, imported into a new store, gives the same rows in the same order', async () => {
    const file = join(folder, 'events.ndjson');
    const done = await varve(['export', 'events', '-o', file, '--data', data, '--json']);
    expect([done.exitCode, done.errors]).toEqual([0, '']);
    const bytes = readFileSync(file);
    expect(JSON.parse(done.output)).toEqual({
      ...{ table: 'events', format: 'ndjson', file, rows: rowCount, columns: 10, bytes: bytes.length },
      elapsed_ms: expect.any(Number) as number,
      warnings: [],
    });
    const other = join(folder, 'other');
    const args = ['import', file, '--table', 'events', '--time', 'time', '--actor', 'user_id', '--data', other];
    expect((await varve([...args, '--quiet'])).exitCode).toBe(0);
    expect(await rowsOf(other)).toEqual(await rowsOf(data));
    const again = join(folder, 'again.ndjson');
    await varve(['export', 'events', '-o', again, '--data', other, '--quiet']);
    // Columns come in the order of their first values; rows of nobody have no order but that of their arrival.
    const ofActors = (text: string): unknown[] => ndjsonRows(text).filter((found) => found['user_id'] !== null);
    expect(ofActors(readFileSync(again, 'utf8'))).toEqual(ofActors(bytes.toString()));
    const types = async (store: string): Promise<unknown> => {
      const tables = JSON.parse((await varve(['tables', '--json', '--data', store])).output) as Record<
        string,
        unknown
      >[];
      return tables.find(({ name }) => name === 'events')!['columns'];
    };
    expect(await types(other)).toEqual(expect.arrayContaining((await types(data)) as unknown[]));
  });

  it('as csv, imported again, gives the same values, but for texts that read as something else', async () => {
    const file = join(folder, 'events.csv');
    expect((await varve(['export', 'events', '-o', file, '--data', data])).errors).toMatch(/^5,000 rows of events in /);
    const other = join(folder, 'from-csv');
    await varve(['import', file, '--time', 'time', '--actor', 'user_id', '--data', other, '--quiet']);
    const query = ['query', 'select time, user_id, n, id, x, ok, text, "with.dot" from events order by n'];
    const [before, after] = await Promise.all([data, other].map((store) => varve([...query, '--data', store])));
    expect(after!.output).toBe(before!.output);
  });

  it('as arrow, is read by apache-arrow in batches of one schema', async () => {
    const file = join(folder, 'events.arrow');
    await varve(['export', 'events', '-o', file, '--data', data]);
    const table = tableFromIPC(readFileSync(file));
    expect(table.schema.fields.map(({ name, type }) => `${name} ${String(type)}`)).toEqual([
      'time Timestamp<MILLISECOND, UTC>',
      'user_id Dictionary<Int32, Utf8>',
      'n Int64',
      'id Int64',
      'x Float64',
      'ok Bool',
      'text Dictionary<Int32, Utf8>',
      'ints List<Int64>',
      'texts List<Dictionary<Int32, Utf8>>',
      'with.dot Dictionary<Int32, Utf8>',
    ]);
    expect(JSON.parse(table.schema.metadata.get('meta')!)).toMatchObject({ table: 'events' });
    const rows = (await rowsOf(data)).map(({ n, id, text }) => [BigInt(n as number), BigInt(id as string), text]);
    const read = Array.from({ length: table.numRows }, (_, index) =>
      ['n', 'id', 'text'].map((name) => table.getChild(name)!.get(index) as unknown),
    );
    expect(read.sort((a, b) => Number((a[0] as bigint) - (b[0] as bigint)))).toEqual(rows);
  });

  it.skipIf(!hasPyarrow)('as arrow, is read by pyarrow, and so is an answer', async () => {
    const file = join(folder, 'py.arrow');
    await varve(['export', 'events', '-o', file, '--data', data]);
    const answer = join(folder, 'answer.arrow');
    await varve(['query', 'select * from events order by n', '-o', answer, '--format', 'arrow', '--data', data]);
    const program = [
      'import json, sys, pyarrow.ipc as ipc',
      'for file in sys.argv[1:]:',
      '    table = ipc.open_stream(open(file, "rb")).read_all()',
      '    table.validate(full=True)',
      '    print(json.dumps([json.loads(table.schema.metadata[b"meta"]), [str(f.type) for f in table.schema],',
      '        sorted(table.drop(["time"]).to_pylist(), key=lambda row: row["n"])]))',
    ].join('\n');
    const run = spawnSync(python, ['-c', program, file, answer], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    expect(run.stderr).toBe('');
    const expected = (await rowsOf(data)).map(({ time: _, ...rest }) => rest);
    for (const [line, meta] of run.stdout
      .trim()
      .split('\n')
      .map((text, index) => [text, index === 0] as const)) {
      // Python's ints have all their digits; here they are texts, as the answer has them.
      const exact = line.replace(/(?<![\d.-])-?\d{17,}(?![\d.])/g, (digits) => `"${digits}"`);
      const [about, types, rows] = JSON.parse(exact) as [Record<string, unknown>, string[], unknown[]];
      expect(about).toMatchObject(meta ? { table: 'events' } : { rows_scanned: rowCount, exact: true });
      expect(types.slice(0, 3)).toEqual([
        'timestamp[ms, tz=UTC]',
        'dictionary<values=string, indices=int32, ordered=0>',
        'int64',
      ]);
      expect(rows).toEqual(expected);
    }
  });

  it.skipIf(rust === null)('as arrow, is read by Rust, and so is an answer', async () => {
    const parquet = join(folder, 'direct.parquet');
    await varve(['export', 'events', '-o', parquet, '--data', data]);
    const file = join(folder, 'rust.arrow');
    await varve(['export', 'events', '-o', file, '--data', data]);
    const answer = join(folder, 'rust-answer.arrow');
    await varve(['query', 'select * from events', '-o', answer, '--format', 'arrow', '--data', data]);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    for (const arrow of [file, answer]) {
      const other = `${arrow}.parquet`;
      writeFileSync(other, rust!.writeParquet(rust!.Table.fromIPCStream(readFileSync(arrow))));
      const differing = await connection.runAndReadAll(
        `select (select count(*) from '${other}'), count(*) from ((from '${parquet}' except all from '${other}') ` +
          `union all (from '${other}' except all from '${parquet}'))`,
      );
      expect([arrow, differing.getRows()]).toEqual([arrow, [[BigInt(rowCount), 0n]]]);
    }
    connection.closeSync();
  });

  it('as parquet, is read by DuckDB', async () => {
    const file = join(folder, 'events.parquet');
    await varve(['export', 'events', '-o', file, '--data', data]);
    const ndjson = join(folder, 'for-duckdb.ndjson');
    await varve(['export', 'events', '-o', ndjson, '--data', data]);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const typed = await connection.runAndReadAll(`describe select * from '${file}'`);
    expect(typed.getRows().map(([name, type]) => `${String(name)} ${String(type)}`)).toEqual([
      'time TIMESTAMP WITH TIME ZONE',
      'user_id VARCHAR',
      'n BIGINT',
      'id BIGINT',
      'x DOUBLE',
      'ok BOOLEAN',
      'text VARCHAR',
      'ints BIGINT[]',
      'texts VARCHAR[]',
      'with.dot VARCHAR',
    ]);
    const columns =
      "{time: 'timestamptz', user_id: 'varchar', n: 'bigint', id: 'bigint', x: 'double', ok: 'boolean', text: 'varchar', " +
      "ints: 'bigint[]', texts: 'varchar[]', \"with.dot\": 'varchar'}";
    const other = `(select * from read_json('${ndjson}', format = 'newline_delimited', columns = ${columns}))`;
    const differing = await connection.runAndReadAll(
      `select count(*) from ((select * from '${file}' except all ${other}) union all (${other} except all select * from '${file}'))`,
    );
    expect(differing.getRows()).toEqual([[0n]]);
    connection.closeSync();
  });

  it('of a range, and of nothing, which has a header all the same', async () => {
    const range = ['--since', '2024-01-01', '--until', '2024-02-01', '--data', data];
    const counted = await varve([
      'query',
      "select count() from events since '2024-01-01' until '2024-02-01'",
      '--data',
      data,
    ]);
    const some = await varve(['export', 'events', ...range]);
    expect(ndjsonRows(some.output).length).toBe(ndjsonRows(counted.output)[0]!['count']);
    expect(some.errors).toMatch(/^\d+ rows of events in .*: .* of ndjson\n$/);
    const none = ['export', 'events', '--since', '2030-01-01', '--data', data, '--quiet'];
    expect((await varve([...none, '--format', 'csv'])).output).toBe(
      'time,user_id,n,id,x,ok,text,ints,texts,with.dot\r\n',
    );
    expect((await varve(none)).output).toBe('');
    for (const format of ['arrow', 'parquet']) {
      const file = join(folder, `none.${format}`);
      expect((await varve([...none, '-o', file])).exitCode).toBe(0);
      if (format === 'arrow') expect(tableFromIPC(readFileSync(file)).schema.fields.length).toBe(10);
    }
  });

  it('says what JSON has no number for', async () => {
    const store = join(folder, 'odd');
    {
      await using db = await open(store);
      await db.append('e', [
        { time: 1, x: NaN },
        { time: 2, x: 1.5 },
        { time: 3, x: -Infinity },
      ]);
    }
    const done = await varve(['export', 'e', '--data', store]);
    expect(done.output.match(/"x":[^}]*/g)!.sort()).toEqual(['"x":"-Infinity"', '"x":"NaN"', '"x":1.5']);
    expect(done.errors).toContain('warning: x: NaN and infinities are written as texts');
  });

  it.each([
    [['nowhere', '-o', 'a.csv'], 2, 'There is no table "nowhere".'],
    [['event', '-o', 'a.csv'], 2, 'Did you mean events?'],
    [['events', '-o', 'a.xlsx'], 2, '--format arrow|csv|ndjson|parquet'],
    [['events', '--format', 'parket', '-o', 'a'], 2, 'Did you mean parquet?'],
    [['events', '-o', 'missing/a.csv'], 1, 'There is no folder "missing" to write "missing/a.csv" in.'],
    [['events', '-o', 'there.csv'], 1, '"there.csv" is there already.'],
    [['events', '-o', 'folder', '--format', 'csv'], 2, '"folder" is a folder.'],
    [['events', '--since', '2024-99', '-o', 'a.csv'], 2, "'2024-99' is no fixed time."],
    [['events', '--since', 'tomorrow', '-o', 'a.csv'], 2, "'tomorrow' is no fixed time."],
    [['events', '--timezone', 'Mars', '-o', 'a.csv'], 2, 'There is no time zone "Mars".'],
  ])('%j: one line, then the mend, and no file left', async (args, exitCode, message) => {
    const own = temporaryFolder();
    writeFileSync(join(own, 'there.csv'), 'mine');
    mkdirSync(join(own, 'folder'));
    const done = await varve(['export', ...args, '--data', data], { cwd: own });
    expect([done.exitCode, done.output, done.errors]).toEqual([exitCode, '', expect.stringContaining(message)]);
    expect(done.errors).toMatch(/^varve: .*\n.+\n$/);
    expect([readdirSync(own).sort(), readFileSync(join(own, 'there.csv'), 'utf8')]).toEqual([
      ['folder', 'there.csv'],
      'mine',
    ]);
  });

  it('replaces a file when told to, and writes to what is no file as it is', async () => {
    const file = join(folder, 'mine.csv');
    writeFileSync(file, 'mine');
    const few = ['export', 'events', '--until', '2023-11-15', '--data', data, '--format', 'csv', '--quiet'];
    expect((await varve([...few, '-o', file, '--force'])).exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^time,/);
    expect((await varve([...few, '-o', '/dev/null'])).exitCode).toBe(0);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('ends quietly when its reader goes away', () => {
    const command = `"$1" bin/varve.js export events --data "$2" | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const run = spawnSync('bash', ['-c', command, 'bash', process.execPath, data], { cwd: root, encoding: 'utf8' });
    expect([run.stderr, run.stdout.split('\n').slice(1)]).toEqual(['', ['0', '']]);
    expect(ndjsonRows(run.stdout.split('\n')[0]!).length).toBe(1);
  });
});
