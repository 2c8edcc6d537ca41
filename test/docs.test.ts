import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../engine/base/errors.ts';
import { errorTable } from '../server/errors.ts';
import { root, temporaryFolder, varve } from './support.ts';

describe('documents', () => {
  it('the embedding example runs and prints what it says', () => {
    const text = readFileSync(join(root, 'docs/embedding.md'), 'utf8');
    const [, example, printed] = /```ts\n([\s\S]*?)```[\s\S]*?```\n([\s\S]*?)```/.exec(text)!;
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules', 'varve'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'example.ts'), example!);
    // As whoever embeds would: types are checked, and `await using`, newer than Node 20, is made plain.
    const options = '--module nodenext --target es2022 --lib esnext --strict --types node --typeRoots'.split(' ');
    const compiler = [join(root, 'node_modules/typescript/bin/tsc'), ...options, join(root, 'node_modules/@types')];
    const compiled = spawnSync(process.execPath, [...compiler, 'example.ts'], { cwd: folder, encoding: 'utf8' });
    expect(compiled.stdout).toBe('');
    const run = spawnSync(process.execPath, ['example.js'], { cwd: folder, encoding: 'utf8' });
    expect([run.stderr, run.stdout]).toEqual(['', printed]);
  });

  it('the table of errors names every code with its exit code, and no other', () => {
    const text = readFileSync(join(root, 'docs/errors.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)` \|.*\| (\d+) \|$/gm)].map(([, code, exit]) => [code, Number(exit)]);
    expect(rows).toEqual(errorCodes.map((code) => [code, errorTable[code].exitCode]));
  });

  it('every query of the language document gives the answer that it shows', async () => {
    const path = join(root, 'docs/language.md');
    const text = readFileSync(path, 'utf8');
    const data = ['--data', join(temporaryFolder(), 'store')];
    const rows = /```json\n([\s\S]*?)```/.exec(text)![1]!;
    await varve(['import', '-', ...data, '--table', 'plays', '--quiet'], { input: rows });
    const examples = [...text.matchAll(/```sql\n([\s\S]*?)```\n(?:```text\n([\s\S]*?)```)?/g)];
    expect(examples.length).toBeGreaterThan(8);
    for (const [, query, answer] of examples) {
      const asked = await varve(['query', query!, ...data, '--param', 'who=ada', '--quiet']);
      expect([query, asked.errors, answer ?? asked.output]).toEqual([query, '', asked.output]);
    }
    const [, wrong, said] = /```sh\n\$ varve query "(.*)"\n([\s\S]*?)```/.exec(text)!;
    expect((await varve(['query', wrong!, ...data])).errors).toBe(said);
  });

  it('the command document names every command', () => {
    const text = readFileSync(join(root, 'docs/cli.md'), 'utf8');
    const named = [...text.matchAll(/^\| `varve (\w+)/gm)].map(([, name]) => name);
    const commands = readdirSync(join(root, 'server/cli/commands'))
      .filter((file) => /^\w+\.ts$/.test(file) && file !== 'all.ts')
      .map((file) => file.replace('.ts', ''));
    expect(named.sort()).toEqual(commands.sort());
  });
});
