import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ImportSummary } from '../../dist/engine/index.js';
import { ndjsonRows, root, temporaryFolder, varve, type Finished } from '../support.ts';

const good = '{"time":"2026-03-01T10:00:00Z","user_id":"ada","n":1}\n';

interface Place {
  readonly folder: string;
  /** Writes a file, imports it. */
  put(name: string, content: string | Uint8Array): string;
  run(...args: string[]): Promise<Finished>;
  /** Rows of `events`, then reasons in the quarantine. */
  rows(): Promise<Record<string, unknown>[]>;
  rejected(): Promise<Record<string, unknown>[]>;
}

/** A store in which one good row is already: whatever comes, it is still there. */
async function placeWithOneRow(): Promise<Place> {
  const folder = temporaryFolder();
  const data = ['--data', join(folder, 'store')];
  const place: Place = {
    folder,
    put(name, content) {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
    async run(...args) {
      const finished = await varve([...args, ...data]);
      expect(finished.errors).not.toMatch(/^ +at /m);
      return finished;
    },
    rows: async () => ndjsonRows((await place.run('query', 'select * from events order by time')).output),
    rejected: async () => ndjsonRows((await place.run('rejected')).output),
  };
  expect((await place.run('import', place.put('before.json', good))).exitCode).toBe(0);
  return place;
}

const summaryOf = (finished: Finished): ImportSummary => JSON.parse(finished.output) as ImportSummary;

describe('bad input leaves its clear error or its row in the quarantine, and what was in stays', () => {
  it('empty, binary, unknown, missing files, time zones and columns', async () => {
    const place = await placeWithOneRow();
    const csv = place.put('a.csv', 'time,who\n2026-03-01,ada\n');
    const cases: [string[], number, RegExp][] = [
      [[place.put('empty', '')], 2, /"[^"]*empty" is empty/],
      [[place.put('binary', new Uint8Array(4096))], 2, /is binary/],
      [[place.put('prose', 'Once upon a time\nthere was a log.\n')], 2, /was not recognised/],
      [[join(place.folder, 'nowhere')], 1, /is not there/],
      [[join(place.folder, '*.nope')], 1, /No file matches/],
      [[csv, '--timezone', 'Mars/Olympus'], 2, /no time zone "Mars\/Olympus"/],
      [[csv, '--table', 't', '--time', 'when'], 2, /has no column "when"\.\nIt has time, who\./],
      [[csv, '--table', 't', '--actor', 'whom'], 2, /has no column "whom"/],
      [[csv, '--format', 'xml'], 2, /no format "xml"/],
      [[csv, '--set', 'site'], 2, /is not NAME=VALUE/],
      [[csv, '--table', '_rejected'], 2, /no name for a table/],
    ];
    for (const [args, exitCode, message] of cases) {
      const finished = await place.run('import', ...args);
      expect([args, finished.exitCode, finished.errors]).toEqual([args, exitCode, expect.stringMatching(message)]);
    }
    expect(await place.rows()).toMatchObject([{ user_id: 'ada', n: 1 }]);
  });

  it('a truncated gzip: what came before the cut is in', async () => {
    const place = await placeWithOneRow();
    const lines = Array.from({ length: 5000 }, (_, n) => good.replace('"n":1', `"n":${(n * 7919) % 10_007}`)).join('');
    const packed = gzipSync(lines);
    const finished = await place.run('import', place.put('cut.gz', packed.subarray(0, packed.length >> 1)));
    expect([finished.exitCode, finished.errors]).toEqual([
      1,
      expect.stringMatching(/damaged or cut.*\nWhat came before is in/),
    ]);
    const kept = (await place.rows()).length;
    expect([kept > 1000, kept < 5000]).toEqual([true, true]);
    expect(summaryOf(await place.run('import', place.put('cut.gz', packed), '--json')).rows).toBe(5001 - kept);
  });

  it('a line of 100 MB: one rejected row, in bounded memory, and the rows around it are in', async () => {
    const place = await placeWithOneRow();
    const path = join(place.folder, 'long.json');
    const file = openSync(path, 'w');
    const block = Buffer.alloc(1_000_000, 'x');
    writeSync(file, `${good.replace('"n":1', '"n":2')}{"time":"2026-03-01T10:00:00Z","text":"`);
    for (let i = 0; i < 100; i++) writeSync(file, block);
    writeSync(file, `"}\n${good.replace('"n":1', '"n":3')}`);
    closeSync(file);
    const measured = await run(process.execPath, [
      '--import',
      `data:text/javascript,process.on('exit',()=>console.error('peak',process.resourceUsage().maxRSS))`,
      join(root, 'bin/varve.js'),
      ...['import', path, '--data', join(place.folder, 'store'), '--json'],
    ]);
    expect([measured.exitCode, summaryOf(measured)]).toMatchObject([3, { rows: 2, rejected: 1 }]);
    expect(Number(/peak (\d+)/.exec(measured.errors)![1])).toBeLessThan(400 * 1024);
    expect((await place.rows()).map(({ n }) => n)).toEqual([1, 2, 3]);
    expect((await place.rejected()).map(({ reason }) => reason)).toEqual([expect.stringContaining('recordBytesMax')]);
  });

  it('a CSV of 30,000 columns', async () => {
    const place = await placeWithOneRow();
    const names = Array.from({ length: 30_000 }, (_, i) => `c${i}`);
    const csv = place.put('wide.csv', `time,${names.join(',')}\n2026-03-01,${names.map((_, i) => i).join(',')}\n`);
    const finished = await place.run('import', csv);
    expect([finished.exitCode === 0, finished.errors]).toEqual([false, expect.stringContaining('columnsMax')]);
    expect(await place.rows()).toEqual([expect.objectContaining({ user_id: 'ada', n: 1 })]);
  });

  it('NUL bytes, invalid UTF-8, names like __proto__', async () => {
    const place = await placeWithOneRow();
    const bytes = Buffer.concat([
      Buffer.from('{"time":"2026-03-01T10:00:01Z","n":2,"__proto__":"p","constructor":{"prototype":"c"}}\n'),
      Buffer.from('{"time":"2026-03-01T10:00:02Z","n":3,"text":"a\u0000b"}\n'),
      Buffer.from([
        ...Buffer.from('{"time":"2026-03-01T10:00:03Z","n":4,"text":"'),
        0xff,
        0xfe,
        ...Buffer.from('"}\n'),
      ]),
      Buffer.from('{"time":"2026-03-01T10:00:04Z","n":5}\n'.repeat(20)),
    ]);
    const summary = summaryOf(await place.run('import', place.put('odd.json', bytes), '--json'));
    expect(summary.rows + summary.rejected).toBe(23);
    expect((await place.rejected()).length).toBe(summary.rejected);
    const found = await place.run(
      'query',
      'select "__proto__" as p, "constructor.prototype" as c from events where n = 2',
    );
    expect(found.output).toBe('{"p":"p","c":"c"}\n');
  });

  it('a file and a folder that this user may not read', async (context) => {
    if (process.getuid === undefined) context.skip();
    const place = await placeWithOneRow();
    const logs = join(place.folder, 'logs');
    mkdirSync(join(logs, 'closed'), { recursive: true });
    writeFileSync(join(logs, 'a.json'), good.replace('"n":1', '"n":2'));
    writeFileSync(join(logs, 'b.json'), good);
    writeFileSync(join(logs, 'closed', 'c.json'), good);
    chmodSync(join(logs, 'b.json'), 0o000);
    chmodSync(join(logs, 'closed'), 0o000);
    chmodSync(place.folder, 0o777);
    const store = join(place.folder, 'theirs');
    const asNobody = (path: string): Promise<Finished> =>
      run(process.execPath, [join(root, 'bin/varve.js'), 'import', path, '--data', store, '--json'], nobody());
    try {
      const folder = await asNobody(logs);
      expect([folder.exitCode, folder.errors]).toEqual([3, '']);
      expect(summaryOf(folder)).toMatchObject({ rows: 1 });
      expect(summaryOf(folder).skipped.map(({ file, reason }) => [file.slice(logs.length), reason])).toEqual(
        expect.arrayContaining([
          ['/b.json', expect.stringContaining('may not be opened')],
          ['/closed', expect.stringContaining('may not be opened')],
        ]),
      );
      const file = await asNobody(join(logs, 'b.json'));
      expect([file.exitCode, file.errors]).toEqual([
        1,
        expect.stringMatching(/^varve: "[^"]*b\.json" may not be opened/),
      ]);
    } finally {
      chmodSync(join(logs, 'closed'), 0o755);
    }
  });

  it('a full disk: a clear error, and after room was made it continues', async (context) => {
    const place = await placeWithOneRow();
    const disk = join(place.folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      process.stderr.write('\nSKIPPED: a full disk, because a small file system cannot be mounted here.\n');
      context.skip();
    }
    try {
      const data = ['--data', join(disk, 'store')];
      const small = place.put('small.json', good);
      expect((await varve(['import', small, ...data])).exitCode).toBe(0);
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(5_000_000));
      let seed = 1;
      const noise = (): string => ((seed = Math.imul(seed, 1664525) + 1013904223) >>> 0).toString(36);
      const lines = Array.from(
        { length: 40_000 },
        (_, n) =>
          `{"time":"2026-03-02T10:00:00Z","user_id":"${noise()}","text":"${noise()}${noise()}${noise()}","n":${n}}\n`,
      );
      const big = place.put('big.json', lines.join(''));
      const full = await varve(['import', big, ...data]);
      expect([full.exitCode, full.errors]).toEqual([74, expect.stringContaining('the disk is full')]);
      expect(full.errors).not.toMatch(/^ +at /m);
      const before = await varve(['query', 'select count() from events', ...data, '--format', 'csv']);
      expect(before.output).toBe('count\r\n1\r\n');
      unlinkSync(join(disk, 'ballast'));
      const again = await varve(['import', big, ...data, '--json']);
      expect([again.errors, again.exitCode, summaryOf(again).rows]).toEqual(['', 0, 40_000]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('an import that is called off ends at once, with what was in', async () => {
    const place = await placeWithOneRow();
    const store = join(place.folder, 'store');
    const child = spawn(process.execPath, [join(root, 'bin/varve.js'), 'import', '-', '--data', store]);
    const errors = collect(child.stderr);
    child.stdin.on('error', () => undefined).write(good);
    for (let turn = 0; turn < 200 && !existsSync(join(store, 'LOCK')); turn++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    expect([exitCode, await errors]).toEqual([1, 'varve: The import was called off; what was committed stays.\n']);
    expect(await place.rows()).toHaveLength(1);
  });

  it('a second writer is told that the store is open', async () => {
    const place = await placeWithOneRow();
    const store = join(place.folder, 'store');
    const child = spawn(process.execPath, [join(root, 'bin/varve.js'), 'import', '-', '--data', store, '--json'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = collect(child.stdout);
    child.stdin.write(good.replace('"n":1', '"n":2'));
    for (let turn = 0; turn < 200 && !existsSync(join(store, 'LOCK')); turn++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await place.run('import', join(place.folder, 'before.json'));
    expect([second.exitCode, second.errors]).toEqual([1, expect.stringMatching(/^varve: .*(open|lock)/i)]);
    child.stdin.end();
    await new Promise((resolve) => child.on('close', resolve));
    expect(JSON.parse(await output)).toMatchObject({ rows: 1 });
    expect((await place.rows()).length).toBe(2);
  });
});

/** The user of no rights where this runs as root, whom permissions do not bind. */
function nobody(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

async function run(
  command: string,
  args: readonly string[],
  options: { uid?: number; gid?: number } = {},
): Promise<Finished> {
  const child = spawn(command, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const [output, errors] = await Promise.all([collect(child.stdout), collect(child.stderr)]);
  return { exitCode: await closed, output, errors };
}
