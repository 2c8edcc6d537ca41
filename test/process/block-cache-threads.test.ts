import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createSharedMemory } from '../../engine/kernels/memory.ts';
import { createBlockCache } from '../../engine/store/block-cache.ts';
import { root } from '../support.ts';

const seed = 20_240_304;
const builtUrl = (path: string): string => pathToFileURL(join(root, 'dist', 'engine', path)).href;

/** Runs in a thread of its own: finds, puts and releases random keys, and looks at every byte while it holds them. */
const hammer = `
const { workerData, parentPort } = require('node:worker_threads');
(async () => {
  const { attachBlockCache } = await import(workerData.module);
  const session = attachBlockCache(workerData.memory).session();
  let state = workerData.seed;
  const random = (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const sizeOf = (number) => (number * 7919) % 20000;
  const isWhole = (record, number) => {
    if (record.numbers[0] !== number || record.arrays[0].length !== sizeOf(number)) return false;
    if (record.arrays[1][0] !== number * 3) return false;
    for (const byte of record.arrays[0]) if (byte !== (number & 255)) return false;
    return true;
  };
  const counts = { hits: 0, misses: 0, torn: 0, outside: 0 };
  const held = [];
  for (let turn = 0; turn < workerData.turns; turn++) {
    const number = random(300);
    const key = { table: 1, segment: number, column: 2, kind: 0, block: number };
    let record = session.find(key);
    if (record !== null) counts.hits++;
    else {
      counts.misses++;
      const mine = { numbers: [number], arrays: [new Uint8Array(sizeOf(number)).fill(number), Uint32Array.of(number * 3)] };
      record = session.put(key, mine);
      if (record === mine) counts.outside++;
    }
    if (!isWhole(record, number)) counts.torn++;
    held.push([record, number]);
    if (held.length === 20) {
      for (const [each, of] of held) if (!isWhole(each, of)) counts.torn++;
      held.length = 0;
      session.release();
    }
  }
  session.release();
  parentPort.postMessage(counts);
})();
`;

/** Takes the lock, says so, and is ended while it has it. */
const holdLock = `
const { workerData, parentPort } = require('node:worker_threads');
(async () => {
  const { CacheMemory } = await import(workerData.module);
  const taken = new CacheMemory(workerData.memory).lock();
  parentPort.postMessage(taken);
  if (workerData.dies) process.exit();
  setInterval(() => undefined, 1000);
})();
`;

function startThread(code: string, workerData: object): { readonly worker: Worker; readonly said: Promise<unknown> } {
  const worker = new Worker(code, { eval: true, workerData });
  const said = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  return { worker, said };
}

describe(`the block cache between threads (seed ${seed})`, () => {
  it('never gives torn data, whoever finds, puts, evicts and grows', async () => {
    const budget = 2 ** 21;
    const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: budget });
    const cache = createBlockCache(memory, budget);
    const threads = [1, 2, 3].map((number) =>
      startThread(hammer, { module: builtUrl('store/block-cache.js'), memory, seed: seed + number, turns: 3000 }),
    );
    const all = (await Promise.all(threads.map(({ said }) => said))) as Record<string, number>[];
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
    expect(all.map(({ torn }) => torn)).toEqual([0, 0, 0]);
    for (const { hits, misses } of all) {
      expect(hits).toBeGreaterThan(500);
      // 300 keys of 3 MB in all do not fit: blocks were evicted and came again.
      expect(misses).toBeGreaterThan(300);
    }
    expect(cache.stats().usedBytes).toBeLessThanOrEqual(budget);
    expect(cache.stats().entries).toBeGreaterThan(50);
    const session = cache.session();
    const record = { numbers: [1], arrays: [Uint8Array.of(1)] };
    expect(session.put({ table: 9, segment: 9, column: 9, kind: 0, block: 9 }, record) === record).toBe(false);
  });

  it.each([{ dies: true }, { dies: false }])(
    'is given up, for all and for good, when a thread ends with the lock (by itself: $dies)',
    async ({ dies }) => {
      const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 22 });
      const cache = createBlockCache(memory, 2 ** 22);
      const session = cache.session();
      const key = { table: 1, segment: 1, column: 1, kind: 0, block: 1 } as const;
      const record = { numbers: [1], arrays: [Uint8Array.of(1, 2, 3)] };
      const kept = session.put(key, record);
      expect(kept === record).toBe(false);
      const { worker, said } = startThread(holdLock, { module: builtUrl('store/cache-memory.js'), memory, dies });
      expect(await said).toBe(true);
      await worker.terminate();
      // Were each of these to wait for the lock as long as the first one does, the test would not come to its end.
      for (let turn = 0; turn < 2000; turn++) {
        expect(session.find(key)).toBe(null);
        expect(session.put(key, record) === record).toBe(true);
        session.release();
      }
      expect([cache.allocate(64), cache.stats().entries]).toEqual([null, 0]);
      expect([...(kept.arrays[0] as Uint8Array)]).toEqual([1, 2, 3]);
    },
  );
});
