import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeVfs } from '../host/node-vfs.ts';
import { filesOf, globPattern } from './source-files.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-files-'));
  for (const path of ['b/2.log', 'b/1.log', 'a.log', '.hidden', 'b/.x/c.log', 'é [1].log', 'c.csv']) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), 'x');
  }
  mkdirSync(join(folder, 'empty'));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const found = async (path: string): Promise<string[]> =>
  (await filesOf(nodeVfs, join(folder, path))).files.map((file) => file.slice(folder.length + 1));

describe('files that a path names', () => {
  it.each<[string, string[]]>([
    ['', ['a.log', 'b/1.log', 'b/2.log', 'c.csv', 'é [1].log']],
    ['b/', ['b/1.log', 'b/2.log']],
    ['a.log', ['a.log']],
    ['é [1].log', ['é [1].log']],
    ['*.log', ['a.log', 'é [1].log']],
    ['**/*.log', ['a.log', 'b/1.log', 'b/2.log', 'é [1].log']],
    ['?.{log,csv}', ['a.log', 'c.csv']],
    ['b/[2-9].log', ['b/2.log']],
    ['b/[!2].log', ['b/1.log']],
  ])('%s', async (path, files) => {
    expect(await found(path)).toEqual(files);
  });

  it.each([
    ['nowhere', 'not_found'],
    ['*.nope', 'not_found'],
    ['empty', 'not_found'],
    ['[z-a]*', 'usage'],
  ])('%s is an error', async (path, code) => {
    await expect(found(path)).rejects.toMatchObject({ code });
  });

  it("passes a store's files over, and pipes with a word", async () => {
    const store = join(folder, 'b', 'store');
    mkdirSync(store);
    for (const name of ['CURRENT', 'MANIFEST-1', 'events.log']) writeFileSync(join(store, name), 'x');
    const pipe = join(folder, 'b', 'pipe');
    execFileSync('mkfifo', [pipe]);
    const { files, skipped } = await filesOf(nodeVfs, join(folder, 'b'));
    const itself = await filesOf(nodeVfs, store).catch((error: unknown) => error);
    rmSync(pipe);
    rmSync(store, { recursive: true });
    expect(files.map((file) => file.slice(folder.length + 1))).toEqual(['b/1.log', 'b/2.log']);
    expect(skipped).toEqual([{ file: pipe, reason: `"${pipe}" is no file.` }]);
    expect(itself).toMatchObject({ code: 'usage', message: `"${store}" is a store of Varve.` });
  });

  it('ends in a circle of links', async () => {
    symlinkSync('.', join(folder, 'b', 'circle'));
    const files = await found('b');
    rmSync(join(folder, 'b', 'circle'));
    expect(files.filter((file) => file.endsWith('1.log')).length).toBeGreaterThan(0);
  });

  it('a glob means its letters, but for its signs', () => {
    expect([globPattern('a.b+c').test('a.b+c'), globPattern('a.b').test('axb')]).toEqual([true, false]);
  });
});
