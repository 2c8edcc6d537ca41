import { fork, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isVarveError, VarveError } from '../../engine/base/errors.ts';
import { installClickHouse } from './clickhouse-package.ts';
import { parsePeersOptions, partNames, type PeersOptions } from './options.ts';
import { drawPicture } from './picture.ts';
import { readPart, writeWhole, type PartResult } from './results.ts';
import { renderPage } from './results-page.ts';
import { runPart, type PartRequest } from './run-part.ts';

const self = fileURLToPath(import.meta.url);

/**
 * Runs the parts asked for, each in a process of its own, then writes the page and the picture from all parts that
 * there are figures of.
 * @returns whether every row had an answer that all agreed on.
 */
export async function main(args: readonly string[], print: (text: string) => void): Promise<boolean> {
  const options = parsePeersOptions(args);
  if (options.clickhouse) installClickHouse(print);
  const folder = options.data ?? (await mkdtemp(join(tmpdir(), 'varve-peers-')));
  await mkdir(folder, { recursive: true });
  const remove = (): void => {
    if (options.data === null) rmSync(folder, { recursive: true, force: true });
  };
  const running: { child: ChildProcess | null } = { child: null };
  const interrupted = (): void => {
    running.child?.kill('SIGKILL');
    remove();
    process.exit(130);
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  try {
    for (const part of options.parts) {
      print(`\n${part}: ${options.events.toLocaleString('en-US')} events\n`);
      await runInProcess({ part, options, folder }, running);
    }
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    remove();
  }
  const results = await report(options, print);
  return results.filter(({ part }) => options.parts.includes(part)).every(isSound);
}

/** Writes RESULTS.md and the picture from the parts that are there. */
export async function report(options: PeersOptions, print: (text: string) => void): Promise<PartResult[]> {
  const results: PartResult[] = [];
  for (const part of partNames) {
    const result = await readPart(options.out, part);
    if (result !== null) results.push(result);
  }
  const page = renderPage(results);
  await writeWhole(join(options.out, 'RESULTS.md'), page);
  const picture = drawPicture(results);
  if (picture !== null) await writeWhole(join(options.out, 'results.svg'), picture);
  print(`\n${page}\nWritten: ${join(options.out, 'RESULTS.md')}\n`);
  if (options.json !== null) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
  return results;
}

/** @returns whether no row of a part went wrong. */
export function isSound(result: PartResult): boolean {
  return result.kind === 'facts' || result.rows.every(({ errors }) => errors.length === 0);
}

function runInProcess(request: PartRequest, running: { child: ChildProcess | null }): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(self, [], { env: { ...process.env, VARVE_BENCH_PART: JSON.stringify(request) } });
    running.child = child;
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.child = null;
      if (code === 0) resolve();
      else
        reject(
          new VarveError('internal', `Part ${request.part} ended with ${signal ?? code}.`, {
            hint: 'Parts that were done before keep their figures.',
          }),
        );
    });
  });
}

async function start(print: (text: string) => void): Promise<void> {
  const request = process.env['VARVE_BENCH_PART'];
  if (request === undefined) {
    const sound = await main(process.argv.slice(2), print);
    if (!sound) process.stderr.write('bench:peers: a row failed or its answers differ; see ERROR above.\n');
    process.exitCode = sound ? 0 : 1;
    return;
  }
  await runPart(JSON.parse(request) as PartRequest, print);
  // The peers' own threads would keep the process.
  process.exit(0);
}

if (process.argv[1] === self) {
  try {
    await start((text) => process.stdout.write(text));
  } catch (error) {
    if (!isVarveError(error)) throw error;
    process.stderr.write(`bench:peers: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    process.exit(1);
  }
}
