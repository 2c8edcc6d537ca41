import { Worker } from 'node:worker_threads';
import { median } from '../measure.ts';
import { askOnce } from './cold.ts';
import type { Stores } from './layouts.ts';
import type { PeersOptions } from './options.ts';
import { questionsOf, type Question } from './questions.ts';
import { ratioOf } from './ratios.ts';
import { readPart, type Fact, type FactsPart } from './results.ts';
import { scanFact, scanNote } from './scan-ratio.ts';
import { beginPart } from './versions.ts';

const startRuns = 5;
const copyBytes = 1 << 27;
const copyRuns = 7;

/**
 * Bytes a row that a question has to read at least, as plain arrays as narrow as the values allow: a code of one byte
 * for event, country, platform and plan, two bytes for a URL's code and for duration, four for time within a partition,
 * eight for amount and a bit for whether there is one.
 */
const bytesOfRow: Readonly<Record<string, number>> = { A1: 1, A2: 4 + 1 + 1 + 2 + 8.125, A3: 1 + 8.125 + 2, A4: 4 + 1 };
/** Share of the rows that a question has to look at; A2 looks at 7 of 90 days. */
const shareOfRows: Readonly<Record<string, number>> = { A2: 7 / 90 };

/** Measures what is beside the speed: bytes on disk, memory, time to start, share of the memory's bandwidth. */
export async function runFootingPart(stores: Stores, options: PeersOptions): Promise<FactsPart> {
  const head = beginPart('footing', options, { data: stores.data, threads: options.threads, events: stores.rows });
  const started = performance.now();
  const engines = ['varve', 'duckdb', ...(stores.clickhouse ? ['clickhouse'] : [])];
  const limit = await copyLimit(options.threads);
  const facts: Fact[] = [
    ...bytesFacts(stores),
    ...(await memoryFacts(stores, engines, options)),
    await startFact(stores, engines, options),
    {
      name: `memory bandwidth, ${options.threads} threads copying`,
      unit: 'GB/s read and written',
      values: { machine: limit },
    },
    ...(await bandwidthFacts(stores, options, limit)),
    await scanFact(stores, options),
  ];
  const notes = [
    'Idle: a fresh process with the store open for half a second and nothing asked. Peak: the same after A1–A9 once each.',
    'Start to first answer: from before a fresh process is started until its first output, the answer of A1; files warm; the median of 5.',
    'Share of bandwidth: bytes that a row has to read at least (plain arrays as narrow as the values allow, A2 seven of ' +
      '90 days) ÷ median warm time ÷ what all threads copy (bytes read + written). Above 100 % = not all of it was read.',
    scanNote,
  ];
  return { ...head, kind: 'facts', facts, seconds: (performance.now() - started) / 1000, notes };
}

function bytesFacts(stores: Stores): Fact[] {
  const values: Record<string, number> = {};
  for (const [name, bytes] of Object.entries(stores.bytes)) values[name] = bytes / stores.rows;
  return [{ name: 'bytes on disk an event', unit: 'bytes', values }];
}

async function memoryFacts(stores: Stores, engines: readonly string[], options: PeersOptions): Promise<Fact[]> {
  const idle: Record<string, number> = {};
  const peak: Record<string, number> = {};
  const rows = questionsOf(stores.data).filter(({ id }) => /^A\d[ab]?$/.test(id));
  for (const engine of engines) {
    const request = { stores, engine, layout: layoutOf(engine), variant: 0, threads: options.threads };
    idle[engine] = (await askOnce({ ...request, question: null, all: [] })).rssBytes / 1e6;
    peak[engine] = (await askOnce({ ...request, question: null, all: rows })).peakRssBytes / 1e6;
  }
  return [
    { name: 'resident, store open and idle', unit: 'MB', values: idle },
    { name: 'peak resident, A1–A9 once each', unit: 'MB', values: peak },
  ];
}

async function startFact(stores: Stores, engines: readonly string[], options: PeersOptions): Promise<Fact> {
  const question: Question = questionsOf(stores.data).find(({ id }) => id === 'A1')!;
  const values: Record<string, number> = {};
  for (const engine of engines) {
    const times: number[] = [];
    for (let run = 0; run < (options.events < 1_000_000 ? 1 : startRuns); run++) {
      const request = { stores, engine, layout: layoutOf(engine), variant: 0, threads: options.threads };
      times.push((await askOnce({ ...request, question, all: [] })).startMs);
    }
    values[engine] = median(times);
  }
  return { name: 'process start to first answer', unit: 'ms', values };
}

function layoutOf(engine: string): string {
  return engine === 'varve' ? 'store' : 'enum_by_time';
}

async function bandwidthFacts(stores: Stores, options: PeersOptions, limit: number): Promise<Fact[]> {
  const warm = await readPart(options.out, 'warm');
  if (warm?.kind !== 'rows' || warm.events !== stores.rows) return [];
  return Object.entries(bytesOfRow).map(([id, bytes]) => {
    const row = warm.rows.find((one) => one.id === id);
    const { varve = null, duckdb = null, clickhouse = null } = row === undefined ? {} : ratioOf(row);
    const values: Record<string, number | null> = {};
    for (const [engine, timing] of Object.entries({ varve, duckdb, clickhouse })) {
      const read = bytes * stores.rows * (shareOfRows[id] ?? 1);
      values[engine] = timing === null ? null : (read / (timing.medianMs / 1000) / 1e9 / limit) * 100;
    }
    return { name: `${id}: share of the memory bandwidth`, unit: '%', values };
  });
}

/** @returns GB/s that so many threads copying at once read and write together. */
async function copyLimit(threads: number): Promise<number> {
  const code =
    `const { parentPort } = require('node:worker_threads'); const from = new Uint8Array(${copyBytes}).fill(1);` +
    `const to = new Uint8Array(${copyBytes}).fill(2); parentPort.on('message', () => { const at = performance.now();` +
    `for (let i = 0; i < ${copyRuns}; i++) to.set(from); parentPort.postMessage(performance.now() - at); });` +
    `parentPort.postMessage(0);`;
  const workers = Array.from({ length: threads }, () => new Worker(code, { eval: true }));
  const next = (worker: Worker): Promise<number> => new Promise((resolve) => worker.once('message', resolve));
  await Promise.all(workers.map(next));
  const times = await Promise.all(
    workers.map((worker) => {
      const reply = next(worker);
      worker.postMessage('copy');
      return reply;
    }),
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
  return times.reduce((sum, ms) => sum + (2 * copyBytes * copyRuns) / ms / 1e6, 0);
}
