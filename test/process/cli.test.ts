import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ndjsonRows, root, temporaryFolder, varve } from '../support.ts';

const line = (host: string, second: number, path: string): string =>
  `${host} - - [01/Mar/2026:10:00:${String(second).padStart(2, '0')} +0100] "GET ${path} HTTP/1.1" 200 12 "-" "curl/8"\n`;

describe('the varve command', () => {
  it('inspects, imports and answers from a log, and adds only what is new', async () => {
    const folder = temporaryFolder();
    const log = join(folder, 'access.log');
    const data = ['--data', join(folder, 'store')];
    writeFileSync(log, line('192.0.2.1', 1, '/a') + line('192.0.2.2', 2, '/a') + line('192.0.2.1', 3, '/b'));
    const inspected = await varve(['inspect', log, '--json']);
    expect(JSON.parse(inspected.output)).toMatchObject({
      format: 'apache',
      rows: 3,
      time: 'time',
      actor: 'host',
      rejectedCount: 0,
    });
    expect((await varve(['import', log, ...data])).exitCode).toBe(0);
    const query = [
      'query',
      'select path, count(), uniq(host), min(time) from events group by path order by count desc',
      ...data,
    ];
    const first = await varve(query);
    expect(ndjsonRows(first.output)).toEqual([
      { path: '/a', count: 2, 'uniq(host)': 2, 'min(time)': '2026-03-01T09:00:01.000Z' },
      { path: '/b', count: 1, 'uniq(host)': 1, 'min(time)': '2026-03-01T09:00:03.000Z' },
    ]);
    const again = await varve(['import', log, ...data, '--json']);
    expect(JSON.parse(again.output)).toMatchObject({ rows: 0, resumed: 1 });
    appendFileSync(log, line('192.0.2.3', 4, '/b'));
    renameSync(log, join(folder, 'access.log.1'));
    const grown = await varve(['import', join(folder, 'access.log.1'), ...data, '--json']);
    expect(JSON.parse(grown.output)).toMatchObject({ rows: 1 });
    const counted = await varve(['query', 'select count() from events', ...data, '--format', 'csv']);
    expect(counted.output).toBe('count\r\n4\r\n');
  });

  it('keeps rows that cannot be read, and says so by its exit code', async () => {
    const folder = temporaryFolder();
    const data = ['--data', join(folder, 'store')];
    const input =
      '{"time":"2026-03-01T10:00:00Z","user_id":1,"__proto__":"x"}\n{broken\n{"user_id":2}\n{"time":"2026-03-01T10:00:01Z","user_id":9007199254740993}\n';
    const imported = await varve(['import', '-', ...data, '--json'], { input });
    expect([imported.exitCode, JSON.parse(imported.output)]).toMatchObject([3, { rows: 2, rejected: 2 }]);
    const rejected = await varve(['rejected', ...data]);
    expect(ndjsonRows(rejected.output).map((row) => row['raw'])).toEqual(
      expect.arrayContaining(['{broken', '{"user_id":2}']),
    );
    const rows = await varve(['query', 'select user_id, "__proto__" from events', ...data]);
    expect(rows.output).toBe('{"user_id":1,"__proto__":"x"}\n{"user_id":"9007199254740993","__proto__":null}\n');
  });

  it('reads a folder with gzip, keeps what came before a damaged place, and lists what it left out', async () => {
    const folder = temporaryFolder();
    const data = ['--data', join(folder, 'store')];
    const logs = join(folder, 'logs');
    mkdirSync(logs);
    writeFileSync(join(logs, 'a.csv'), 'time,user,zip\n2026-03-01 10:00,ada,00123\n2026-03-01 10:01,bob,\n');
    writeFileSync(join(logs, 'b.csv.gz'), gzipSync('time,user,zip\n2026-03-02 10:00,ada,"a\nb"\n'));
    const many = `time,user,zip\n${Array.from({ length: 200_000 }, (_, i) => `2026-03-03 10:00,u${i},${(i * 7919) % 100_003}\n`).join('')}`;
    writeFileSync(join(logs, 'c.csv.gz'), gzipSync(many).subarray(0, 400_000));
    writeFileSync(join(logs, 'd.json'), '{"time":"2026-03-01T10:00:00Z"}\n');
    const imported = await varve(['import', logs, ...data, '--json']);
    const summary = JSON.parse(imported.output) as { rows: number; skipped: { file: string; reason: string }[] };
    expect(imported.exitCode).toBe(3);
    expect(summary.skipped.map(({ file }) => file.slice(logs.length + 1))).toEqual(['c.csv.gz', 'd.json']);
    expect(summary.skipped[0]!.reason).toContain('damaged or cut');
    const zips = await varve(['query', "select zip from events where user in ('ada', 'bob') order by time", ...data]);
    expect(ndjsonRows(zips.output)).toEqual([{ zip: '00123' }, { zip: null }, { zip: 'a\nb' }]);
  });

  it.each([
    [['import', 'EMPTY'], 2, 'is empty'],
    [['import', 'BINARY'], 2, 'is binary'],
    [['import', 'nowhere.log'], 1, 'is not there'],
    [['query', 'select count() from events'], 1, 'There is no store'],
    [['query', 'select count() from events', '--format', 'xml'], 2, 'There is no output format "xml"'],
    [['nonsense'], 2, 'unknown command'],
  ])('%j gives a clear error', async (args, exitCode, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'EMPTY'), '');
    writeFileSync(join(folder, 'BINARY'), new Uint8Array(4096));
    const finished = await varve([...args, '--data', join(folder, 'store')], { cwd: folder });
    expect([finished.exitCode, finished.errors]).toEqual([exitCode, expect.stringContaining(message)]);
    expect(finished.errors).not.toContain('    at ');
  });

  it('answers in the shell, and goes on after an error', async () => {
    const folder = temporaryFolder();
    const data = ['--data', join(folder, 'store')];
    await varve(['import', '-', ...data, '--quiet'], { input: 'time,user\n2026-03-01,ada\n' });
    const shell = await varve(['shell', ...data], {
      input: 'select nope from events;\n\\d\nselect count()\nfrom events;\n\\q\n',
    });
    expect(shell.errors).toContain('No event of "events" has a property "nope".');
    expect(shell.output).toBe('events  1 row\n{"count":1}\n');
  });

  it('keeps the shell going over several queries a line, texts with semicolons, and unknown commands', async () => {
    const folder = temporaryFolder();
    const data = ['--data', join(folder, 'store')];
    await varve(['import', '-', ...data, '--quiet'], { input: 'time,user\n2026-03-01,ada\n2026-03-02,bob;\n' });
    const input = [
      "select count() from events; select user from events where user = 'bob;';",
      '\\x',
      '\\d events',
      '\\d nowhere',
      'select uniq(user)',
      'from events',
      '',
      'select max(user) from events',
    ].join('\n');
    const shell = await varve(['shell', ...data], { input });
    expect([shell.exitCode, shell.output.split('\n')]).toEqual([
      0,
      ['{"count":2}', '{"user":"bob;"}', 'time  time', 'user  text', '{"uniq(user)":2}', '{"max(user)":"bob;"}', ''],
    ]);
    expect(shell.errors).toContain('There is no \\x.');
    expect(shell.errors).toContain('There is no table "nowhere".\nThere are events.');
  });

  it('prints every format as the contract says', async () => {
    const folder = temporaryFolder();
    const data = ['--data', join(folder, 'store')];
    const input =
      '{"time":"2026-03-01T10:00:00.5+01:00","user":"a","id":9007199254740993,"x":0.1,"t":"a\\"b,\\nc","l":[1,2],"e":""}\n' +
      '{"time":"2026-03-01T11:00:00Z","id":-1,"ok":true,"wide":"名😀"}\n';
    await varve(['import', '-', ...data, '--quiet'], { input });
    const query = ['query', 'select time, id, x, t, l, e, ok, wide from events', ...data];
    const ndjson = await varve([...query, '--format', 'ndjson']);
    expect(ndjson.output).toBe(
      '{"time":"2026-03-01T09:00:00.500Z","id":"9007199254740993","x":0.1,"t":"a\\"b,\\nc","l":[1,2],"e":"","ok":null,"wide":null}\n' +
        '{"time":"2026-03-01T11:00:00.000Z","id":-1,"x":null,"t":null,"l":null,"e":null,"ok":true,"wide":"名😀"}\n',
    );
    const csv = await varve([...query, '--format', 'csv']);
    expect(csv.output).toBe(
      'time,id,x,t,l,e,ok,wide\r\n' +
        '2026-03-01T09:00:00.500Z,9007199254740993,0.1,"a""b,\nc","[1,2]","",,\r\n' +
        '2026-03-01T11:00:00.000Z,-1,,,,,true,名😀\r\n',
    );
    const json = JSON.parse((await varve([...query, '--json'])).output) as Record<string, unknown>;
    expect(json).toMatchObject({
      columns: [
        { name: 'time', type: 'time' },
        { name: 'id', type: 'int' },
        { name: 'x', type: 'float' },
        { name: 't', type: 'text' },
        { name: 'l', type: 'list of int' },
        { name: 'e', type: 'text' },
        { name: 'ok', type: 'bool' },
        { name: 'wide', type: 'text' },
      ],
      rows: [
        ['2026-03-01T09:00:00.500Z', '9007199254740993', 0.1, 'a"b,\nc', [1, 2], '', null, null],
        ['2026-03-01T11:00:00.000Z', -1, null, null, null, null, true, '名😀'],
      ],
      meta: { rows_scanned: 2, rows_matched: 2, sample: 1, exact: true, warnings: [] },
    });
    const table = await varve(['query', 'select wide, t, id from events', ...data, '--format', 'table']);
    expect(table.output.split('\n')).toEqual([
      '┌──────┬────────┬──────────────────┐',
      '│ wide │ t      │               id │',
      '├──────┼────────┼──────────────────┤',
      '│ ∅    │ a"b,⏎c │ 9007199254740993 │',
      '│ 名😀 │ ∅      │               -1 │',
      '└──────┴────────┴──────────────────┘',
      '',
    ]);
    const none = await varve(['query', 'select wide from events limit 0', ...data, '--format', 'table']);
    expect(none.output).toBe('┌──────┐\n│ wide │\n└──────┘\n');
  });

  it('reads the query from standard input, its parameters, and tells the metadata and warnings apart', async () => {
    const folder = temporaryFolder();
    const data = ['--data', join(folder, 'store')];
    await varve(['import', '-', ...data, '--quiet'], { input: 'time,user,n\n2026-03-01,ada,1\n2026-03-02,12,0\n' });
    const query = 'select user, 1 / n as x\nfrom events\nwhere user in ($who, $text)';
    const given = ['--param', 'who=ada', '--param', "text='12'", '--meta'];
    const finished = await varve(['query', '-', ...data, ...given], { input: query });
    expect(finished.output).toBe('{"user":"ada","x":1}\n{"user":"12","x":null}\n');
    const [warning, meta] = finished.errors.trim().split('\n');
    expect(warning).toBe('warning: 1 value of / could not be had and is null.');
    expect(JSON.parse(meta!)).toMatchObject({ rows_scanned: 2, exact: true });
    const quiet = await varve(['query', '-', ...data, ...given.slice(0, 4), '--quiet'], { input: query });
    expect(quiet.errors).toBe('');
    const wrong = await varve(['query', '-', ...data], { input: query });
    expect([wrong.exitCode, wrong.errors.split('\n')]).toEqual([
      2,
      [
        'varve: The parameter $who has no value.',
        '  where user in ($who, $text)',
        '                 ^^^^',
        'Give it one: --param who=VALUE, or params: { who: … }.',
        '',
      ],
    ]);
  });

  it.each([
    [['help', 'nonsense'], 2, 'There is no command "nonsense"'],
    [['tables', '--nope'], 2, "unknown option '--nope'"],
    [['query'], 2, "missing required argument 'query'"],
    [['query', 'select 1 from a', 'more'], 2, 'too many arguments'],
    [['query', 'select 1 from a', '--param', 'x'], 2, '--param x is not NAME=VALUE'],
    [['rejected', '--limit', 'many'], 2, '--limit many is no whole number'],
    [['tables'], 1, 'There is no store'],
    [['check'], 1, 'There is no store'],
    [['compact'], 1, 'There is no store'],
    [['shell'], 1, 'There is no store'],
  ])('%j: one line, then the mend, and no folder made', async (args, exitCode, message) => {
    const folder = temporaryFolder();
    const finished = await varve(args, { cwd: folder });
    expect([finished.exitCode, finished.errors]).toEqual([exitCode, expect.stringContaining(message)]);
    expect(finished.errors).toMatch(/^varve: .*\n.+\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says what to do in a checkout that is not built', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'bin'));
    copyFileSync(join(root, 'bin', 'varve.js'), join(folder, 'bin', 'varve.mjs'));
    const run = spawnSync(process.execPath, [join(folder, 'bin', 'varve.mjs'), 'tables'], { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([
      1,
      'varve: this checkout is not built yet.\nRun `npm run build` first.\n',
    ]);
  });

  it('compacts, and says from what to what', async () => {
    const folder = temporaryFolder();
    const data = ['--data', join(folder, 'store')];
    await varve(['import', '-', ...data, '--quiet'], { input: 'time,user\n2026-03-01,ada\n2026-03-02,bob\n' });
    const told = await varve(['compact', ...data]);
    expect([told.exitCode, told.errors, told.output]).toEqual([
      0,
      '',
      expect.stringMatching(/^1 table of 2 rows in .*: \d+ → \d+ segments?, .* → .*\n$/),
    ]);
    const json = JSON.parse((await varve(['compact', 'events', ...data, '--json'])).output) as Record<string, number>;
    expect(json).toMatchObject({ tables: 1, rows: 2, segmentsAfter: 1 });
    const wrong = await varve(['compact', 'nowhere', ...data]);
    expect([wrong.exitCode, wrong.errors]).toEqual([2, expect.stringContaining('There is no table "nowhere"')]);
  });

  it('has an example for every command', async () => {
    const help = await varve([]);
    const names = [...help.output.matchAll(/^ {2}(\w+) /gm)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'varve');
    expect(names).toEqual(expect.arrayContaining(['inspect', 'import', 'query', 'shell', 'tables', 'compact', 'help']));
    for (const name of names.filter((candidate) => candidate !== 'help')) {
      const one = await varve(['help', name]);
      expect([one.exitCode, one.output]).toEqual([
        0,
        expect.stringMatching(new RegExp(`Examples?:\\n  varve ${name}`)),
      ]);
    }
  });
});
