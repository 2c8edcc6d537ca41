import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../engine/base/errors.ts';
import { errorTable } from '../server/errors.ts';
import { root, temporaryFolder } from './support.ts';

describe('documents', () => {
  it('the embedding example runs and prints what it says', () => {
    const text = readFileSync(join(root, 'docs/embedding.md'), 'utf8');
    const [, example, printed] = /```ts\n([\s\S]*?)```[\s\S]*?```\n([\s\S]*?)```/.exec(text)!;
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules', 'varve'));
    // `await using` is newer than Node 20: the compiler makes it plain, as it does for whoever embeds.
    const plain = example!.replace("await using db = await open('./data');", "const db = await open('./data');");
    writeFileSync(join(folder, 'example.mjs'), `${plain}\nawait db.close();\n`);
    const run = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' });
    expect([run.stderr, run.stdout]).toEqual(['', printed]);
  });

  it('the table of errors names every code with its exit code, and no other', () => {
    const text = readFileSync(join(root, 'docs/errors.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)` \|.*\| (\d+) \|$/gm)].map(([, code, exit]) => [code, Number(exit)]);
    expect(rows).toEqual(errorCodes.map((code) => [code, errorTable[code].exitCode]));
  });
});
