import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../engine/base/errors.ts';
import { errorTable } from '../server/errors.ts';
import { runExample } from './run-example.ts';
import { root, temporaryFolder } from './support.ts';

/** Write anew what examples print. */
const complete = process.env['VARVE_COMPLETE'] === '1';

describe('documents', () => {
  it('the embedding examples run, one after another, and print what they say', { timeout: 60_000 }, async () => {
    const path = join(root, 'docs/embedding.md');
    const text = readFileSync(path, 'utf8');
    const pair = /```ts\n([\s\S]*?)```\n\nIt prints\n\n```\n([\s\S]*?)```/g;
    const examples = [...text.matchAll(pair)];
    expect(examples.length).toBe(3);
    const folder = temporaryFolder();
    let filled = text;
    for (const [whole, example, printed] of examples) {
      const run = await runExample(example!, folder);
      expect([run.compiled, run.errors]).toEqual(['', '']);
      if (!complete) expect(run.output).toBe(printed);
      filled = filled.replace(whole, () => `\`\`\`ts\n${example}\`\`\`\n\nIt prints\n\n\`\`\`\n${run.output}\`\`\``);
    }
    if (complete) writeFileSync(path, filled);
  });

  it("README's program runs as it stands, on the oldest Node there is a promise for", () => {
    const [, program] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))!;
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules', 'varve'));
    writeFileSync(join(folder, 'program.mjs'), program!);
    const run = spawnSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' });
    expect([run.stderr, run.stdout]).toEqual(['', "[ { event: 'play', count: 1 } ]\n"]);
  });

  it('the decisions name every dependency, and no other; none has an install script', () => {
    const text = readFileSync(join(root, 'docs/decisions.md'), 'utf8').split('## Dependencies')[1]!;
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const named = [...text.matchAll(/^\| `([^`]+)` \|.+\|.+ MB \| [\w.-]+ \|$/gm)].map(([, name]) => name);
    expect(named).toEqual(Object.keys(manifest['dependencies']!));
    const forWork = [...text.split('To build and test:')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    expect(forWork.sort()).toEqual(Object.keys(manifest['devDependencies']!).sort());
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>;
    };
    const scripted = Object.keys(packages).filter((path) => path !== '' && packages[path]!.hasInstallScript === true);
    expect(scripted.filter((path) => packages[path]!.dev !== true)).toEqual([]);
    const versions = Object.values({ ...manifest['dependencies'], ...manifest['devDependencies'] });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-r\.\d+)?$/.test(version))).toEqual([]);
  });

  it('the table of errors names every code with its exit code, and no other', () => {
    const text = readFileSync(join(root, 'docs/errors.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(\w+)` \|.*\| (\d+) \|$/gm)].map(([, code, exit]) => [code, Number(exit)]);
    expect(rows).toEqual(errorCodes.map((code) => [code, errorTable[code].exitCode]));
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
