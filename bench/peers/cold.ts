import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { VarveError } from '../../engine/base/errors.ts';
import { root } from '../folders.ts';
import { median } from '../measure.ts';
import type { Stores } from './layouts.ts';
import { summary } from './measure-row.ts';
import type { Question } from './questions.ts';
import { ratioOf } from './ratios.ts';
import type { RowResult, Timing } from './results.ts';

/** What a process of its own is asked to do; see `ask-once.ts`. */
export interface OnceRequest {
  readonly stores: Stores;
  readonly engine: string;
  readonly threads: number;
  readonly question: Question | null;
  readonly layout: string;
  readonly variant: number;
  /** Rows to ask after opening, to see the memory's peak; else the one question. */
  readonly all: readonly Question[];
}

/** What that process says; ms, and bytes of memory. */
export interface OnceReply {
  /** From before the engine opens its store until the answer is there. */
  readonly askMs: number;
  /** From the process's start, as it sees it itself. */
  readonly processMs: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  readonly error: string | null;
}

/** Runs a request in a fresh process. @returns its reply, and the time from before its start to its first output. */
export function askOnce(request: OnceRequest): Promise<OnceReply & { readonly startMs: number }> {
  return new Promise((resolve, reject) => {
    const entry = join(root, 'dist', 'bench', 'peers', 'ask-once.js');
    const started = performance.now();
    const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    let startMs = 0;
    child.stdin.end(JSON.stringify(request));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output === '') startMs = performance.now() - started;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject);
    child.on('close', (code) => {
      const reply = output.split('\n').find((line) => line.startsWith('{'));
      if (reply === undefined)
        reject(new VarveError('internal', `A fresh process (${request.engine}) said nothing (${code}): ${errors}`));
      else resolve({ ...(JSON.parse(reply) as OnceReply), startMs });
    });
  });
}

/** How a store's files leave the page cache. */
export type Eviction = 'files' | 'all' | 'none';

/**
 * Finds out how files can be made cold: each by itself (posix_fadvise, through dd), which leaves the programs warm; the
 * whole cache, where this process may; or not.
 */
export function findEviction(): Eviction {
  const { status } = spawnSync('dd', ['if=/dev/null', 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
  if (status === 0) return 'files';
  return dropAll() ? 'all' : 'none';
}

function dropAll(): boolean {
  try {
    const file = openSync('/proc/sys/vm/drop_caches', 'w');
    writeSync(file, '1');
    closeSync(file);
    return true;
  } catch {
    return false;
  }
}

/** Takes all files below a folder out of the page cache, as far as `eviction` allows. */
export async function evict(folder: string, eviction: Eviction): Promise<void> {
  if (eviction === 'none') return;
  // Pages that are not written yet cannot be let go.
  spawnSync('sync', { stdio: 'ignore' });
  if (eviction === 'all') {
    dropAll();
    return;
  }
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
  }
}

/** @returns in words what `evict` did. */
export function evictionNote(eviction: Eviction): string {
  switch (eviction) {
    case 'files':
      return "Before each cold run, the stores' files are taken out of the page cache (posix_fadvise); programs stay in it.";
    case 'all':
      return 'Before each cold run, the whole page cache is dropped (drop_caches), programs too.';
    case 'none':
      return 'The page cache could not be dropped here: "cold" means a fresh process alone.';
  }
}

/**
 * Asks one question of each engine, each time in a fresh process with the store's files out of the page cache.
 * @param warm the row when warm: each peer is asked in the layout and the SQL that were its best there.
 */
export async function coldRow(
  stores: Stores,
  question: Question,
  options: { readonly warm: RowResult; readonly threads: number; readonly runs: number; readonly eviction: Eviction },
): Promise<RowResult> {
  const { varve, duckdb, clickhouse } = ratioOf(options.warm);
  const found: { readonly best: Timing; readonly ask: number[]; readonly start: number[] }[] = [];
  for (const best of [varve, duckdb, clickhouse]) if (best !== null) found.push({ best, ask: [], start: [] });
  const errors: string[] = [];
  for (let run = 0; run < options.runs; run++) {
    for (const { best, ask, start } of found) {
      await evict(stores.folder, options.eviction);
      const { engine, layout, variant } = best;
      const request = { stores, engine, layout, variant, question, threads: options.threads, all: [] };
      const reply = await askOnce(request);
      if (reply.error !== null) errors.push(`${engine}: ${reply.error}`);
      ask.push(reply.askMs);
      start.push(reply.startMs);
    }
  }
  return {
    id: question.id,
    title: question.title,
    rowsOut: options.warm.rowsOut,
    errors: [...new Set(errors)],
    timings: found.map(({ best, ask, start }) => ({ ...best, ...summary(ask), startMs: median(start) })),
  };
}
