import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../support.ts';

const long = process.env['VARVE_LONG'] !== undefined;
const rows = long ? 3_000_000 : 150_000;

/** Runs in a process of its own: makes the rows, asks for a group each with little memory, then asks something small. */
const script = `
  import { open } from ${JSON.stringify(`${root}dist/engine/index.js`)};
  const [folder, rows] = process.argv.slice(1);
  const db = await open(folder, { threads: 2, memory: 32 * 1024 * 1024 });
  for (let at = 0; at < Number(rows); at += 25_000) {
    const batch = Array.from({ length: 25_000 }, (_, i) => ({ time: new Date(1_700_000_000_000 + at + i), user_id: 'user-' + (at + i), url: '/' + ((at + i) % 50), n: i }));
    await db.append('t', batch, { time: 'time', actor: 'user_id' });
  }
  await db.compact('t');
  const before = process.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => { peak = Math.max(peak, process.memoryUsage().rss); }, 5);
  let refused = null;
  try {
    await db.query('select user_id, url, count() from t group by user_id, url', { memory: 8 * 1024 * 1024 });
  } catch (error) {
    refused = { code: error.code, message: error.message };
  }
  clearInterval(timer);
  const result = await db.query('select url, count() as n from t group by url order by url limit 1');
  console.log(JSON.stringify({ refused, grown: peak - before, after: result.rows() }));
  await db.close();
`;

describe('a process with a small heap', () => {
  it(
    'refuses a group a row before it takes the memory, says what that would need, and goes on',
    () => {
      const folder = temporaryFolder();
      const args = ['--max-old-space-size=96', '--input-type=module', '--eval', script, folder, String(rows)];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      const answer = JSON.parse(stdout) as {
        refused: { code: string; message: string } | null;
        grown: number;
        after: unknown;
      };
      expect(answer.refused?.code).toBe('limit');
      expect(answer.refused?.message).toMatch(
        /^group by user_id, url would need about [\d.]+ [MG]iB for [\d.]+ [kM] groups; the budget is 8 MiB \(queryMemoryMax\)\.$/,
      );
      expect(answer.after).toEqual([{ url: '/0', n: rows / 50 }]);
      process.stderr.write(`${answer.refused?.message} Grown by ${Math.round(answer.grown / 2 ** 20)} MiB.\n`);
    },
    long ? 600_000 : 120_000,
  );
});
