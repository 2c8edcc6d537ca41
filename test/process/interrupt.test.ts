import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { root, temporaryFolder, varve } from '../support.ts';

const folder = temporaryFolder();
const data = ['--data', join(folder, 'store')];

beforeAll(async () => {
  const rows = Array.from({ length: 300_000 }, (_, n) => `2026-03-01 10:00,u${n % 60_000},${n}`);
  await varve(['import', '-', ...data, '--quiet'], { input: `time,user_id,n\n${rows.join('\n')}\n` });
}, 60_000);

const slow = Array.from({ length: 200 }, (_, part) => `length(replace(n::text, '${part}', ''))`).join(' + ');

it.each([
  ['an export', ['export', 'events', '-o', 'out.ndjson'], 'varve: The export was called off.\n'],
  ['a query', ['query', `select sum(${slow}) from events`, '-o', 'out.ndjson'], 'varve: The query was called off.\n'],
])(
  'Ctrl-C calls %s off and leaves no part of its file',
  async (_, args, said) => {
    const own = join(folder, args[0]!);
    mkdirSync(own);
    const child = spawn(process.execPath, [join(root, 'bin/varve.js'), ...args, ...data], { cwd: own });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
    await expect.poll(() => readdirSync(own), { timeout: 20_000 }).toEqual([`out.ndjson.${child.pid}.part`]);
    child.kill('SIGINT');
    expect([await ended, errors]).toEqual([1, said]);
    expect(readdirSync(own)).toEqual([]);
  },
  60_000,
);
