import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from '../engine/open.ts';
import { makeEventStore } from './event-store.ts';
import { root, withFolder } from './folders.ts';
import { measure } from './measure.ts';
import type { BenchOptions } from './options.ts';
import type { BenchTable, Cell } from './report.ts';
import { resultHash } from './result-hash.ts';

/** A question of `queries/`, named as its file. */
export interface BenchQuery {
  readonly name: string;
  readonly text: string;
}

/** @returns the questions, by name. */
export async function readQueries(): Promise<BenchQuery[]> {
  const folder = join(root, 'bench', 'queries');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.vql')).sort();
  return Promise.all(
    names.map(async (name) => ({ name: name.replace('.vql', ''), text: await readFile(join(folder, name), 'utf8') })),
  );
}

/** Asks each question of a store made straight from columns, again and again; every run must give the same answer. */
export async function benchQueries(options: BenchOptions): Promise<BenchTable> {
  return withFolder(async (directory) => {
    const store = await makeEventStore(directory, options);
    const rows: Cell[][] = [];
    await using db = await open(directory);
    for (const { name, text } of await readQueries()) {
      const hashes = new Set<string>();
      let rowsOut = 0;
      const { firstMs, medianMs, cpuMs, spreadPercent, runs } = await measure(
        options.effort,
        () => db.query(text),
        (result) => {
          rowsOut = result.rowCount;
          hashes.add(resultHash(result));
        },
      );
      rows.push([
        name,
        firstMs,
        medianMs,
        cpuMs,
        (medianMs * 1e6) / store.rows,
        spreadPercent,
        runs,
        rowsOut,
        [...hashes].join(' is not '),
      ]);
    }
    return {
      name: 'query',
      title: `Ten aggregations over ${store.rows.toLocaleString('en-US')} events (${options.data})`,
      columns: ['query', 'first ms', 'median ms', 'cpu ms', 'ns/row', 'spread %', 'runs', 'rows out', 'answer'],
      rows,
      notes: [...store.notes, `${(store.bytes / store.rows).toFixed(1)} bytes an event on disk`],
    };
  });
}
