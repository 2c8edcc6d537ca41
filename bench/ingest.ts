import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { generateDemo } from '../data/generate.ts';
import { open } from '../engine/open.ts';
import { compactStore } from './event-store.ts';
import { bytesBelow, withFolder } from './folders.ts';
import { measure, type Effort } from './measure.ts';
import type { BenchOptions } from './options.ts';
import type { BenchTable, Cell } from './report.ts';

/** Which of the demo's files are imported, and how, as the demo does it. */
const files = [
  { path: 'app/events.ndjson', label: 'ndjson', format: 'json', table: 'app', time: 'time', actor: 'user_id' },
  { path: 'web/access.log', label: 'combined', format: 'nginx', table: 'web', time: 'time', actor: 'user' },
] as const;

/** Of the demo's rows, those of its smallest file here; a little less, so that the cut is met. */
const smallestShare = 0.33;

/** A run makes a store anew, so a few must do. */
const storeEffort: Effort = { warmUps: 1, runs: 3, runsMin: 2, budgetMs: 60_000 };

/** Imports files of the demo's world, each into a fresh store on disk. */
export async function benchIngest(options: BenchOptions): Promise<BenchTable> {
  return withFolder(async (folder) => {
    await makeFiles(folder, options);
    const rows: Cell[][] = [];
    for (const file of files) rows.push(await importFile(folder, file, options.tiny ? options.effort : storeEffort));
    return {
      name: 'ingest',
      title: `Import into a fresh store on disk, files of about ${options.fileEvents.toLocaleString('en-US')} events`,
      columns: [
        'format',
        'events',
        'MB',
        'median s',
        'cpu s',
        'events/s',
        'MB/s',
        'spread %',
        'runs',
        'bytes/event in',
        'bytes/event stored',
        'compacted',
      ],
      rows,
      notes: ['until it is durable and can be asked; compacted: bytes an event after compact'],
    };
  });
}

async function importFile(folder: string, file: (typeof files)[number], effort: Effort): Promise<Cell[]> {
  const { path, label, format, table, time, actor } = file;
  let run = 0;
  let rows = 0;
  let bytesIn = 0;
  const storeOf = (number: number): string => join(folder, `store-${label}-${number}`);
  const { medianMs, cpuMs, spreadPercent, runs } = await measure(effort, async () => {
    await using db = await open(storeOf(++run));
    const summary = await db.import(join(folder, path), { table, format, time, actor });
    rows = summary.rows;
    bytesIn = summary.bytesIn;
  });
  const stored = await bytesBelow(storeOf(run));
  const compacted = await compactStore(storeOf(run));
  return [
    label,
    rows,
    bytesIn / 1e6,
    medianMs / 1000,
    cpuMs / 1000,
    (rows / medianMs) * 1000,
    bytesIn / 1e3 / medianMs,
    spreadPercent,
    runs,
    bytesIn / rows,
    stored / rows,
    compacted === null ? null : compacted / rows,
  ];
}

/** Writes the demo's files, each until it has the rows asked for. @returns rows by path. */
export async function makeFiles(
  folder: string,
  options: Pick<BenchOptions, 'fileEvents' | 'seed'>,
): Promise<ReadonlyMap<string, number>> {
  const rows = new Map<string, number>();
  const streams = new Map<string, ReturnType<typeof createWriteStream>>();
  for (const { path } of files) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    streams.set(path, createWriteStream(join(folder, path)));
  }
  await generateDemo({
    events: Math.ceil(options.fileEvents / smallestShare),
    seed: options.seed,
    async write(path, bytes) {
      const stream = streams.get(path);
      const before = rows.get(path) ?? 0;
      if (stream === undefined || before >= options.fileEvents) return;
      rows.set(path, before + countLines(bytes));
      if (!stream.write(bytes)) await once(stream, 'drain');
    },
  });
  for (const stream of streams.values()) {
    stream.end();
    await once(stream, 'close');
  }
  return rows;
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}
