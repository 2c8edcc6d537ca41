import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './support.ts';

const options = '--module nodenext --target es2022 --lib esnext --strict --types node --typeRoots'.split(' ');

/**
 * Compiles and runs an example of the documents as whoever embeds Varve would: types are checked, and `await using`,
 * newer than Node 20, is made plain.
 * @param folder an empty folder to run in.
 * @returns what the compiler found, and what the example printed.
 */
export function runExample(
  example: string,
  folder: string,
): { readonly compiled: string; readonly output: string; readonly errors: string } {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'varve'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'example.ts'), example);
  const compiler = [join(root, 'node_modules/typescript/bin/tsc'), ...options, join(root, 'node_modules/@types')];
  const compiled = spawnSync(process.execPath, [...compiler, 'example.ts'], { cwd: folder, encoding: 'utf8' });
  const run = spawnSync(process.execPath, ['example.js'], { cwd: folder, encoding: 'utf8' });
  return { compiled: compiled.stdout, output: run.stdout, errors: run.stderr };
}
