import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Files of real systems, beside the checkout of those who develop Varve; a user's clone has none. */
export const shared = join(root, '..', 'shared');
export const hasShared = existsSync(join(shared, 'data', 'README.md'));
if (!hasShared) process.stderr.write(`\nSKIPPED: tests over real files, because ${shared} is not there.\n`);

const folders: string[] = [];

// Once a file of tests: what is registered while one of them runs is never called.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** @returns a new folder that goes when the file's tests are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'varve-test-'));
  folders.push(folder);
  return folder;
}

export interface Finished {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the built `varve` command as a user would. */
export function varve(
  args: readonly string[],
  options: { readonly input?: string | Uint8Array; readonly cwd?: string } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'bin', 'varve.js'), ...args], {
      cwd: options.cwd ?? root,
      env: { ...process.env, VARVE_DATA: '' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, output, errors }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** @returns the rows of NDJSON output. */
export function ndjsonRows(output: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
