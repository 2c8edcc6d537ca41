import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../support.ts';

/** Appends, an import, a merge and a close, one after another; writes a line to `marks` after each. */
const script = `
  import { openSync, writeFileSync, writeSync } from 'node:fs';
  import { open } from ${JSON.stringify(join(root, 'dist/engine/index.js'))};
  const [directory, threads] = process.argv.slice(1);
  const marks = openSync(directory + '.marks', 'w');
  const db = await open(directory, { threads: Number(threads) });
  for (let i = 0; i < 5; i++) {
    await db.append('events', [{ time: 1700000000000 + i, user_id: 'u' + i, n: i }], { key: 'k' + i });
    writeSync(marks, 'append');
  }
  const line = (i) => JSON.stringify({ time: 1704067200000 + 1000 * i, user_id: 'u' + (i % 100), n: i });
  writeFileSync(directory + '.jsonl', Array.from({ length: 40000 }, (_, i) => line(i)).join('\\n'));
  await db.import(directory + '.jsonl', { table: 'events' });
  writeSync(marks, 'import');
  await db.compact();
  writeSync(marks, 'compact');
  await db.close();
  writeSync(marks, 'close');
`;

/** A system call on a file; `from` and `to` say when it began and ended among all lines. */
interface Call {
  readonly name: string;
  readonly path: string;
  /** The new name of a rename. */
  readonly other: string;
  readonly from: number;
  to: number;
}

const traced = 'openat,pwrite64,write,fdatasync,fsync,rename,renameat,renameat2,unlink,unlinkat';

/** @returns calls on files of the folder that did not fail, by their beginnings. */
function callsOf(log: string, directory: string): Call[] {
  const calls: Call[] = [];
  const unfinished = new Map<string, Call>();
  log.split('\n').forEach((line, at) => {
    const [, thread, text] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined || text.includes(' = -1 ')) return void unfinished.delete(thread ?? '');
    if (text.startsWith('<... ')) {
      const call = unfinished.get(thread);
      if (call !== undefined) call.to = at;
      return void unfinished.delete(thread);
    }
    const name = text.slice(0, text.indexOf('('));
    const created = name !== 'openat' || text.includes('O_CREAT');
    const paths = [...text.matchAll(/<(\/[^>]*)>|"(\/[^"]*)"/g)]
      .map(([, opened, named]) => opened ?? named)
      .filter((path) => path.startsWith(directory));
    if (paths.length === 0 || !created) return;
    const call = { name: name.replace(/at2?$/, ''), path: paths[0], other: paths[1] ?? '', from: at, to: at };
    if (text.endsWith('<unfinished ...>')) {
      call.to = Infinity;
      unfinished.set(thread, call);
    }
    calls.push(call);
  });
  return calls;
}

const traces = (): boolean => spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
// A Debian package, brought where that can be done.
if (!traces()) spawnSync('sh', ['-c', 'apt-get update -qq; apt-get install -y -qq --no-install-recommends strace']);
const canTrace = traces();
if (!canTrace) console.warn('SKIPPED: the order of system calls is not tried: strace is missing or may not be used.');

describe.skipIf(!canTrace)('the order of system calls', () => {
  it.each([0, 2])(
    'nothing is acknowledged or named before it is on the disk, with %i threads',
    (threads) => {
      const directory = join(temporaryFolder(), 'store');
      const trace = `${directory}.trace`;
      const run = spawnSync(
        'strace',
        ['-f', '-y', '-qq', '-s', '16', '-o', trace, '-e', `trace=${traced}`]
          .concat(process.execPath, '--input-type=module', '-e', script)
          .concat(directory, String(threads)),
        { encoding: 'utf8' },
      );
      expect([run.status, run.stderr]).toEqual([0, '']);
      const calls = callsOf(readFileSync(trace, 'utf8'), directory);
      const marks = calls.filter(({ name, path }) => name === 'write' && path.endsWith('.marks'));
      const writes = calls.filter(({ name }) => name === 'pwrite64');
      /** Whether a sync of a path began after `after` and had ended by `before`. */
      const synced = (path: string, after: number, before: number): boolean =>
        calls.some((call) => /sync$/.test(call.name) && call.path === path && call.from > after && call.to < before);
      expect(marks).toHaveLength(8);

      const unacknowledged = marks.slice(0, 5).filter((mark, index) => {
        const since = index === 0 ? 0 : marks[index - 1].from;
        const own = writes.filter(({ path, from }) => path.endsWith('.log') && from > since && from < mark.from);
        return !own.some(({ path, to }) => synced(path, to, mark.from));
      });
      expect(unacknowledged).toEqual([]);

      const named = calls.filter(({ name }) => name === 'rename');
      // CURRENT, its manifest, the segments of append, import and merge, the keys.
      expect(named.length).toBeGreaterThanOrEqual(6);
      for (const rename of named) {
        const written = writes.filter(({ path, from }) => path === rename.path && from < rename.from).at(-1)!;
        expect([rename.path, synced(rename.path, written.to, rename.from)]).toEqual([rename.path, true]);
        const publishes = ({ name, path }: Call): boolean =>
          name === 'pwrite64' ? /\/(MANIFEST|CURRENT)[^/]*$/.test(path) : path.endsWith('.marks');
        const next = calls.find((call) => call.from > rename.to && publishes(call))!;
        const folder = dirname(rename.other);
        expect([rename.other, synced(folder, rename.to, next.from)]).toEqual([rename.other, true]);
      }

      const logs = calls.filter(({ name, path }) => name === 'open' && path.endsWith('.log'));
      expect(logs.length).toBeGreaterThanOrEqual(2);
      for (const made of logs) {
        const [header, frame] = writes.filter(({ path, from }) => path === made.path && from > made.from);
        expect([made.path, synced(made.path, header.to, frame.from)]).toEqual([made.path, true]);
        expect([made.path, synced(dirname(made.path), made.to, frame.from)]).toEqual([made.path, true]);
      }

      const removed = calls.filter(({ name, path }) => name === 'unlink' && /\.(log|seg)$/.test(path));
      expect(removed.length).toBeGreaterThanOrEqual(3);
      for (const { path, from } of removed) {
        const edit = writes.filter((write) => write.path.includes('/MANIFEST-') && write.from < from).at(-1)!;
        expect([path, synced(edit.path, edit.to, from)]).toEqual([path, true]);
      }
    },
    60_000,
  );
});
