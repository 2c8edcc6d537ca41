import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { open } from '../../dist/engine/index.js';
import { root, temporaryFolder } from '../support.ts';

const rounds = Number(process.env['VARVE_KILLS'] ?? 20);

/**
 * A process that appends batches of three rows with keys, several at once, imports files, and writes out and merges what
 * there is; it prints each key and each file once it is acknowledged.
 */
const writer = `
  import { writeFileSync } from 'node:fs';
  import { open } from ${JSON.stringify(join(root, 'dist/engine/index.js'))};
  const [directory, round] = process.argv.slice(1);
  const db = await open(directory);
  const lane = async (name) => {
    for (let i = 0; ; i++) {
      const key = round + '-' + name + '-' + i;
      await db.append('t', [1, 2, 3].map((n) => ({ time: Date.now(), user_id: name, key, n })), { key });
      process.stdout.write(key + '\\n');
    }
  };
  const importer = async () => {
    for (let i = 0; ; i++) {
      const name = 'file-' + round + '-' + i;
      const path = directory + '-' + name + '.ndjson';
      writeFileSync(path, [1, 2, 3].map((n) => JSON.stringify({ time: '2026-03-0' + n, user_id: 'f', key: name, n }) + '\\n').join(''));
      await db.import([path], { table: 't' });
      process.stdout.write(name + '\\n');
    }
  };
  const keeper = async () => {
    for (;;) await db.compact();
  };
  await Promise.all([...['a', 'b', 'c', 'd'].map(lane), importer(), keeper()]);
`;

function killedWriter(directory: string, round: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer, directory, String(round)]);
    let output = '';
    let errors = '';
    let counting = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      // An acknowledgement starts the clock: later rounds have more to replay before it. Of a file in some, however slow.
      if (counting || (round % 4 === 3 && !output.includes('file-'))) return;
      counting = true;
      setTimeout(() => child.kill('SIGKILL'), 15 + 13 * (round % 7));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL')
        resolve(
          output
            .slice(0, output.lastIndexOf('\n') + 1)
            .split('\n')
            .filter((key) => key !== ''),
        );
      else reject(new Error(errors));
    });
  });
}

describe('kill -9', () => {
  it(
    `loses nothing that was acknowledged in ${rounds} rounds, and no batch is in partly or twice`,
    { timeout: 180_000 },
    async () => {
      const directory = join(temporaryFolder(), 'store');
      const acknowledged: string[] = [];
      for (let round = 0; round < rounds; round++) {
        const keys = await killedWriter(directory, round);
        expect(keys.length).toBeGreaterThan(0);
        acknowledged.push(...keys);
      }
      await using db = await open(directory);
      const result = await db.query('select key, count() as n, sum(n) as total from t group by key');
      const found = new Map(result.rows().map((row) => [row['key'] as string, [row['n'], row['total']]]));
      expect(acknowledged.filter((key) => !found.has(key))).toEqual([]);
      expect([...found.values()].filter(([n, total]) => n !== 3 || total !== 6)).toEqual([]);
      // Files that are sent again after a crash add what is missing of them, and nothing else.
      const files = acknowledged.filter((key) => key.startsWith('file-'));
      expect(files.length).toBeGreaterThan(0);
      await db.import(
        files.map((name) => `${directory}-${name}.ndjson`),
        { table: 't' },
      );
      const after = await db.query('select key, count() as n from t group by key having n != 3');
      expect(after.rows()).toEqual([]);
      const retried = await db
        .append('t', [{ time: 1, other: true }], { key: acknowledged.find((key) => !key.startsWith('file-'))! })
        .catch((error: { code: string }) => error.code);
      expect(retried).toBe('conflict');
    },
  );
});
