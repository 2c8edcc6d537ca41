import { execFile } from 'node:child_process';
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
export async function runExample(
  example: string,
  folder: string,
): Promise<{ readonly compiled: string; readonly output: string; readonly errors: string }> {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'varve'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'example.ts'), example);
  const compiler = [join(root, 'node_modules/typescript/bin/tsc'), ...options, join(root, 'node_modules/@types')];
  const compiled = await runNode([...compiler, 'example.ts'], folder);
  const run = await runNode(['example.js'], folder);
  return { compiled: compiled.output, ...run };
}

/** Not `spawnSync`: a reader of a store that the test itself has open waits for the test to answer. */
function runNode(args: readonly string[], cwd: string): Promise<{ readonly output: string; readonly errors: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, encoding: 'utf8' }, (_, output, errors) => resolve({ output, errors }));
  });
}
