import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { VarveError } from '../../engine/base/errors.ts';
import { root } from '../folders.ts';

/** What is used of the package `chdb`, whose own types are there only when it is installed. */
export interface ClickHouseSession {
  query(sql: string, format?: string): string;
  queryAsync(sql: string, options: { readonly format: string }): Promise<{ bytes(): Uint8Array; text(): string }>;
  close(): void;
}

interface ClickHousePackage {
  readonly Session: new (path: string, options: { readonly connectionArgs: readonly string[] }) => ClickHouseSession;
}

const folder = join(root, 'bench');
const packageOf = createRequire(join(folder, 'package.json'));

/** @returns whether `chdb` is installed below bench/. */
export function hasClickHouse(): boolean {
  try {
    packageOf.resolve('chdb');
    return true;
  } catch {
    return false;
  }
}

/** Installs `chdb` below bench/ where it is missing. @throws VarveError `usage` that says what to do. */
export function installClickHouse(print: (text: string) => void): void {
  if (hasClickHouse()) return;
  print('ClickHouse (chdb, about 550 MB) is installed into bench/node_modules …\n');
  // Not `npm ci`: it wants the libraries for other systems in the lock file, which are not in every registry.
  const { status, stderr, error } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status === 0 && hasClickHouse()) return;
  throw new VarveError('usage', `ClickHouse could not be installed: ${error?.message ?? stderr.trim().slice(0, 300)}`, {
    hint: 'Run `npm install --no-save` in bench/ where a registry can be reached, or go on with `--without clickhouse`.',
  });
}

/** Opens a folder of ClickHouse's. @throws VarveError `usage` where there is no library for this system. */
export function openClickHouse(path: string, args: readonly string[]): ClickHouseSession {
  try {
    const { Session } = packageOf('chdb') as ClickHousePackage;
    return new Session(path, { connectionArgs: args });
  } catch (cause) {
    throw new VarveError(
      'usage',
      `ClickHouse does not start: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        hint: 'chdb has libraries for Linux (glibc) and macOS; go on with `--without clickhouse`.',
        cause,
      },
    );
  }
}
