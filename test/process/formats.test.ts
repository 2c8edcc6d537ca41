import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, temporaryFolder, varve } from '../support.ts';

const folder = temporaryFolder();
const data = ['--data', join(folder, 'store')];

beforeAll(async () => {
  const input =
    '{"time":"2026-03-01T10:00:00.5Z","user":"a|b","id":9007199254740993,"x":0.1,"t":"tab\\there","l":[1,2],"ts":["ü",null]}\n' +
    '{"time":"2026-03-01T11:00:00Z","user":"a|b","id":-1,"ok":true}\n';
  await varve(['import', '-', ...data, '--quiet'], { input });
});

const query = ['query', 'select time, user, id, x, t, l, ts, ok from events', ...data];

describe('formats of an answer', () => {
  it('tsv and markdown', async () => {
    expect((await varve([...query, '--format', 'tsv'])).output).toBe(
      'time\tuser\tid\tx\tt\tl\tts\tok\n' +
        '2026-03-01T10:00:00.500Z\ta|b\t9007199254740993\t0.1\ttab\\there\t[1,2]\t["ü",null]\t\\N\n' +
        '2026-03-01T11:00:00.000Z\ta|b\t-1\t\\N\t\\N\t\\N\t\\N\ttrue\n',
    );
    const counted = ['query', 'select user, count() from events group by user', ...data, '--format', 'markdown'];
    expect((await varve(counted)).output).toBe('| user | count |\n|------|------:|\n| a\\|b |     2 |\n');
  });

  it('arrow, through a pipe and to a file, with the metadata in the schema', async () => {
    const file = join(folder, 'answer.arrow');
    const written = await varve([...query, '--format', 'arrow', '-o', file, '--meta']);
    expect([written.exitCode, written.output]).toEqual([0, '']);
    expect(JSON.parse(written.errors)).toMatchObject({ rows_scanned: 2 });
    const piped = spawnSync(process.execPath, [join(root, 'bin/varve.js'), ...query, '--format', 'arrow']);
    for (const bytes of [readFileSync(file), piped.stdout]) {
      const table = tableFromIPC(bytes);
      expect(table.schema.fields.map(({ type }) => String(type))).toEqual([
        ...['Timestamp<MILLISECOND, UTC>', 'Dictionary<Int32, Utf8>', 'Int64', 'Float64', 'Dictionary<Int32, Utf8>'],
        ...['List<Int64>', 'List<Dictionary<Int32, Utf8>>', 'Bool'],
      ]);
      expect([...table.getChild('id')!]).toEqual([9007199254740993n, -1n]);
      expect([...table.getChild('t')!]).toEqual(['tab\there', null]);
      expect([...(table.getChild('ts')!.get(0) as Iterable<unknown>)]).toEqual(['ü', null]);
      expect(JSON.parse(table.schema.metadata.get('meta')!)).toMatchObject({ rows_scanned: 2, exact: true });
    }
  });

  it('to a file: whole or not at all, and never over another', async () => {
    const own = temporaryFolder();
    const file = join(own, 'a.csv');
    const asked = ['query', 'select count() from events', ...data, '--format', 'csv', '-o', file];
    expect((await varve(asked)).output).toBe('');
    expect(readFileSync(file, 'utf8')).toBe('count\r\n2\r\n');
    const again = await varve(asked);
    expect([again.exitCode, again.errors]).toEqual([
      1,
      `varve: "${file}" is there already.\n--force replaces it, or name another file.\n`,
    ]);
    expect((await varve([...asked, '--force'])).exitCode).toBe(0);
    const failed = await varve(['query', 'select nope from events', ...data, '-o', join(own, 'b.ndjson')]);
    expect([failed.exitCode, readdirSync(own)]).toEqual([2, ['a.csv']]);
  });

  it('unknown ones are told by the nearest name', async () => {
    const wrong = await varve([...query, '--format', 'mardown']);
    expect([wrong.exitCode, wrong.errors]).toEqual([
      2,
      'varve: There is no output format "mardown".\nDid you mean markdown? There are arrow, csv, json, markdown, ndjson, table, tsv.\n',
    ]);
  });

  it('a reader that goes away is no failure', () => {
    const command = `"$1" bin/varve.js query "select time from events order by time" --data "$2" | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const run = spawnSync('bash', ['-c', command, 'bash', process.execPath, data[1]!], { cwd: root, encoding: 'utf8' });
    expect([run.stderr, run.stdout]).toEqual(['', '{"time":"2026-03-01T10:00:00.500Z"}\n0\n']);
  });

  it('a table shows what the document of the command shows', async () => {
    const rows = [
      ['2026-03-01T10:00:00Z', 'ada', 211_000],
      ['2026-03-01T10:04:00Z', 'bob', 90_000],
      ['2026-03-02T08:00:00Z', 'ada', 180_500],
      ['2026-03-04T21:30:00Z', 'cy', 4000],
    ].map(([time, user_id, ms]) => JSON.stringify({ time, user_id, ms }));
    const plays = ['--data', join(folder, 'plays')];
    await varve(['import', '-', '--table', 'plays', ...plays, '--quiet'], { input: rows.join('\n') });
    const document = readFileSync(join(root, 'docs/cli.md'), 'utf8');
    const examples = [...document.matchAll(/```sh\n\$ varve query "(.*)" --format table\n([\s\S]*?)```/g)];
    expect(examples.length).toBe(1);
    for (const [, asked, shown] of examples)
      expect((await varve(['query', asked!, '--format', 'table', ...plays])).output).toBe(shown);
    const plain = await varve(['query', examples[0]![1]!, '--format', 'table', '--no-bars', ...plays]);
    expect(plain.output).not.toMatch(/[▁-█]/);
  });
});
