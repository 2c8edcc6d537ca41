import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../folders.ts';
import { describeMachine, type Machine } from '../machine.ts';
import type { DataName, PartName, PeersOptions } from './options.ts';
import type { PartHead } from './results.ts';

/** @returns versions of Varve and the peers, as installed. */
export function versionsOf(): Record<string, string> {
  const version = (...path: string[]): string => {
    const file = join(root, ...path, 'package.json');
    if (!existsSync(file)) return 'not installed';
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
  };
  const library = `lib-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;
  return {
    varve: version('.'),
    '@duckdb/node-api': version('node_modules', '@duckdb', 'node-api'),
    chdb: version('bench', 'node_modules', 'chdb'),
    'ClickHouse (@chdb/lib)': version('bench', 'node_modules', '@chdb', library),
    node: process.version,
  };
}

/** @returns the commit, with a `+` where files differ from it; `unknown` outside a repository. */
export function commitOf(): string {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const commit = git('rev-parse', '--short=10', 'HEAD');
  if (commit.status !== 0) return 'unknown';
  const changed = git('status', '--porcelain', '--untracked-files=no').stdout.trim() !== '';
  return `${commit.stdout.trim()}${changed ? '+' : ''}`;
}

/** Begins a part's result: where and with what it runs. */
export function beginPart(
  part: PartName,
  options: PeersOptions,
  about: { readonly data: DataName | 'demo'; readonly threads: number; readonly events: number },
): Omit<PartHead, 'seconds' | 'notes'> & { readonly machine: Machine } {
  return {
    part,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    commit: commitOf(),
    machine: describeMachine(options.events < 1_000_000 ? 1 << 20 : undefined),
    versions: versionsOf(),
    ...about,
  };
}
